import { hostname } from 'node:os';
import { commonSettings, mongodbSettings, parseSettings, tablesSettings } from '@lockstep/service-runtime';
import type { Environment, Setting } from '@lockstep/service-runtime';

type BrokerSetting = Extract<(typeof commonSettings)[number], { name: `KAFKA_${string}` | 'TOPIC_PREFIX' }>;
type RegistrySetting = Extract<(typeof commonSettings)[number], { name: `SCHEMA_${string}` }>;

const isBrokerSetting = (setting: Setting): setting is BrokerSetting =>
  /^KAFKA_|^TOPIC_PREFIX$/.test(setting.name);
const isRegistrySetting = (setting: Setting): setting is RegistrySetting => /^SCHEMA_/.test(setting.name);

const brokerSettings = commonSettings.filter(isBrokerSetting);

/** Read by `lockstep topics`. */
export const topicSettings = [
  ...brokerSettings,
  ...tablesSettings,
  {
    name: 'TOPIC_REPLICATION_FACTOR',
    description: 'Copies of each partition that `topics apply` creates.',
    kind: 'integer',
    default: '1',
    min: 1,
    max: 10,
  },
  {
    name: 'TOPIC_MIN_INSYNC_REPLICAS',
    description: 'Copies that must have a message before it counts as published.',
    kind: 'integer',
    default: '1',
    min: 1,
    max: 10,
    notAbove: 'TOPIC_REPLICATION_FACTOR',
  },
] as const satisfies readonly Setting[];

const registrySettings = commonSettings.filter(isRegistrySetting);

/** Read by the commands that read or write messages: `status`, `notices`, `pause` and its like. */
export const messageSettings = [...brokerSettings, ...registrySettings] as const satisfies readonly Setting[];

/** Read by the commands that ask the operator's API: `errors`, and where it is named also `status` and `explain`. */
export const apiSettings = [
  {
    name: 'LOCKSTEP_API_URL',
    description:
      'Address of a reconciler, whose API the command line asks; a path before `/v1` may be part of it.',
    kind: 'url',
  },
  {
    name: 'LOCKSTEP_API_TOKEN',
    description: 'Token of that API, its `API_TOKEN`.',
    kind: 'string',
    secret: true,
  },
] as const satisfies readonly Setting[];

/** Every environment variable the command line reads; docs/configuration.md shows them. */
export const settings: readonly Setting[] = [
  ...topicSettings,
  ...registrySettings,
  ...mongodbSettings,
  ...apiSettings,
];

export type MessageConfig = ReturnType<typeof loadMessageConfig>;

/** Throws SyncError CONFIG_INVALID with every fault at once. */
export function loadTopicConfig(env: Environment) {
  return parseSettings(topicSettings, { HOSTNAME: hostname(), ...env });
}

/** Throws SyncError CONFIG_INVALID with every fault at once. */
export function loadMessageConfig(env: Environment) {
  return parseSettings(messageSettings, env);
}

export type ApiConfig = ReturnType<typeof loadApiConfig>;

/** Throws SyncError CONFIG_INVALID with every fault at once. */
export function loadApiConfig(env: Environment) {
  return parseSettings(apiSettings, env);
}

/** Read by `lockstep explain`. Throws SyncError CONFIG_INVALID with every fault at once. */
export function loadStoreConfig(env: Environment) {
  return parseSettings(mongodbSettings, env);
}
