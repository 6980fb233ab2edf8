import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requirementsText, verifySha256 } from './nativeDownloads.ts';

it('refuses a file whose SHA-256 is not the expected one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-sha-'));
  const file = join(folder, 'archive');
  const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  try {
    await writeFile(file, 'abc');
    await expect(verifySha256(file, expected)).resolves.toBeUndefined();
    await writeFile(file, 'abd');
    await expect(verifySha256(file, expected)).rejects.toThrow(`expected ${expected}`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('pins every Python package to its hashes', () => {
  expect(requirementsText({ 'a==1': ['sha256:x', 'sha256:y'], 'b==2': ['sha256:z'] })).toBe(
    'a==1 --hash=sha256:x --hash=sha256:y\nb==2 --hash=sha256:z\n',
  );
});
