import { hostname } from 'node:os';
import { defaultWriteLimits, type WriteLimits } from '@lockstep/pipelines';
import {
  commonSettings,
  dataverseSettings,
  mongodbSettings,
  parseSettings,
  proofNames,
  proofSettings,
  rulesSetting,
  tablesSettings,
} from '@lockstep/service-runtime';
import type { Environment, Setting } from '@lockstep/service-runtime';

const percent = <Name extends string>(name: Name, words: string, share: string) =>
  ({
    name: `WRITE_BRAKE_${name}_PERCENT`,
    description: `Above what share of the golden records, in percent, an hour’s writes by which a record is ${words} are too many.`,
    kind: 'integer',
    default: share,
    min: 1,
    max: 10_000,
  }) as const;

export const tokenShape = { pattern: /^\S{16,}$/, words: 'at least 16 characters without spaces' } as const;

/** Every environment variable the reconciler reads; docs/configuration.md shows them. */
export const settings = [
  ...commonSettings,
  {
    name: 'HTTP_PORT',
    description: 'Port of health and metrics; 0 takes a free one.',
    kind: 'integer',
    default: '8083',
    min: 0,
    max: 65_535,
  },
  ...dataverseSettings,
  {
    name: 'DATAVERSE_CLIENT_ID',
    description: 'Application (client) id of the application user that writes.',
    kind: 'string',
    required: true,
    requiresOneOf: proofNames('DATAVERSE'),
  },
  ...proofSettings('DATAVERSE', 'the application user that writes'),
  ...mongodbSettings,
  ...tablesSettings,
  rulesSetting,
  {
    name: 'DYNAMICS_DETECT_DUPLICATES',
    description: 'Whether duplicate detection rules of Dynamics may hold back rows that marketers ask for.',
    kind: 'boolean',
    default: 'false',
  },
  {
    name: 'MATCH_BY_EMAIL',
    description:
      'Whether records that are not linked yet are also matched by their email address; otherwise by ids only. `LOCKSTEP_FILE` goes before it.',
    kind: 'boolean',
    default: 'false',
  },
  {
    name: 'DYNAMICS_WRITES_IN_FLIGHT_MAX',
    description: 'Most writes to Dataverse at the same time; Dataverse allows 52 to one user.',
    kind: 'integer',
    default: '16',
    min: 1,
    max: 52,
  },
  {
    name: 'WRITE_TO_DYNAMICS',
    description:
      'Whether writes to Dynamics flow before an operator says otherwise: `observe`: everything is read, matched and decided, and nothing is written until `lockstep go`; or `on`.',
    kind: 'choice',
    choices: ['on', 'observe'],
    default: 'observe',
  },
  {
    name: 'WRITE_TO_MARKETO',
    description: 'The same for writes to Marketo.',
    kind: 'choice',
    choices: ['on', 'observe'],
    default: 'observe',
  },
  {
    name: 'WRITE_BRAKE',
    description:
      'Whether writes to a side are withheld by themselves when within an hour too many of a kind would go there, until `lockstep resume`: `on` or `off`.',
    kind: 'choice',
    choices: ['on', 'off'],
    default: 'on',
  },
  percent('CHANGED', 'changed', '100'),
  percent('BLANKED', 'changed so that a value is cleared', '5'),
  percent('CREATED', 'created', '30'),
  percent('DELETED', 'deleted or merged', '5'),
  {
    name: 'HISTORY_DAYS',
    description:
      'How long conflicts are kept that are no longer among the last 20 of their record, in days; changing it does not change those that are kept already.',
    kind: 'integer',
    default: '90',
    min: 1,
    max: 3_650,
  },
  {
    name: 'API_TOKEN',
    description: 'Token that callers of the operator’s API must bring; without one the API does not exist.',
    kind: 'string',
    secret: true,
    shape: tokenShape,
  },
  {
    name: 'API_TOKEN_FILE',
    description: 'File that holds the token instead; read at each call.',
    kind: 'string',
    excludes: ['API_TOKEN'],
  },
  {
    name: 'API_READ_TOKEN',
    description: 'Another token, whose callers may read and change nothing.',
    kind: 'string',
    secret: true,
    shape: tokenShape,
    requiresOneOf: ['API_TOKEN', 'API_TOKEN_FILE'],
  },
  {
    name: 'SWEEP_INTERVAL_MS',
    description: 'Pause between two looks at what is open or due, in milliseconds.',
    kind: 'integer',
    default: '1000',
    min: 10,
    max: 3_600_000,
  },
] as const satisfies readonly Setting[];

export type Config = ReturnType<typeof loadConfig>;

/** Throws SyncError CONFIG_INVALID with every fault at once. */
export function loadConfig(env: Environment) {
  return parseSettings(settings, { HOSTNAME: hostname(), ...env });
}

/** The limits of the brake on writes; what is no share is fixed (docs/operations.md). */
export function writeLimits(config: Config): WriteLimits {
  const { changed, blanked, created, deleted } = defaultWriteLimits;

  return {
    changed: { ...changed, shareMax: config.writeBrakeChangedPercent / 100 },
    blanked: { ...blanked, shareMax: config.writeBrakeBlankedPercent / 100 },
    created: { ...created, shareMax: config.writeBrakeCreatedPercent / 100 },
    deleted: { ...deleted, shareMax: config.writeBrakeDeletedPercent / 100 },
  };
}
