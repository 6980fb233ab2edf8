import {
  createCodec,
  createMessageCodec,
  subjectSchemas,
  SyncError,
  topicDefinitions,
  topics,
  tableDefinitions,
  topicSchemas,
  type DeliveryOutcome,
  type ErrorCode,
  type FieldDefinition,
} from '@lockstep/change-events';
import { checkTopics, createEventLog, createKafkaClient, createLeaseKeeper } from '@lockstep/kafka';
import { createMarketo, type Marketo } from '@lockstep/marketo';
import { openMongoStores } from '@lockstep/mongodb';
import {
  createFieldCheck,
  createHintBell,
  deliverLanes,
  openNotifier,
  reopeningStepper,
  type CallNumbers,
  type HintBell,
  type Notifier,
} from '@lockstep/pipelines';
import type { Lease, LeaseKeeper } from '@lockstep/ports';
import { marketoFields, openRules } from '@lockstep/rules';
import { createSchemaIds } from '@lockstep/schema-registry';
import {
  newTraceparent,
  retryForever,
  startService,
  systemClock,
  type Metrics,
} from '@lockstep/service-runtime';
import { fieldPolicyOf, schemaWishesOf, type Config } from './config.ts';
import { countCalls } from './countCalls.ts';
import { feedHintRoute } from './feedHintRoute.ts';
import { watchFields, type FieldsWatch } from './followFields.ts';
import type { Parts } from './marketingParts.ts';
import { createRequestEntrance } from './requests/requestEntrance.ts';
import { serveRequests } from './requests/serveRequests.ts';
import { watchBacklog } from './watchBacklog.ts';
import { watchSetup, type SetupWatch } from './watchSetup.ts';

const leaseName = 'marketing';
const standby = `standby: another process holds the lease ${leaseName}`;
const ownTopics = new Set<string>([
  topics.marketingChanges('lead'),
  topics.marketingChanges('contact'),
  topics.writes,
  topics.writesBackfill,
  topics.outcomes,
  topics.requests,
  topics.checkpoints,
  topics.control,
  topics.notices,
  topics.deadLetters,
]);

/** Runs one marketing service until a signal comes: standby first, then the active one for its Marketo instance. */
export async function runMarketing(config: Config): Promise<void> {
  const bell = createHintBell(systemClock);
  const entrance = createRequestEntrance(config);
  const service = await startService('marketing', config, ['lease'], (metrics, log) => ({
    routes: routesOf(config, bell, metrics),
    apis: entrance.apis(log),
  }));
  const { log, readiness, lifecycle } = service;
  const prefix = config.topicPrefix;
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername: username, kafkaSaslPassword: password } = config;
  const kafka = createKafkaClient({
    brokers: config.kafkaBrokers,
    clientId: 'lockstep-marketing',
    ssl: config.kafkaSsl,
    sasl: mechanism && username && password ? { mechanism, username, password } : undefined,
    log: (level, sentence, facts) => log[level](facts, sentence),
  });
  const schemaIds = createSchemaIds({
    url: config.schemaRegistryUrl,
    autoRegister: config.schemaAutoRegister,
  });
  const rules = await openRules(config.lockstepFile);
  const fields = marketoFields(rules.current().mapping);
  const schemas = subjectSchemas(topicSchemas(tableDefinitions, fields), prefix);
  const codec = createMessageCodec(createCodec(schemaIds, schemas), prefix);
  const eventLog = createEventLog({ kafka, codec, prefix, instanceId: config.instanceId });

  await lifecycle.run(async (signal) => {
    await checkTopics({
      kafka,
      prefix,
      definitions: topicDefinitions().filter(({ name }) => ownTopics.has(name)),
    });
    const stores = await openMongoStores({ url: config.mongodbUrl, database: config.mongodbDatabase });
    lifecycle.opened('mongodb', () => stores.close());
    entrance.open({ ...stores, counter: service.metrics.requests });
    const marketo = openMarketo(config, fields);
    lifecycle.opened('marketo', () => marketo.close());
    const parts = { config, marketo, stores, eventLog, service, bell, entrance };
    const watch = watchFields({ rules, marketo, codec, clock: systemClock, log }, fields);
    readiness.set('lease', standby);
    await serveUnderLease(parts, { watch, leases: createLeaseKeeper({ kafka, prefix }) }, signal);
  });
}

type Serving = { readonly watch: FieldsWatch; readonly leases: LeaseKeeper };

/** Follows the file of rules, standing by or not; when one of the two ends, the other ends with it. */
async function serveUnderLease(
  parts: Omit<Parts, 'fields'>,
  { watch, leases }: Serving,
  signal: AbortSignal,
): Promise<void> {
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  const holding = leases.hold(
    leaseName,
    (lease, held) => watch.serve((fields, until) => serve({ ...parts, fields }, lease, until), held),
    both,
  );
  await Promise.all([watch.follow(both), holding].map((loop) => loop.finally(() => ended.abort())));
}

function openMarketo(config: Config, fields: readonly FieldDefinition[]): Marketo {
  return createMarketo({
    url: config.marketoUrl,
    clientId: config.marketoClientId,
    clientSecret: config.marketoClientSecret,
    fields,
    feedField: config.marketoRequestField,
    share: config.marketoShare,
    callsPer20s: config.marketoCallsPer20s,
    concurrentMax: config.marketoConcurrentMax,
    callsPerDay: config.marketoCallsPerDay,
    clock: systemClock,
  });
}

/** Without a key the address does not exist. */
function routesOf({ marketoHintKey: key }: Config, bell: HintBell, metrics: Metrics) {
  return key === undefined ? [] : [feedHintRoute({ key, ring: () => bell.ring(), metrics })];
}

/** Checks the setup of Marketo first; then follows the feeds, and, once the session's numbers outrank every earlier one's, delivers commands. */
async function serve(parts: Parts, lease: Lease, signal: AbortSignal): Promise<void> {
  const { log, readiness } = parts.service;
  readiness.set('lease', null);
  log.info({ lease: leaseName }, 'This process is the active one.');
  // When one of them ends, for whatever reason, the others end with it.
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  const setup = watchSetup({ ...parts, wishes: schemaWishesOf(parts.config) }, lease, both);
  const watching = setup.ended.finally(() => ended.abort());
  // A failure of one is reported once the others have ended.
  watching.catch(() => undefined);
  await setup.passed;
  const notifier = reopeningStepper(() => openFeeds(parts, lease));
  let delivering: Promise<void> | null = null;
  const step = async () => {
    const pause = await notifier.step(both);
    delivering ??= deliver(parts, { lease, setup, numbers: numbersOf(notifier) }, both).finally(() =>
      ended.abort(),
    );
    return pause;
  };
  const counting = countCalls(parts, lease, both).finally(() => ended.abort());
  counting.catch(() => undefined);
  const requesting = serveRequests(parts, lease, both).finally(() => ended.abort());
  requesting.catch(() => undefined);
  parts.bell.answerTo(() => notifier.current()?.hint());
  const component = 'marketo/person';
  await retryForever({
    component,
    step,
    signal: both,
    log,
    readiness,
    clock: systemClock,
    rest: parts.bell.sleep,
    random: Math.random,
  });
  parts.bell.answerTo(null);
  await (delivering as Promise<void> | null);
  await counting;
  await requesting;
  await watching;
  await notifier.close();
  readiness.set('lease', standby);
}

/** Numbers of the session that is open now: a session that was opened anew outranks the former. */
function numbersOf(notifier: { current(): Notifier | null }): CallNumbers {
  return {
    next() {
      const session = notifier.current();
      if (!session) throw new SyncError('KAFKA_UNREACHABLE', { reason: 'the session is being opened anew' });
      return session.numbers.next();
    },
  };
}

function openFeeds({ config, marketo, eventLog, service, entrance }: Parts, lease: Lease): Promise<Notifier> {
  const { metrics } = service;
  const { marketoRequestField: field } = config;
  return openNotifier({
    people: marketo.lane('FRESH', lease),
    log: eventLog,
    lease,
    clock: systemClock,
    pollIntervalMinMs: config.feedIntervalMinMs,
    pollIntervalMaxMs: config.feedIntervalMaxMs,
    deletedIntervalMs: config.deletedIntervalMs,
    requests: field === undefined ? undefined : { field, accept: entrance.doors.field },
    headers: () => ({ traceparent: newTraceparent(Math.random) }),
    onPublished: (checkpoint, messages) => {
      metrics.changesPublished.inc({ table: 'person', operation: 'ALL', lane: 'ALL' }, messages.length);
      metrics.snapshotRowsDone.set({ table: 'person' }, checkpoint.rowsDone);
    },
  });
}

type Delivery = { readonly lease: Lease; readonly setup: SetupWatch; readonly numbers: CallNumbers };

async function deliver(
  parts: Parts,
  { lease, setup, numbers }: Delivery,
  signal: AbortSignal,
): Promise<void> {
  const { config, marketo, stores, eventLog, service } = parts;
  const { metrics } = service;
  const policyOf = fieldPolicyOf(config.marketoFieldPolicies ?? []);
  let backfilled = 0;
  const options = {
    people: marketo.lane('FRESH', lease),
    objects: marketo.objects('FRESH', lease),
    backfillPeople: marketo.lane('BACKFILL', lease),
    backfillObjects: marketo.objects('BACKFILL', lease),
    deliveries: stores.deliveries,
    numbers,
    lease,
    log: eventLog,
    clock: systemClock,
    checkFields: createFieldCheck({ described: setup.described, policyOf }),
    policyOf,
    onDelivered: (outcomes: readonly DeliveryOutcome[]) => {
      for (const { result } of outcomes) metrics.writes.inc({ system: 'marketo', result });
      backfilled += outcomes.filter(({ lane }) => lane === 'BACKFILL').length;
    },
    onDeadLetter: (code: ErrorCode) => metrics.deadLetters.inc({ code }),
  };
  const ended = new AbortController();
  const watching = watchBacklog(parts, () => backfilled, AbortSignal.any([signal, ended.signal]));
  await deliverLanes(options, signal).finally(() => ended.abort());
  await watching;
}
