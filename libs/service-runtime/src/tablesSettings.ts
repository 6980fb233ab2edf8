import { readFile } from 'node:fs/promises';
import { dynamicsTables, SyncError } from '@lockstep/change-events';
import { readSetting } from './readSetting.ts';
import type { Setting, SettingValues } from './setting.ts';

/** Read by the extractor, by the command line, which creates the topics of these tables, and by the reconciler. */
export const tablesSettings = [
  {
    name: 'DYNAMICS_TABLES',
    description:
      'Logical names of the tables to extract, separated by commas; custom tables are named here. Accounts, users, teams and opportunities go to Marketo when they are named.',
    kind: 'list',
    default: dynamicsTables.join(','),
    shape: { pattern: /^[a-z][a-z0-9_]{0,127}$/, words: 'a logical table name in lower case' },
  },
  {
    name: 'DYNAMICS_TABLES_FILE',
    description:
      'File that names the tables instead, separated by commas, blanks or line breaks; services read it again when it changes.',
    kind: 'string',
  },
] as const satisfies readonly Setting[];

/** The tables as the settings name them now. Throws CONFIG_INVALID for a file that cannot be read or is at fault. */
export async function readTables({
  dynamicsTables: named,
  dynamicsTablesFile: file,
}: SettingValues<typeof tablesSettings>): Promise<readonly string[]> {
  if (file === undefined) return named;
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) throw fault('cannot be read.');
  const reading = readSetting(
    tablesSettings[0],
    text
      .trim()
      .split(/[\s,]+/)
      .join(','),
  );
  if ('fault' in reading) throw fault(reading.fault);

  return reading.value as readonly string[];
}

const fault = (sentence: string) => new SyncError('CONFIG_INVALID', { DYNAMICS_TABLES_FILE: sentence });
