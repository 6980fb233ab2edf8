import { SyncError, topicName, type TopicDefinition } from '@lockstep/change-events';
import kafkajs, { type Admin, type ITopicMetadata, type Kafka } from 'kafkajs';
import { withAdmin } from './withAdmin.ts';

/** How many copies the broker keeps of each topic, and how many must confirm a write. */
export type Replication = { readonly factor: number; readonly minInsyncReplicas: number };

export type TopicSettings = {
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly definitions: readonly TopicDefinition[];
  /** Not looked at when left out: a service does not know how many copies the cluster keeps. */
  readonly replication?: Replication;
};

/** `topic` is the name on the broker; `differences` are sentences such as `partitions: is 1, should be 3`. */
export type TopicPlan = {
  readonly topic: string;
  readonly action: 'create' | 'ok' | 'wrong';
  readonly differences: readonly string[];
};

type Overrides = Readonly<Record<string, string>>;
type TopicState = {
  readonly metadata: ITopicMetadata;
  /** All settings in force, and those of them that are the topic's own. */
  readonly settings: Overrides;
  readonly own: Overrides;
};

// Node finds only the first names of this CommonJS package by itself.
const { ConfigResourceTypes, ConfigSource } = kafkajs;

const leaderAttemptsMax = 50;
const leaderDelayMs = 100;
const singleReplica: Replication = { factor: 1, minInsyncReplicas: 1 };

const wantedSettings = ({ policy }: TopicDefinition, replication?: Replication): Overrides => ({
  ...policy,
  ...(replication && { 'min.insync.replicas': String(replication.minInsyncReplicas) }),
});

/** What `applyTopics` would do: nothing is changed. */
export async function planTopics(settings: TopicSettings): Promise<TopicPlan[]> {
  return withAdmin(settings.kafka, (admin) => plan(admin, settings));
}

/** Creates what is missing and sets policies right; returns the plan it found. Partitions and replicas never change. */
export async function applyTopics(settings: TopicSettings): Promise<TopicPlan[]> {
  return withAdmin(settings.kafka, async (admin) => {
    const plans = await plan(admin, settings);
    const actionOf = new Map(plans.map(({ topic, action }) => [topic, action]));
    const wanting = (action: TopicPlan['action']) =>
      settings.definitions.filter(({ name }) => actionOf.get(topicName(settings.prefix, name)) === action);
    await createMissing(admin, settings, wanting('create'));
    await alterPolicies(admin, settings, wanting('wrong'));
    return plans;
  });
}

/** Throws TOPIC_MISSING or TOPIC_SETTINGS_WRONG that names every fault at once. */
export async function checkTopics(settings: TopicSettings): Promise<void> {
  const faults = (await planTopics(settings)).filter(({ action }) => action !== 'ok');
  if (faults.length === 0) return;
  const missing = faults.filter(({ action }) => action === 'create').map(({ topic }) => topic);
  const wrong = faults
    .filter(({ action }) => action === 'wrong')
    .map(({ topic, differences }) => `${topic} (${differences.join('; ')})`);
  throw new SyncError(missing.length > 0 ? 'TOPIC_MISSING' : 'TOPIC_SETTINGS_WRONG', {
    ...(missing.length > 0 && { missing: missing.join(', ') }),
    ...(wrong.length > 0 && { wrong: wrong.join(', ') }),
  });
}

async function plan(admin: Admin, settings: TopicSettings): Promise<TopicPlan[]> {
  const { prefix, definitions, replication } = settings;
  const states = await readStates(
    admin,
    definitions.map(({ name }) => topicName(prefix, name)),
  );
  return definitions.map((definition) => {
    const topic = topicName(prefix, definition.name);
    const state = states.get(topic);
    if (!state) return { topic, action: 'create', differences: [] };
    const differences = compare(definition, replication, state);
    return { topic, action: differences.length === 0 ? 'ok' : 'wrong', differences };
  });
}

function compare(
  definition: TopicDefinition,
  replication: Replication | undefined,
  { metadata: { partitions }, settings }: TopicState,
): string[] {
  const copies = partitions[0]?.replicas.length ?? 0;
  const pairs: [string, string, string][] = [
    ['partitions', String(partitions.length), String(definition.partitions)],
    ...(replication
      ? [['replication.factor', String(copies), String(replication.factor)] as [string, string, string]]
      : []),
    ...Object.entries(wantedSettings(definition, replication)).map(
      ([name, wanted]): [string, string, string] => [name, settings[name] ?? 'unset', wanted],
    ),
  ];
  return pairs
    .filter(([, is, wanted]) => is !== wanted)
    .map(([name, is, wanted]) => `${name}: is ${is}, should be ${wanted}`);
}

async function readStates(admin: Admin, names: readonly string[]): Promise<Map<string, TopicState>> {
  const existing = new Set(await admin.listTopics());
  const topics = names.filter((name) => existing.has(name));
  if (topics.length === 0) return new Map();
  const [metadata, configs] = await Promise.all([
    admin.fetchTopicMetadata({ topics }),
    admin.describeConfigs({
      includeSynonyms: false,
      resources: topics.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
    }),
  ]);
  const byTopic = new Map(configs.resources.map((r) => [r.resourceName, r.configEntries]));
  return new Map(
    metadata.topics.map((topic) => {
      const entries = byTopic.get(topic.name) ?? [];
      const own = entries.filter(({ configSource }) => configSource === ConfigSource.TOPIC_CONFIG);
      return [topic.name, { metadata: topic, settings: toRecord(entries), own: toRecord(own) }];
    }),
  );
}

const toRecord = (entries: readonly { configName: string; configValue: string }[]): Overrides =>
  Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]));

async function createMissing(
  admin: Admin,
  { prefix, replication = singleReplica }: TopicSettings,
  definitions: readonly TopicDefinition[],
): Promise<void> {
  if (definitions.length === 0) return;
  await admin.createTopics({
    // kafkajs would ask once, and fail when the broker has not heard of its own topic yet.
    waitForLeaders: false,
    topics: definitions.map((definition) => ({
      topic: topicName(prefix, definition.name),
      numPartitions: definition.partitions,
      replicationFactor: replication.factor,
      configEntries: toEntries(wantedSettings(definition, replication)),
    })),
  });
  await waitUntilLed(
    admin,
    definitions.map(({ name }) => topicName(prefix, name)),
  );
}

async function waitUntilLed(admin: Admin, topics: string[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { topics: found } = await admin.fetchTopicMetadata({ topics });
      if (found.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) return;
    } catch (error) {
      if (attempt >= leaderAttemptsMax) throw error;
    }
    if (attempt >= leaderAttemptsMax) throw new SyncError('KAFKA_UNREACHABLE', { reason: 'no leader' });
    await new Promise((resolve) => setTimeout(resolve, leaderDelayMs));
  }
}

/** The request replaces all of a topic's own settings, so those that we have no opinion on are sent along. */
async function alterPolicies(
  admin: Admin,
  { prefix, replication }: TopicSettings,
  definitions: readonly TopicDefinition[],
): Promise<void> {
  if (definitions.length === 0) return;
  const states = await readStates(
    admin,
    definitions.map(({ name }) => topicName(prefix, name)),
  );
  await admin.alterConfigs({
    validateOnly: false,
    resources: definitions.map((definition) => {
      const name = topicName(prefix, definition.name);
      const configEntries = toEntries({
        ...states.get(name)?.own,
        ...wantedSettings(definition, replication),
      });
      return { type: ConfigResourceTypes.TOPIC, name, configEntries };
    }),
  });
}

const toEntries = (settings: Overrides) => Object.entries(settings).map(([name, value]) => ({ name, value }));
