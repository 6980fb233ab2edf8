import { dynamicsTables } from '@lockstep/change-events';
import type { Setting } from './setting.ts';

/** Read by the extractor, by the command line, which creates the topics of these tables, and by the reconciler. */
export const tablesSetting = {
  name: 'DYNAMICS_TABLES',
  description:
    'Logical names of the tables to extract, separated by commas; custom tables are named here. Accounts, users, teams and opportunities go to Marketo when they are named.',
  kind: 'list',
  default: dynamicsTables.join(','),
  shape: { pattern: /^[a-z][a-z0-9_]{0,127}$/, words: 'a logical table name in lower case' },
} as const satisfies Setting;
