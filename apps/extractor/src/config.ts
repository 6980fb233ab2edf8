import { hostname } from 'node:os';
import {
  commonSettings,
  dataverseSettings,
  parseSettings,
  proofNames,
  proofSettings,
  tablesSettings,
} from '@lockstep/service-runtime';
import type { Environment, Setting } from '@lockstep/service-runtime';

const momentShape = {
  pattern: /^\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/,
  words: 'a moment in UTC such as 2026-01-31T08:00:00Z',
};

/** Every environment variable the extractor reads; docs/configuration.md shows them. */
export const settings = [
  ...commonSettings,
  {
    name: 'HTTP_PORT',
    description: 'Port of health and metrics; 0 takes a free one.',
    kind: 'integer',
    default: '8081',
    min: 0,
    max: 65_535,
  },
  ...dataverseSettings,
  {
    name: 'DATAVERSE_READER_CLIENT_ID',
    description:
      'Application (client) id of an application user that only reads, with limits, roles and audit of its own.',
    kind: 'string',
    requiresOneOf: proofNames('DATAVERSE_READER'),
  },
  ...proofSettings('DATAVERSE_READER', 'that application user'),
  {
    name: 'DATAVERSE_CLIENT_ID',
    description: 'Application (client) id of the application user to read as when no reader is named.',
    kind: 'string',
    requiredUnless: 'DATAVERSE_READER_CLIENT_ID',
    requiresOneOf: proofNames('DATAVERSE'),
  },
  ...proofSettings('DATAVERSE', 'that application user'),
  {
    name: 'DATAVERSE_DAILY_REQUESTS',
    description:
      'Most requests to Dataverse in one day (UTC) by this table group; when they are spent, the work waits for the next day.',
    kind: 'integer',
    default: '200000',
    min: 1_000,
    max: 100_000_000,
  },
  ...tablesSettings,
  {
    name: 'DYNAMICS_COLUMNS',
    description:
      'Columns per table, such as `account=name,telephone1;new_visit=*`; tables that are not named are read with every readable column.',
    kind: 'lists',
    default: '',
    shape: { pattern: /^([a-z][a-z0-9_]{0,127}|\*)$/, words: 'a logical name in lower case' },
  },
  {
    name: 'TABLE_GROUP',
    description:
      'Name of the tables above as a group; extractors of other groups run beside this one, those of the same stand by.',
    kind: 'string',
    default: 'all',
    shape: {
      pattern: /^[a-zA-Z0-9._-]{1,100}$/,
      words: 'at most 100 letters, digits, dots, dashes and underscores',
    },
  },
  {
    name: 'HINT_KEY',
    description:
      'Key that callers of `POST /hints/dynamics` must know; without it that address does not exist.',
    kind: 'string',
    secret: true,
    shape: { pattern: /^\S{16,}$/, words: 'at least 16 characters without spaces' },
  },
  {
    name: 'PAGE_SIZE_MAX',
    description:
      'Most rows to ask of Dataverse in one page; fewer of a table once an answer was above 64 MB.',
    kind: 'integer',
    default: '5000',
    min: 1,
    max: 5_000,
  },
  {
    name: 'POLL_INTERVAL_MIN_MS',
    description: 'Pause between two questions for changes while changes come, in milliseconds.',
    kind: 'integer',
    default: '500',
    min: 10,
    max: 3_600_000,
    notAbove: 'POLL_INTERVAL_MAX_MS',
  },
  {
    name: 'POLL_INTERVAL_MAX_MS',
    description: 'Longest pause between two questions while nothing changes, in milliseconds.',
    kind: 'integer',
    default: '30000',
    min: 10,
    max: 3_600_000,
  },
  {
    name: 'METADATA_INTERVAL_MS',
    description:
      'Longest time between two looks at the metadata of a table, in milliseconds; an answer that shows a change is followed at once.',
    kind: 'integer',
    default: '21600000',
    min: 1_000,
    max: 86_400_000,
  },
  {
    name: 'COMPARE_INTERVAL_HOURS',
    description:
      'Hours after which a table is compared with its topic and what differs is published; 0 compares only on command.',
    kind: 'integer',
    default: '0',
    min: 0,
    max: 8_760,
  },
  {
    name: 'NEW_COLUMNS_FROM',
    description:
      'A column that joins is announced only for rows that were created or changed at this moment or later, such as `2026-01-31T08:00:00Z`; all rows unless it is set.',
    kind: 'string',
    shape: momentShape,
  },
  {
    name: 'NEW_COLUMNS_TO',
    description: 'The same, for rows that were created or changed at this moment or earlier.',
    kind: 'string',
    shape: momentShape,
  },
  {
    name: 'RECONCILER_GROUP',
    description:
      'Kafka group whose lag holds back the first load; set it to nothing to run the extractor alone.',
    kind: 'string',
    default: 'lockstep.router',
    mayBeEmpty: true,
    shape: {
      pattern: /^[a-zA-Z0-9._-]{1,255}$/,
      words: 'at most 255 letters, digits, dots, dashes and underscores',
    },
  },
  {
    name: 'VERSION_EPOCH',
    description:
      'Epoch of row versions that is never gone below; a restored or replaced environment raises it by itself.',
    kind: 'integer',
    default: '1',
    min: 1,
    max: 2_147_483_647,
  },
] as const satisfies readonly Setting[];

export type Config = ReturnType<typeof loadConfig>;

/** Throws SyncError CONFIG_INVALID with every fault at once. */
export function loadConfig(env: Environment) {
  return parseSettings(settings, { HOSTNAME: hostname(), ...env });
}
