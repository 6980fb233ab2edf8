import { hostname } from 'node:os';
import { commonSettings, mongodbSettings, parseSettings } from '@lockstep/service-runtime';
import type { Environment, Setting } from '@lockstep/service-runtime';

type BrokerSetting = Extract<(typeof commonSettings)[number], { name: `KAFKA_${string}` | 'TOPIC_PREFIX' }>;

const isBrokerSetting = (setting: Setting): setting is BrokerSetting =>
  /^KAFKA_|^TOPIC_PREFIX$/.test(setting.name);

/** Read by `lockstep topics`. */
export const topicSettings = [
  ...commonSettings.filter(isBrokerSetting),
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

/** Every environment variable the command line reads; docs/configuration.md shows them. */
export const settings: readonly Setting[] = [...topicSettings, ...mongodbSettings];

/** Throws SyncError CONFIG_INVALID with every fault at once. */
export function loadTopicConfig(env: Environment) {
  return parseSettings(topicSettings, { HOSTNAME: hostname(), ...env });
}

/** Read by `lockstep explain`. Throws SyncError CONFIG_INVALID with every fault at once. */
export function loadStoreConfig(env: Environment) {
  return parseSettings(mongodbSettings, env);
}
