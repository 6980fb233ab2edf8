import { hostname } from 'node:os';
import { commonSettings, mongodbSettings, parseSettings } from '@lockstep/service-runtime';
import type { Environment, Setting } from '@lockstep/service-runtime';

/** Every environment variable the marketing service reads; docs/configuration.md shows them. */
export const settings = [
  ...commonSettings,
  {
    name: 'HTTP_PORT',
    description: 'Port of health and metrics; 0 takes a free one.',
    kind: 'integer',
    default: '8082',
    min: 0,
    max: 65_535,
  },
  {
    name: 'MARKETO_URL',
    description: 'Address of the Marketo instance, without `/rest`.',
    kind: 'url',
    required: true,
  },
  {
    name: 'MARKETO_CLIENT_ID',
    description: 'Client id of the LaunchPoint service.',
    kind: 'string',
    required: true,
  },
  {
    name: 'MARKETO_CLIENT_SECRET',
    description: 'Client secret of the LaunchPoint service.',
    kind: 'string',
    required: true,
    secret: true,
  },
  {
    name: 'MARKETO_SHARE',
    description: 'Share of the next two limits that this process may use, from 0.05 to 1.',
    kind: 'number',
    default: '0.5',
    min: 0.05,
    max: 1,
  },
  {
    name: 'MARKETO_CALLS_PER_20S',
    description: 'Calls in 20 seconds that Marketo allows all users of the instance together.',
    kind: 'integer',
    default: '100',
    min: 1,
    max: 100,
  },
  {
    name: 'MARKETO_CONCURRENT_MAX',
    description: 'Calls at the same time that Marketo allows all users of the instance together.',
    kind: 'integer',
    default: '10',
    min: 1,
    max: 10,
  },
  {
    name: 'MARKETO_CALLS_PER_DAY',
    description: 'Calls a day that the contract with Marketo grants all users of the instance together.',
    kind: 'integer',
    default: '50000',
    min: 100,
    max: 10_000_000,
  },
  {
    name: 'FEED_INTERVAL_MIN_MS',
    description: 'Pause between two reads of the activity feeds while activities come, in milliseconds.',
    kind: 'integer',
    default: '1000',
    min: 10,
    max: 3_600_000,
    notAbove: 'FEED_INTERVAL_MAX_MS',
  },
  {
    name: 'FEED_INTERVAL_MAX_MS',
    description: 'Longest pause between two reads while nothing happens, in milliseconds.',
    kind: 'integer',
    default: '30000',
    min: 10,
    max: 3_600_000,
  },
  ...mongodbSettings,
] as const satisfies readonly Setting[];

export type Config = ReturnType<typeof loadConfig>;

/** Throws SyncError CONFIG_INVALID with every fault at once. */
export function loadConfig(env: Environment) {
  return parseSettings(settings, { HOSTNAME: hostname(), ...env });
}
