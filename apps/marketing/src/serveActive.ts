import { SyncError, type DeliveryOutcome, type ErrorCode } from '@lockstep/change-events';
import { followControl } from '@lockstep/kafka';
import {
  createControlInbox,
  createFieldCheck,
  deliverLanes,
  openNotifier,
  readingTarget,
  reopeningStepper,
  type CallNumbers,
  type ControlInbox,
  type Notifier,
} from '@lockstep/pipelines';
import type { Lease } from '@lockstep/ports';
import { askedAgain, newTraceparent, retryForever, systemClock } from '@lockstep/service-runtime';
import { fieldPolicyOf, schemaWishesOf } from './config.ts';
import { countCalls } from './countCalls.ts';
import type { Parts } from './marketingParts.ts';
import { serveRequests } from './requests/serveRequests.ts';
import { watchBacklog } from './watchBacklog.ts';
import { watchSetup, type SetupWatch } from './watchSetup.ts';

export const leaseName = 'marketing';

/** Checks the setup of Marketo first; then follows the feeds, and, once the session's numbers outrank every earlier one's, delivers commands. */
export async function serveActive(parts: Parts, lease: Lease, signal: AbortSignal): Promise<void> {
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
  const commands = createControlInbox(() => parts.bell.ring());
  const notifier = reopeningStepper(() => openFeeds(parts, lease, commands));
  let delivering: Promise<void> | null = null;
  const step = async () => {
    const pause = await notifier.step(both);
    delivering ??= deliver(parts, { lease, setup, numbers: numbersOf(notifier) }, both).finally(() =>
      ended.abort(),
    );
    return pause;
  };
  const beside = [
    followControl(parts.kafka, { inbox: commands, targets: new Set([readingTarget]) }, both),
    countCalls(parts, lease, both),
    serveRequests(parts, lease, both),
  ].map((loop) => loop.finally(() => ended.abort()));
  for (const loop of beside) loop.catch(() => undefined);
  parts.bell.answerTo(() => notifier.current()?.hint());
  await retryForever({
    component: readingTarget,
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
  for (const loop of beside) await loop;
  await watching;
  await notifier.close();
  readiness.set('lease', askedAgain);
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

function openFeeds(
  { config, marketo, eventLog, service, entrance }: Parts,
  lease: Lease,
  commands: ControlInbox,
): Promise<Notifier> {
  const { metrics } = service;
  const { marketoRequestField: field } = config;
  return openNotifier({
    people: marketo.lane('FRESH', lease),
    backfillPeople: marketo.lane('BACKFILL', lease),
    log: eventLog,
    lease,
    clock: systemClock,
    pollIntervalMinMs: config.feedIntervalMinMs,
    pollIntervalMaxMs: config.feedIntervalMaxMs,
    deletedIntervalMs: config.deletedIntervalMs,
    compareIntervalMs: config.marketoCompareIntervalHours * 60 * 60 * 1000,
    requests: field === undefined ? undefined : { field, accept: entrance.doors.field },
    commands: () => commands.commandsFor(readingTarget),
    headers: () => ({ traceparent: newTraceparent(Math.random) }),
    onPublished: (checkpoint, messages) => {
      metrics.changesPublished.inc({ table: 'person', operation: 'ALL', lane: 'ALL' }, messages.length);
      metrics.tablePaused.set({ table: 'person' }, checkpoint.state?.pausedAt ? 1 : 0);
      metrics.snapshotRowsDone.set({ table: 'person' }, checkpoint.rowsDone);
    },
    onDeadLetter: (code) => metrics.deadLetters.inc({ code }),
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
