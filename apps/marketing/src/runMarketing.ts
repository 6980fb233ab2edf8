import {
  createCodec,
  createMessageCodec,
  subjectSchemas,
  topicDefinitions,
  tableDefinitions,
  topicSchemas,
} from '@lockstep/change-events';
import { checkTopics, createEventLog, createLeaseKeeper, openKafka, type BatchReport } from '@lockstep/kafka';
import { openMongoStores } from '@lockstep/mongodb';
import { createHintBell, type HintBell } from '@lockstep/pipelines';
import type { LeaseKeeper } from '@lockstep/ports';
import { marketoFields, openRules } from '@lockstep/rules';
import { openSchemaIds } from '@lockstep/schema-registry';
import {
  createOutage,
  startService,
  systemClock,
  untilAnswered,
  waitingReason,
  type Metrics,
} from '@lockstep/service-runtime';
import type { Config } from './config.ts';
import { feedHintRoute } from './feedHintRoute.ts';
import { watchFields, type FieldsWatch } from './followFields.ts';
import type { Parts } from './marketingParts.ts';
import { clientId, openMarketo, ownTopics } from './openMarketing.ts';
import { createRequestEntrance } from './requests/requestEntrance.ts';
import { leaseName, serveActive } from './serveActive.ts';

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
  const kafka = openKafka(config, clientId, log);
  const schemaIds = openSchemaIds(config);
  const rules = await openRules(config.lockstepFile);
  const fields = marketoFields(rules.current());
  const schemas = subjectSchemas(topicSchemas(tableDefinitions, fields), prefix);
  const codec = createMessageCodec(createCodec(schemaIds, schemas), prefix);
  const { metrics } = service;
  const onBatch = ({ group, topic, partition, messages }: BatchReport) =>
    metrics.messagesHandled.inc({ group, topic, partition }, messages);
  const outageOf = (component: string) => createOutage({ ...service, component, clock: systemClock });
  const logSettings = { kafka, codec, prefix, instanceId: config.instanceId, onBatch, outageOf };
  const eventLog = createEventLog(logSettings);

  await lifecycle.run(async (signal) => {
    const definitions = topicDefinitions().filter(({ name }) => ownTopics.has(name));
    const askTopics = () => checkTopics({ kafka, prefix, definitions });
    await untilAnswered(service, { component: 'kafka', ask: askTopics }, signal);
    const open = () => openMongoStores({ url: config.mongodbUrl, database: config.mongodbDatabase });
    const stores = await untilAnswered(service, { component: 'mongodb', ask: open }, signal);
    if (stores === null) return;
    lifecycle.opened('mongodb', () => stores.close());
    entrance.open({ ...stores, counter: metrics.requests });
    const marketo = openMarketo(config, fields);
    lifecycle.opened('marketo', () => marketo.close());
    const parts = { config, marketo, stores, kafka: logSettings, eventLog, service, bell, entrance };
    const watch = watchFields({ rules, marketo, codec, clock: systemClock, log }, fields);
    const onStandby = (isHeard: boolean) => readiness.set('lease', waitingReason(leaseName, isHeard));
    const leases = createLeaseKeeper({ kafka, prefix, onStandby });
    await serveUnderLease(parts, { watch, leases }, signal);
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
    (lease, held) => watch.serve((fields, until) => serveActive({ ...parts, fields }, lease, until), held),
    both,
  );
  await Promise.all([watch.follow(both), holding].map((loop) => loop.finally(() => ended.abort())));
}

/** Without a key the address does not exist. */
function routesOf({ marketoHintKey: key }: Config, bell: HintBell, metrics: Metrics) {
  return key === undefined ? [] : [feedHintRoute({ key, ring: () => bell.ring(), metrics })];
}
