import { consumerGroups, type ErrorCode } from '@lockstep/change-events';
import {
  checkFirstReads,
  createDynamicsWriter,
  createOutcomeMeter,
  createReconciler,
  createRouter,
  createSweeper,
  reopeningPublisher,
  tellExpired,
  withDeadLetters,
  type OutcomeMeter,
} from '@lockstep/pipelines';
import type { BatchHandler, Publisher } from '@lockstep/ports';
import { customTypesOf, entityMappingsFor } from '@lockstep/reconciliation';
import { reasonOf, retryForever, systemClock } from '@lockstep/service-runtime';
import { followRules, rulesInForce, untilDescribed, type RulesInForce } from './followRules.ts';
import { policyBy } from './policyBy.ts';
import { consumed, personMapping, personTables, rulesPartsOf, type Parts } from './reconcilerParts.ts';
import { watchDynamics } from './watchDynamics.ts';
import { watchWaiting } from './watchWaiting.ts';

const dayMs = 86_400_000;
const outcomesToldAfterMs = 2_000;
const writer = consumerGroups.reconcile;

/** Routes, decides, sweeps and follows the rules until the signal comes or one of these ends. */
export async function serveReconciler(parts: Parts, signal: AbortSignal): Promise<void> {
  await untilDescribed(rulesPartsOf(parts), signal);
  const outcomes = reopeningPublisher(parts.eventLog, `reconcile/${parts.config.instanceId}`);
  try {
    await serve(parts, outcomes, signal);
  } finally {
    await outcomes.close();
  }
}

async function serve(parts: Parts, outcomes: Publisher, signal: AbortSignal): Promise<void> {
  const { stores, eventLog, service } = parts;
  const { router: routed, live, backfill } = consumed(parts);
  await tellExpired({ inbox: live, backfill }, { log: eventLog, publisher: outcomes, clock: systemClock });
  const count = (code: ErrorCode) => service.metrics.deadLetters.inc({ code });
  const router = withDeadLetters(createRouter(stores.links), systemClock, count);
  const meter = createOutcomeMeter(stores.outcomeCounts, systemClock);
  const { reconcile, decideBy } = openReconciler(parts, { publisher: outcomes, meter });
  const reconciler = withDeadLetters(reconcile, systemClock, count);
  service.readiness.set('reconciler', null);
  // When one loop ends, for whatever reason, the others end with it: half a reconciler is none.
  const ended = new AbortController();
  const all = AbortSignal.any([signal, ended.signal]);
  const loops = [
    eventLog.consume({ ...routed, batchSizeMax: 500 }, router, all),
    // The lanes of a record take turns, so that neither decides on what the other is about to save, and golden events stay in order.
    eventLog.consume({ ...live, writer, batchSizeMax: 300 }, reconciler, all),
    // Small batches, because a fresh edit of the same partition waits for one of them at most.
    eventLog.consume({ ...backfill, writer, batchSizeMax: 100 }, reconciler, all),
    parts.leases.hold('sweeper', (_, held) => sweepAndMeasure(parts, held), all),
    followRules(rulesPartsOf(parts), decideBy, all),
    tellOutcomes(parts, meter, all),
    watchDynamics(parts, all),
  ];
  await Promise.all(loops.map((loop) => loop.finally(() => ended.abort())));
}

/** One process at a time does what is to be done, and measured, once. */
async function sweepAndMeasure(parts: Parts, held: AbortSignal): Promise<void> {
  await Promise.all([sweep(parts, held), watchWaiting(parts, held)]);
}

/** A reconciler whose rules can be exchanged between two batches. */
function openReconciler(parts: Parts, { publisher, meter }: { publisher: Publisher; meter: OutcomeMeter }) {
  const carried = { writeDynamics: openDynamicsWriter(parts, publisher), meter };
  let current = reconcilerBy(parts, rulesInForce(rulesPartsOf(parts)), carried);
  return {
    reconcile: (async (batch) => current(batch)) as BatchHandler,
    decideBy: (rules: RulesInForce): void => {
      current = reconcilerBy(parts, rules, carried);
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
  parts: Parts,
  rules: RulesInForce,
  carried: { writeDynamics: ReturnType<typeof openDynamicsWriter>; meter: OutcomeMeter },
): BatchHandler {
  const { config, stores, service, directions, brake, revisionEpoch } = parts;
  return createReconciler({
    ...stores,
    clock: systemClock,
    mapping: personMapping(parts, rules),
    entityMappings: entityMappingsFor(parts.tables.current(), rules),
    customTypes: customTypesOf(rules.customs),
    policy: policyBy(rules, config.matchByEmail),
    ...carried,
    revisionEpoch,
    withheld: directions.withheld,
    ...(brake && { brake }),
    history: { store: stores.pastConflicts, keptMs: config.historyDays * dayMs },
    onDecided: ({ conflicts }) => {
      for (const { rule } of conflicts) service.metrics.conflicts.inc({ rule });
    },
  });
}

/** What ended is told every few seconds, and once more at the end. */
async function tellOutcomes({ service }: Parts, meter: OutcomeMeter, signal: AbortSignal): Promise<void> {
  const step = async () => {
    await meter.tell();

    return { idleMs: outcomesToldAfterMs };
  };
  const { log, readiness } = service;
  const clock = systemClock;
  await retryForever({
    component: 'outcome counts',
    step,
    signal,
    log,
    readiness,
    clock,
    random: Math.random,
  });
  await meter.tell().catch(() => undefined);
}

/** A missing account means something once accounts are read, where a rule looks for them. */
const readFirst = ({ tables, rules }: Parts): readonly string[] =>
  rules.current().attachAccounts && tables.current().includes('account')
    ? [...personTables, 'account']
    : personTables;

/** One process wakes what is due and watches the first reads; it opens its publisher only while it holds the lease. */
async function sweep(parts: Parts, signal: AbortSignal): Promise<void> {
  const { config, stores, eventLog, service, directions } = parts;
  const { log, readiness } = service;
  const publisher = reopeningPublisher(eventLog, 'sweeper');
  const groups = {
    routerGroup: consumerGroups.router,
    reconcileGroup: consumerGroups.reconcile,
    reconcileBackfillGroup: consumerGroups.reconcileBackfill,
  };
  const shared = { ...stores, ...groups, log: eventLog, publisher, clock: systemClock };
  const { withheld } = directions;
  const sweeper = createSweeper({ ...shared, withheld, intervalMs: config.sweepIntervalMs });
  const step = async () => {
    const answers = directions.answers(systemClock);
    if (answers.length > 0) await publisher.publish(answers);
    await checkFirstReads({ ...shared, tables: readFirst(parts) });
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
