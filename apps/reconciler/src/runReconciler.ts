import {
  consumerGroups,
  createCodec,
  createMessageCodec,
  customTablesOf,
  subjectSchemas,
  tableDefinitions,
  topicDefinitions,
  topicSchemas,
  type TableDefinition,
} from '@lockstep/change-events';
import { checkTopics, createEventLog, createLeaseKeeper, type EventLogSettings } from '@lockstep/kafka';
import { openMongoStores, type MongoStores } from '@lockstep/mongodb';
import { createWriteBrake, type Directions, type WriteBrake } from '@lockstep/pipelines';
import { marketoFields, openRules } from '@lockstep/rules';
import { createSchemaIds } from '@lockstep/schema-registry';
import { startService, systemClock } from '@lockstep/service-runtime';
import { writeLimits, type Config } from './config.ts';
import { entityTables } from './customEntities.ts';
import { followDirections, openDirections } from './followDirections.ts';
import { writtenDefinitions, untilDescribed } from './followRules.ts';
import { openOperator, operatorApis } from './http/openOperator.ts';
import { createOperatorDoor } from './http/operatorParts.ts';
import { openDynamics } from './openDynamics.ts';
import { openKafka } from './openKafka.ts';
import { consumed, mappingInForce, personTables, rulesPartsOf, type Parts } from './reconcilerParts.ts';
import { serveReconciler } from './serveReconciler.ts';
import { untilSameDynamics } from './watchDynamics.ts';

/** Runs one reconciler until a signal comes; further ones share its partitions. */
export async function runReconciler(config: Config): Promise<void> {
  const door = createOperatorDoor();
  const service = await startService('reconciler', config, ['reconciler'], (_, log) => ({
    apis: operatorApis(config, door, log),
  }));
  const { log, metrics, lifecycle } = service;
  const prefix = config.topicPrefix;
  const kafka = openKafka(config, log);
  const schemaIds = createSchemaIds({
    url: config.schemaRegistryUrl,
    autoRegister: config.schemaAutoRegister,
  });
  const rules = await openRules(config.lockstepFile);
  const schemas = topicSchemas(tableDefinitions, marketoFields(rules.current()));
  const codec = createMessageCodec(createCodec(schemaIds, subjectSchemas(schemas, prefix)), prefix);
  const logSettings: EventLogSettings = {
    kafka,
    codec,
    prefix,
    instanceId: config.instanceId,
    onBatch: ({ group, topic, partition, messages, handleMs, commitMs }) => {
      metrics.messagesHandled.inc({ group, topic, partition }, messages);
      if (group !== consumerGroups.router)
        metrics.reconcileDurationSeconds.observe((handleMs + commitMs) / 1000);
    },
  };
  const eventLog = createEventLog(logSettings);
  const definitions: Record<string, TableDefinition> = writtenDefinitions();
  const dynamics = await openDynamics(config, definitions, ({ status }) =>
    metrics.remoteCalls.inc({ system: 'dynamics', outcome: String(status ?? 'none') }),
  );
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
    const revisionEpoch = await stores.syncState.revisionEpoch();
    const brake = openBrake(config, stores, directions);
    const parts: Parts = { ...shared, directions, brake, revisionEpoch };
    const mapping = () => mappingInForce(parts);
    openOperator(door, { ...read, mapping, log: logSettings, stores, dynamics, lifecycle, directions });
    await untilDescribed(rulesPartsOf(parts), signal);
    await serveDirected(parts, logSettings, signal);
  });
}

function openBrake(config: Config, stores: MongoStores, directions: Directions): WriteBrake | null {
  if (config.writeBrake === 'off') return null;
  const { golden, writeCounts: counts } = stores;

  return createWriteBrake({ golden, counts, directions, clock: systemClock, limits: writeLimits(config) });
}

/** Nothing is decided before it is known which writes may flow, and that they go where rows are read from. */
async function serveDirected(parts: Parts, log: EventLogSettings, signal: AbortSignal): Promise<void> {
  await untilSameDynamics(parts, signal);
  const ended = new AbortController();
  const all = AbortSignal.any([signal, ended.signal]);
  let ready = (): void => {};
  const isReady = new Promise<void>((resolve) => (ready = resolve));
  const following = followDirections(log, { directions: parts.directions, ready }, all);
  const serving = Promise.race([isReady, following]).then(() => serveReconciler(parts, all));
  await Promise.all([following, serving].map((loop) => loop.finally(() => ended.abort())));
}
