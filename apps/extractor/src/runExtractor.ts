import {
  createCodec,
  createMessageCodec,
  extractorTopics,
  subjectSchemas,
  SyncError,
  tableDefinitions,
  topicSchemas,
  type TableDefinition,
} from '@lockstep/change-events';
import { createDynamics, type Dynamics } from '@lockstep/dynamics';
import { checkTopics, createEventLog, createKafkaClient, createLeaseKeeper } from '@lockstep/kafka';
import {
  createAlarm,
  openTableExtractor,
  reopeningStepper,
  type Alarm,
  type Stepper,
} from '@lockstep/pipelines';
import type { EventLog, Lease, TableDescription } from '@lockstep/ports';
import { createSchemaIds } from '@lockstep/schema-registry';
import {
  newTraceparent,
  retryForever,
  startService,
  systemClock,
  type Metrics,
  type Service,
} from '@lockstep/service-runtime';
import type { Config } from './config.ts';
import { hintRoute } from './hintRoute.ts';
import { reportPublished } from './reportPublished.ts';

/** What the loops of this process share. */
type Parts = {
  readonly config: Config;
  readonly dynamics: Dynamics;
  readonly eventLog: EventLog;
  readonly service: Service;
  /** Ends the pause of a table's poller. */
  readonly alarms: ReadonlyMap<string, Alarm>;
};

const leaseOf = (config: Config): string => `extractor/${config.tableGroup}`;
const standbyFor = (config: Config): string => `standby: another process holds the lease ${leaseOf(config)}`;

/** Runs one extractor until a signal comes: standby first, then the active one of its kind. */
export async function runExtractor(config: Config): Promise<void> {
  const alarms = new Map(config.dynamicsTables.map((table) => [table, createAlarm(systemClock)]));
  const service = await startService('extractor', config, ['lease'], (metrics) =>
    routesOf(config, alarms, metrics),
  );
  const { log, readiness, metrics, lifecycle } = service;
  const prefix = config.topicPrefix;
  const kafka = createKafkaClient({
    brokers: config.kafkaBrokers,
    clientId: 'lockstep-extractor',
    ssl: config.kafkaSsl,
    sasl: saslOf(config),
    log: (level, sentence, facts) => log[level](facts, sentence),
  });
  const schemas = subjectSchemas(topicSchemas(), prefix);
  const schemaIds = createSchemaIds({
    url: config.schemaRegistryUrl,
    autoRegister: config.schemaAutoRegister,
  });
  const codec = createMessageCodec(createCodec(schemaIds, schemas), prefix);
  const eventLog = createEventLog({ kafka, codec, prefix, instanceId: config.instanceId });
  const dynamics = await createDynamics({
    url: config.dataverseUrl,
    tenantId: config.dataverseTenantId,
    tokenAuthority: config.dataverseTokenAuthority,
    clientId: config.dataverseClientId,
    clientSecret: config.dataverseClientSecret,
    ...(config.dataverseCaFile !== undefined && { caFile: config.dataverseCaFile }),
    tables: selectTables(config.dynamicsTables),
    pageSizeMax: config.pageSizeMax,
    onRequest: ({ status }) =>
      metrics.remoteCalls.inc({ system: 'dynamics', outcome: String(status ?? 'none') }),
  });
  lifecycle.opened('dynamics', () => dynamics.close());

  const parts: Parts = { config, dynamics, eventLog, service, alarms };
  await lifecycle.run(async (signal) => {
    await checkTopics({ kafka, prefix, definitions: extractorTopics(config.dynamicsTables) });
    readiness.set('lease', standbyFor(config));
    const keeper = createLeaseKeeper({ kafka, prefix });
    await keeper.hold(leaseOf(config), (lease, held) => runTables(parts, lease, held), signal);
  });
}

/** Without a key the address does not exist. */
function routesOf({ hintKey }: Config, alarms: ReadonlyMap<string, Alarm>, metrics: Metrics) {
  if (hintKey === undefined) return [];
  return [hintRoute({ key: hintKey, ring: (table) => alarms.get(table)?.ring(), metrics })];
}

function saslOf(config: Config) {
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername: username, kafkaSaslPassword: password } = config;
  return mechanism && username && password ? { mechanism, username, password } : undefined;
}

function selectTables(names: readonly string[]): Readonly<Record<string, TableDefinition>> {
  const unknown = names.filter((name) => !(name in tableDefinitions));
  if (unknown.length > 0) {
    throw new SyncError('CONFIG_INVALID', { DYNAMICS_TABLES: `no definition for ${unknown.join(', ')}` });
  }
  return tableDefinitions;
}

async function runTables(parts: Parts, lease: Lease, signal: AbortSignal): Promise<void> {
  const { config, service } = parts;
  service.readiness.set('lease', null);
  service.log.info({ lease: leaseOf(config) }, 'This process is the active one.');
  await Promise.all(config.dynamicsTables.map((table) => followTable(parts, table, lease, signal)));
  service.readiness.set('lease', standbyFor(config));
}

/** Follows one table until the lease is lost. */
async function followTable(parts: Parts, table: string, lease: Lease, signal: AbortSignal): Promise<void> {
  const { log, readiness } = parts.service;
  const extractor = reopeningStepper(() => openTable(parts, table, lease));
  await retryForever({
    component: `dynamics/${table}`,
    step: () => extractor.step(signal),
    signal,
    log,
    readiness,
    clock: systemClock,
    rest: parts.alarms.get(table)?.sleep ?? systemClock.sleep,
    random: Math.random,
  });
  await extractor.close();
}

const describedAs = (definition: TableDefinition): TableDescription => ({
  ...{ definition, excluded: [], secured: [] },
  metadataVersion: null,
});

function openTable(
  { config, dynamics, eventLog, service }: Parts,
  table: string,
  lease: Lease,
): Promise<Stepper> {
  return openTableExtractor({
    ...{ table, reader: dynamics, log: eventLog, lease, clock: systemClock },
    describe: () => Promise.resolve(describedAs(tableDefinitions[table] as TableDefinition)),
    origin: new URL(config.dataverseUrl).origin,
    versionEpoch: config.versionEpoch,
    pageSizeMax: config.pageSizeMax,
    backfillGroup: config.reconcilerGroup === '' ? null : config.reconcilerGroup,
    pollIntervalMinMs: config.pollIntervalMinMs,
    pollIntervalMaxMs: config.pollIntervalMaxMs,
    headers: () => ({ traceparent: newTraceparent(Math.random) }),
    onPublished: (checkpoint, messages) => reportPublished(service.metrics, checkpoint, messages),
  });
}
