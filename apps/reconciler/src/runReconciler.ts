import {
  createCodec,
  createMessageCodec,
  customTablesOf,
  subjectSchemas,
  topicDefinitions,
  topics,
  topicSchemas,
  type ErrorCode,
  type MessageCodec,
  type TableDefinition,
} from '@lockstep/change-events';
import type { Dynamics } from '@lockstep/dynamics';
import {
  checkTopics,
  createEventLog,
  createKafkaClient,
  createLeaseKeeper,
  type EventLogSettings,
} from '@lockstep/kafka';
import { openMongoStores, type MongoStores } from '@lockstep/mongodb';
import {
  checkFirstReads,
  createDynamicsWriter,
  createReconciler,
  createRouter,
  createSweeper,
  createWriteBrake,
  onePerPartition,
  reopeningPublisher,
  withDeadLetters,
  type Directions,
  type WriteBrake,
} from '@lockstep/pipelines';
import type { BatchHandler, EventLog, LeaseKeeper, Publisher } from '@lockstep/ports';
import { customTypesOf, entityMappingsFor, mappingFor } from '@lockstep/reconciliation';
import { openRules, type RulesSource } from '@lockstep/rules';
import { createSchemaIds } from '@lockstep/schema-registry';
import { reasonOf, retryForever, startService, systemClock, type Service } from '@lockstep/service-runtime';
import { writeLimits, type Config } from './config.ts';
import { entityTables } from './customEntities.ts';
import { followDirections, openDirections } from './followDirections.ts';
import { openOperator, operatorApis } from './http/openOperator.ts';
import { createOperatorDoor } from './http/operatorParts.ts';
import {
  followRules,
  personDefinitions,
  rulesInForce,
  untilDescribed,
  type RulesInForce,
  type RulesParts,
} from './followRules.ts';
import { policyBy } from './policyBy.ts';
import { openDynamics } from './openDynamics.ts';

/** What the loops of this process share. */
type Parts = {
  readonly config: Config;
  readonly rules: RulesSource;
  readonly codec: MessageCodec;
  /** What the writer of `dynamics` asks back; kept up to date in place. */
  readonly definitions: Record<string, TableDefinition>;
  readonly dynamics: Dynamics;
  readonly stores: MongoStores;
  readonly eventLog: EventLog;
  readonly leases: LeaseKeeper;
  readonly service: Service;
  readonly directions: Directions;
  readonly brake: WriteBrake | null;
};

const dayMs = 86_400_000;
const routerGroup = 'lockstep.router';
const reconcileGroup = 'lockstep.reconcile';
const reconcileBackfillGroup = 'lockstep.reconcile.backfill';
/** Persons: they are matched once both are read, and written back. */
const personTables = ['lead', 'contact'];

/** Records beside persons come from their tables only where these are extracted (decision 13). */
const routedTopics = (tables: readonly string[]): string[] => [
  ...[...personTables, ...tables].map(topics.dynamicsChanges),
  topics.marketingChanges('lead'),
  topics.marketingChanges('contact'),
  topics.outcomes,
  topics.requests,
];

/** Runs one reconciler until a signal comes; further ones share its partitions. */
export async function runReconciler(config: Config): Promise<void> {
  const door = createOperatorDoor();
  const service = await startService('reconciler', config, ['reconciler'], (_, log) => ({
    apis: operatorApis(config, door, log),
  }));
  const { log, metrics, lifecycle } = service;
  const prefix = config.topicPrefix;
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername: username, kafkaSaslPassword: password } = config;
  const kafka = createKafkaClient({
    brokers: config.kafkaBrokers,
    clientId: 'lockstep-reconciler',
    ssl: config.kafkaSsl,
    sasl: mechanism && username && password ? { mechanism, username, password } : undefined,
    log: (level, sentence, facts) => log[level](facts, sentence),
  });
  const schemaIds = createSchemaIds({
    url: config.schemaRegistryUrl,
    autoRegister: config.schemaAutoRegister,
  });
  const codec = createMessageCodec(createCodec(schemaIds, subjectSchemas(topicSchemas(), prefix)), prefix);
  const logSettings: EventLogSettings = {
    kafka,
    codec,
    prefix,
    instanceId: config.instanceId,
    onBatch: ({ group, handleMs, commitMs }) => {
      if (group !== routerGroup) metrics.reconcileDurationSeconds.observe((handleMs + commitMs) / 1000);
    },
  };
  const eventLog = createEventLog(logSettings);
  const rules = await openRules(config.lockstepFile);
  const definitions: Record<string, TableDefinition> = personDefinitions();
  const dynamics = await openDynamics(config, definitions, metrics);
  lifecycle.opened('dynamics', () => dynamics.close());

  await lifecycle.run(async (signal) => {
    const customs = customTablesOf(entityTables(config.dynamicsTables, rules.current()));
    await checkTopics({ kafka, prefix, definitions: topicDefinitions(customs) });
    const stores = await openMongoStores({ url: config.mongodbUrl, database: config.mongodbDatabase });
    lifecycle.opened('mongodb', () => stores.close());
    const leases = createLeaseKeeper({ kafka, prefix });
    const read = { groups: consumed(config, rules), tables: personTables };
    const directions = openDirections(config);
    const shared = { config, rules, codec, definitions, dynamics, stores, eventLog, leases, service };
    const parts: Parts = { ...shared, directions, brake: openBrake(config, stores, directions) };
    openOperator(door, { ...read, log: logSettings, stores, dynamics, lifecycle, directions });
    await untilDescribed(rulesPartsOf(parts), signal);
    await serveDirected(parts, logSettings, signal);
  });
}

function openBrake(config: Config, stores: MongoStores, directions: Directions): WriteBrake | null {
  if (config.writeBrake === 'off') return null;
  const { golden, writeCounts: counts } = stores;

  return createWriteBrake({ golden, counts, directions, clock: systemClock, limits: writeLimits(config) });
}

/** What each group reads. */
const consumed = (config: Config, rules: RulesSource) => ({
  router: { group: routerGroup, topics: routedTopics(entityTables(config.dynamicsTables, rules.current())) },
  live: { group: reconcileGroup, topics: [topics.inbox] },
  backfill: { group: reconcileBackfillGroup, topics: [topics.inboxBackfill] },
});

/** Nothing is decided before it is known which writes may flow. */
async function serveDirected(parts: Parts, log: EventLogSettings, signal: AbortSignal): Promise<void> {
  const ended = new AbortController();
  const all = AbortSignal.any([signal, ended.signal]);
  let ready = (): void => {};
  const isReady = new Promise<void>((resolve) => (ready = resolve));
  const following = followDirections(log, { directions: parts.directions, ready }, all);
  const serving = Promise.race([isReady, following]).then(() => serve(parts, all));
  await Promise.all([following, serving].map((loop) => loop.finally(() => ended.abort())));
}

const rulesPartsOf = ({
  config,
  rules,
  dynamics,
  codec,
  definitions,
  service: { log },
}: Parts): RulesParts => ({
  ...{ rules, dynamics, codec, definitions, tables: config.dynamicsTables, log },
});

async function serve(parts: Parts, signal: AbortSignal): Promise<void> {
  const { config, stores, eventLog, service } = parts;
  const outcomes = reopeningPublisher(eventLog, `reconcile/${config.instanceId}`);
  service.lifecycle.opened('outcome publisher', () => outcomes.close());
  const count = (code: ErrorCode) => service.metrics.deadLetters.inc({ code });
  const router = withDeadLetters(createRouter(stores.links), systemClock, count);
  const { reconcile, decideBy } = openReconciler(parts, outcomes);
  const reconciler = withDeadLetters(onePerPartition(reconcile), systemClock, count);
  const { router: routed, live, backfill } = consumed(config, parts.rules);
  service.readiness.set('reconciler', null);
  // When one loop ends, for whatever reason, the others end with it: half a reconciler is none.
  const ended = new AbortController();
  const all = AbortSignal.any([signal, ended.signal]);
  const loops = [
    eventLog.consume({ ...routed, batchSizeMax: 500 }, router, all),
    eventLog.consume({ ...live, batchSizeMax: 300 }, reconciler, all),
    // Small batches, because a fresh edit of the same partition waits for one of them at most.
    eventLog.consume({ ...backfill, batchSizeMax: 100 }, reconciler, all),
    parts.leases.hold('sweeper', (_, held) => sweep(parts, held), all),
    followRules(rulesPartsOf(parts), decideBy, all),
  ];
  await Promise.all(loops.map((loop) => loop.finally(() => ended.abort())));
}

/** A reconciler whose rules can be exchanged between two batches. */
function openReconciler(parts: Parts, publisher: Publisher) {
  const writeDynamics = openDynamicsWriter(parts, publisher);
  let current = reconcilerBy(parts, rulesInForce(rulesPartsOf(parts)), writeDynamics);
  return {
    reconcile: (async (batch) => current(batch)) as BatchHandler,
    decideBy: (rules: RulesInForce): void => {
      current = reconcilerBy(parts, rules, writeDynamics);
    },
  };
}

function openDynamicsWriter({ config, dynamics, service }: Parts, publisher: Publisher) {
  const { log, metrics } = service;
  return createDynamicsWriter({
    writer: dynamics,
    publisher,
    clock: systemClock,
    inFlightMax: config.dynamicsWritesInFlightMax,
    detectDuplicates: config.dynamicsDetectDuplicates,
    onWritten: (result) => metrics.writes.inc({ system: 'dynamics', result }),
    onFailure: (error) =>
      log.warn({ reason: reasonOf(error) }, 'A write to Dynamics stays open; it is tried again.'),
  });
}

function reconcilerBy(
  { config, stores, service, directions, brake }: Parts,
  rules: RulesInForce,
  writeDynamics: ReturnType<typeof openDynamicsWriter>,
): BatchHandler {
  return createReconciler({
    ...stores,
    clock: systemClock,
    mapping: mappingFor(rules.mapping, config.dynamicsTables),
    entityMappings: entityMappingsFor(config.dynamicsTables, rules.customs, rules.writeBack),
    customTypes: customTypesOf(rules.customs),
    policy: policyBy(rules, config.matchByEmail),
    writeDynamics,
    withheld: directions.withheld,
    ...(brake && { brake }),
    history: { store: stores.pastConflicts, keptMs: config.historyDays * dayMs },
    onDecided: ({ conflicts }) => {
      for (const { rule } of conflicts) service.metrics.conflicts.inc({ rule });
    },
  });
}

/** One process wakes what is due and watches the first reads; it opens its publisher only while it holds the lease. */
async function sweep(parts: Parts, signal: AbortSignal): Promise<void> {
  const { config, stores, eventLog, service, directions } = parts;
  const { log, readiness } = service;
  const publisher = reopeningPublisher(eventLog, 'sweeper');
  const groups = { routerGroup, reconcileGroup, reconcileBackfillGroup };
  const shared = { ...stores, ...groups, log: eventLog, publisher, clock: systemClock };
  const { withheld } = directions;
  const sweeper = createSweeper({ ...shared, withheld, intervalMs: config.sweepIntervalMs });
  const step = async () => {
    const answers = directions.answers(systemClock);
    if (answers.length > 0) await publisher.publish(answers);
    await checkFirstReads({ ...shared, tables: personTables });
    return sweeper.step(signal);
  };
  await retryForever({
    component: 'sweeper',
    step,
    signal,
    log,
    readiness,
    clock: systemClock,
    random: Math.random,
  });
  await sweeper.close();
}
