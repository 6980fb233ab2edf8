import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tokenOf } from './bearerToken.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-token-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the token of the operator’s API', () => {
  it('is that of the file as it is now', async () => {
    const file = join(folder, 'token');
    const token = tokenOf({ apiToken: undefined, apiTokenFile: file });
    for (const text of ['a-token-of-sixteen-characters', 'another-of-sixteen-characters']) {
      await writeFile(file, `${text}\n`);
      expect(await token?.()).toBe(text);
    }
  });

  it.each(['absent', 'empty', 'short'])(
    'is missed where the file is %s, by the name of the setting',
    async (name) => {
      const file = join(folder, name);
      if (name !== 'absent') await writeFile(file, name === 'empty' ? '' : 'short\n');

      await expect(tokenOf({ apiToken: undefined, apiTokenFile: file })?.()).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        details: {
          API_TOKEN_FILE: expect.stringContaining(
            name === 'absent' ? 'cannot be read' : 'at least 16',
          ) as unknown,
        },
      });
    },
  );

  it('is none where no setting names one', () => {
    expect(tokenOf({ apiToken: undefined, apiTokenFile: undefined })).toBe(null);
  });
});
