import {
  consumerGroups,
  createCodec,
  createMessageCodec,
  subjectSchemas,
  tableDefinitions,
  topicSchemas,
  type TableDefinition,
} from '@lockstep/change-events';
import { createEventLog, createLeaseKeeper, openKafka, type EventLogSettings } from '@lockstep/kafka';
import { openMongoStores, type MongoStores } from '@lockstep/mongodb';
import { createWriteBrake, type Directions, type WriteBrake } from '@lockstep/pipelines';
import { marketoFields, openRules } from '@lockstep/rules';
import { openSchemaIds } from '@lockstep/schema-registry';
import {
  createOutage,
  startService,
  systemClock,
  untilAnswered,
  type Service,
} from '@lockstep/service-runtime';
import { writeLimits, type Config } from './config.ts';
import { followDirections, openDirections } from './followDirections.ts';
import { writtenDefinitions } from './followRules.ts';
import { openOperator, operatorApis } from './http/openOperator.ts';
import { tokenOf } from './http/bearerToken.ts';
import { createOperatorDoor } from './http/operatorParts.ts';
import { openDynamics } from './openDynamics.ts';
import { openTables, type TablesParts, type TablesSource } from './openTables.ts';
import { clientId, consumed, mappingInForce, personTables, type Parts } from './reconcilerParts.ts';
import { serveReconciler } from './serveReconciler.ts';
import { untilSameDynamics } from './watchDynamics.ts';

/** Runs one reconciler until a signal comes; further ones share its partitions. Throws CONFIG_INVALID for a file that is at fault. */
export async function runReconciler(config: Config): Promise<void> {
  await tokenOf(config)?.();
  const door = createOperatorDoor();
  const service = await startService('reconciler', config, ['reconciler'], (_, log) => ({
    apis: operatorApis(config, door, log),
  }));
  const { log, metrics, lifecycle } = service;
  const { topicPrefix: prefix } = config;
  const kafka = openKafka(config, clientId, log);
  const schemaIds = openSchemaIds(config);
  const rules = await openRules(config.lockstepFile);
  const schemas = topicSchemas(tableDefinitions, marketoFields(rules.current()));
  const codec = createMessageCodec(createCodec(schemaIds, subjectSchemas(schemas, prefix)), prefix);
  const logSettings: EventLogSettings = {
    kafka,
    codec,
    prefix,
    instanceId: config.instanceId,
    outageOf: (component) => createOutage({ ...service, component, clock: systemClock }),
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
    const ground = await openGround({ config, rules, service, topics: { kafka, prefix } }, signal);
    if (ground === null) return;
    const { tables, stores } = ground;
    const leases = createLeaseKeeper({ kafka, prefix });
    const directions = openDirections(config);
    const shared = { config, tables, rules, codec, definitions, dynamics, stores, eventLog, leases, service };
    const revisionEpoch = await stores.syncState.revisionEpoch();
    const brake = openBrake(config, stores, directions);
    const parts: Parts = { ...shared, directions, brake, revisionEpoch };
    openOperator(door, {
      ...{ groups: () => consumed(parts), mapping: () => mappingInForce(parts), tables: personTables },
      ...{ log: logSettings, stores, dynamics, lifecycle, directions, rules },
    });
    await serveDirected(parts, logSettings, signal);
  });
}

type Ground = { readonly tables: TablesSource; readonly stores: MongoStores };
type GroundParts = Omit<TablesParts, 'log'> & { readonly service: Service };

/** What the loops stand on, as soon as the broker and the database answer; null when the signal came first. */
async function openGround({ service, ...parts }: GroundParts, signal: AbortSignal): Promise<Ground | null> {
  const { mongodbUrl: url, mongodbDatabase: database } = parts.config;
  const look = () => openTables({ ...parts, log: service.log }, signal);
  const tables = await untilAnswered(service, { component: 'kafka', ask: look }, signal);
  const open = () => openMongoStores({ url, database });
  const stores = await untilAnswered(service, { component: 'mongodb', ask: open }, signal);
  if (tables === null || stores === null) return null;
  service.lifecycle.opened('mongodb', () => stores.close());

  return { tables, stores };
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
  const serving = Promise.race([isReady, following]).then(() =>
    parts.tables.run((until) => serveReconciler(parts, until), all),
  );
  await Promise.all([following, serving].map((loop) => loop.finally(() => ended.abort())));
}
