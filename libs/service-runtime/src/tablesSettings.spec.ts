import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTables } from './tablesSettings.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-tables-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function tablesOf(text: string): Promise<readonly string[]> {
  const file = join(folder, 'tables');
  await writeFile(file, text);

  return readTables({ dynamicsTables: ['lead'], dynamicsTablesFile: file });
}

describe('the tables to read', () => {
  it('are those of the setting without a file', async () => {
    expect(await readTables({ dynamicsTables: ['lead'], dynamicsTablesFile: undefined })).toEqual(['lead']);
  });

  it('are those of the file, however they are separated', async () => {
    expect(await tablesOf('lead, contact\n\nnew_visit account\n')).toEqual([
      'lead',
      'contact',
      'new_visit',
      'account',
    ]);
  });

  it.each([
    ['', 'must name at least one item'],
    ['lead\nlead', 'names an item twice'],
    ['lead\nNew_Visit', 'item 2 must be a logical table name in lower case'],
  ])('are refused with a sentence where the file is at fault (%#)', async (text, words) => {
    await expect(tablesOf(text)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      details: { DYNAMICS_TABLES_FILE: expect.stringContaining(words) },
    });
  });

  it('are refused where the file is not there', async () => {
    const absent = { dynamicsTables: ['lead'], dynamicsTablesFile: join(folder, 'absent') };

    await expect(readTables(absent)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
