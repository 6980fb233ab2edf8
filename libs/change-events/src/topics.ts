/** Tables of Dynamics that have a topic each (design section 3); custom tables are added by configuration. */
export const dynamicsTables = [
  'lead',
  'contact',
  'account',
  'systemuser',
  'team',
  'teammembership',
  'opportunity',
  'connection',
  'connectionrole',
  'campaign',
] as const;

export const goldenEntities = [
  'person',
  'account',
  'user',
  'team',
  'opportunity',
  'role',
  'connectionrole',
] as const;

export const topics = {
  dynamicsChanges: (table: string) => `dynamics.${table}.changes`,
  goldenChanges: (entity: string) => `golden.${entity}.changes`,
  marketingChanges: (kind: 'lead' | 'contact') => `marketing.${kind}.changes`,
  inbox: 'lockstep.inbox',
  inboxBackfill: 'lockstep.inbox.backfill',
  writes: 'marketing.writes',
  writesBackfill: 'marketing.writes.backfill',
  outcomes: 'marketing.outcomes',
  requests: 'marketing.requests',
  checkpoints: 'lockstep.checkpoints',
  control: 'lockstep.control',
  notices: 'lockstep.notices',
  deadLetters: 'lockstep.dead-letters',
} as const;

/** Consumer groups of the reconcilers, without prefix: one routes, and one decides on each lane. */
export const consumerGroups = {
  router: 'lockstep.router',
  reconcile: 'lockstep.reconcile',
  reconcileBackfill: 'lockstep.reconcile.backfill',
} as const;

const dayMs = 24 * 60 * 60 * 1000;

export type TopicPolicy = {
  readonly 'cleanup.policy': 'compact' | 'delete';
  readonly 'max.compaction.lag.ms'?: string;
  readonly 'min.compaction.lag.ms'?: string;
  readonly 'delete.retention.ms'?: string;
  readonly 'retention.ms'?: string;
};

/** Events stay whole for a week; after that the latest of each key stays for ever, its tombstone for 30 days. */
const compacted: TopicPolicy = {
  'cleanup.policy': 'compact',
  'min.compaction.lag.ms': String(7 * dayMs),
  'delete.retention.ms': String(30 * dayMs),
};
const latestOnly: TopicPolicy = { 'cleanup.policy': 'compact', 'delete.retention.ms': String(30 * dayMs) };
const keptDays = (days: number): TopicPolicy => ({
  'cleanup.policy': 'delete',
  'retention.ms': String(days * dayMs),
});

/** `partitions` is fixed at creation: the order per key rests on it. */
export type TopicDefinition = {
  readonly name: string;
  readonly partitions: number;
  readonly key: string;
  readonly policy: TopicPolicy;
};

const topic = (name: string, partitions: number, key: string, policy: TopicPolicy): TopicDefinition => ({
  name,
  partitions,
  key,
  policy,
});

const changePartitions = 3;
const inboxPartitions = 6;

/** Every topic of the system, under its name without prefix. */
export function topicDefinitions(customTables: readonly string[] = []): TopicDefinition[] {
  return [
    ...[...dynamicsTables, ...customTables].map((table) =>
      topic(topics.dynamicsChanges(table), changePartitions, 'row GUID, lower case', compacted),
    ),
    ...(['lead', 'contact'] as const).map((kind) =>
      topic(topics.marketingChanges(kind), changePartitions, 'Marketo person id', compacted),
    ),
    ...[...goldenEntities, ...customTables].map((entity) =>
      topic(topics.goldenChanges(entity), changePartitions, 'golden id', compacted),
    ),
    topic(topics.inbox, inboxPartitions, 'golden id', keptDays(7)),
    topic(topics.inboxBackfill, inboxPartitions, 'golden id', keptDays(7)),
    topic(topics.writes, changePartitions, 'golden id', keptDays(7)),
    topic(topics.writesBackfill, changePartitions, 'golden id', keptDays(7)),
    topic(topics.outcomes, changePartitions, 'golden id', keptDays(7)),
    topic(topics.requests, 1, 'Marketo person id', keptDays(30)),
    topic(topics.checkpoints, 1, 'source and table', latestOnly),
    topic(topics.control, 1, 'target', latestOnly),
    topic(topics.notices, 1, 'code and entity', keptDays(14)),
    topic(topics.deadLetters, 1, 'original key', keptDays(30)),
  ];
}

/** What an extractor of these tables uses: it is a product of its own, and asks for no topic besides. */
export function extractorTopics(tables: readonly string[]): TopicDefinition[] {
  const shared = [topics.checkpoints, topics.notices, topics.control, topics.deadLetters];
  const used = new Set<string>([...tables.map(topics.dynamicsChanges), ...shared]);
  return topicDefinitions(customTablesOf(tables)).filter(({ name }) => used.has(name));
}

/** The tables that have no topic unless they are configured. */
export function customTablesOf(tables: readonly string[]): string[] {
  const builtIn = new Set<string>(dynamicsTables);
  return tables.filter((table) => !builtIn.has(table));
}

/** The name on the broker: a prefix lets several tenants share it. */
export function topicName(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}.${name}`;
}
