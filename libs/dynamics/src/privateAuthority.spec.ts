import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { readAuthority } from './privateAuthority.ts';

const [first = '', second = ''] = rootCertificates;
const cutOff = first.slice(0, 400);

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'authority-'))));
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string) {
  const file = join(folder, 'ca.pem');
  await writeFile(file, text);

  return readAuthority(file);
}

// OpenSSL takes each of these without a word and trusts nobody of the file: Dataverse then "does not answer", for ever.
describe('the file of a private authority', () => {
  it.each([
    ['is empty', '', 'a certificate in PEM form.'],
    ['is no PEM', 'DER', 'a certificate in PEM form.'],
    [
      'holds a key alone',
      '-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----\n',
      'a certificate in PEM form.',
    ],
    ['is cut off', cutOff, 'certificates in PEM form; number 1 is none.'],
    ['is cut off after the first', `${first}\n${cutOff}`, 'certificates in PEM form; number 2 is none.'],
    ['is damaged', first.replace(/M[A-Z]/g, 'AA'), 'certificates in PEM form; number 1 is none.'],
  ])('is refused at the start when it %s', async (_, text, words) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      details: { DATAVERSE_CA_FILE: `${join(folder, 'ca.pem')} must hold ${words}` },
    });
  });

  it.each([
    ['one certificate', first],
    ['several, with remarks between them', `# ours\n${first}\n# theirs\n${second}\n`],
    ['line ends of Windows', first.replaceAll('\n', '\r\n')],
    ['the form of OpenSSL', first.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE')],
  ])('is taken as it is with %s', async (_, text) => {
    expect(await read(text)).toBe(text);
  });
});
