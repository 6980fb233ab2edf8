import { fateOf, isSyncError, topicName, topics } from '@lockstep/change-events';
import type { Clock, Lease, LeaseKeeper } from '@lockstep/ports';
import type { Consumer, Kafka } from 'kafkajs';
import type { KafkaLog } from './createKafkaClient.ts';
import { toSyncError } from './kafkaErrors.ts';
import { createLeaseAssigner } from './leaseAssigner.ts';
import { createLeaseClaim, type LeaseClaim } from './leaseClaim.ts';
import { scopedId } from './names.ts';
import { retryDelayMs, sleep, withDeadline } from './retryDelay.ts';
import { watchSilence, type SilenceWatch } from './watchSilence.ts';

export type LeaseKeeperSettings = {
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly clock?: Pick<Clock, 'monotonic'>;
  /** How long the broker waits for a silent holder; takeover follows one or two seconds later. */
  readonly sessionTimeoutMs?: number;
  /** What `leaseMembers` shows of this process while it waits or holds. */
  readonly note?: string;
  /** Told while it waits: true at each sign that the group has it as a standby, false when the broker is not heard of. */
  readonly onStandby?: (isHeard: boolean) => void;
  readonly log?: KafkaLog;
  readonly random?: () => number;
};

type WhileHeld = Parameters<LeaseKeeper['hold']>[1];

/** One stay in the lease's group: as standby, then as holder, until the lease is lost or given up. */
type Stay = {
  readonly settings: LeaseKeeperSettings;
  readonly name: string;
  readonly whileHeld: WhileHeld;
  readonly claim: LeaseClaim;
  readonly consumer: Consumer;
  readonly silence: SilenceWatch;
  readonly outer: AbortSignal;
};

/** How a stay ended; `error` null when the holder was done or the lease went elsewhere. */
type Ending = { readonly kind: 'done' | 'failed' | 'kafka'; readonly error: unknown };

const heartbeatIntervalMs = 500;
const marginMs = 500;
const leaveTimeoutMs = 5_000;
/** Beyond the session: a group that changes hands is silent for as long as a takeover takes. */
const takeoverMs = 8_000;
const systemClock = { monotonic: () => performance.now() };

/** Leases by membership of the group `prefix/lease/<name>` on the one partition of the control topic; no database. */
export function createLeaseKeeper(settings: LeaseKeeperSettings): LeaseKeeper {
  return {
    async hold(name, whileHeld, signal) {
      let failures = 0;
      while (!signal.aborted) {
        const ending = await stay(settings, name, whileHeld, AbortSignal.any([signal]));
        if (ending.kind === 'failed') throw ending.error;
        if (ending.kind === 'done') {
          failures = 0;
          continue;
        }
        if (fateOf(ending.error) === 'STOP') throw ending.error;
        failures++;
        settings.onStandby?.(false);
        settings.log?.('warn', 'lease: joining again', { name, failures, reason: String(ending.error) });
        await sleep(retryDelayMs(failures, settings.random ?? Math.random), signal);
      }
    },
  };
}

async function stay(
  settings: LeaseKeeperSettings,
  name: string,
  whileHeld: WhileHeld,
  outer: AbortSignal,
): Promise<Ending> {
  const { kafka, prefix, sessionTimeoutMs = 7_000, clock = systemClock, onStandby = () => {} } = settings;
  const claim = createLeaseClaim({ sessionTimeoutMs, marginMs, monotonic: () => clock.monotonic() });
  const consumer = kafka.consumer({
    groupId: scopedId(prefix, 'lease', name),
    partitionAssigners: [createLeaseAssigner(claim, settings.note)],
    sessionTimeout: sessionTimeoutMs,
    // Longer than the session, so that a rebalance never drops a holder whose own deadline has not passed.
    rebalanceTimeout: sessionTimeoutMs + 5_000,
    heartbeatInterval: heartbeatIntervalMs,
    maxWaitTimeInMs: 250,
    allowAutoTopicCreation: false,
    retry: { restartOnFailure: () => Promise.resolve(false) },
  });
  const silence = watchSilence(onStandby, sessionTimeoutMs + takeoverMs);
  return runStay({ settings, name, whileHeld, claim, consumer, silence, outer }).finally(silence.end);
}

async function runStay(all: Stay): Promise<Ending> {
  const { claim, consumer, outer } = all;
  const lost = new AbortController();
  let kafkaFailure: unknown = null;
  const lose = (error: unknown = null) => {
    kafkaFailure ??= error;
    claim.give();
    lost.abort();
  };
  const won = watchGroup(all, lose);
  const joined = join(all).catch(lose);
  await Promise.race([won, aborted(lost.signal), aborted(outer)]);
  const held = claim.isHeld() && !outer.aborted ? holdLease(all, lost.signal, lose) : null;
  // When the lease is lost we leave at once; a holder that stops by itself, or is asked to, leaves when it is done.
  await Promise.race([aborted(lost.signal), held ?? aborted(outer)]);
  claim.give();
  await withDeadline(
    joined.then(() => consumer.disconnect()),
    leaveTimeoutMs,
  ).catch(() => undefined);
  const ending = await held;
  if (ending) return ending;
  return kafkaFailure === null ? { kind: 'done', error: null } : { kind: 'kafka', error: kafkaFailure };
}

/** Resolves when the lease is ours. `lose` is called when it is not any more, or Kafka fails. */
function watchGroup(
  { consumer, claim, settings, silence }: Stay,
  lose: (error?: unknown) => void,
): Promise<void> {
  const topic = topicName(settings.prefix, topics.control);
  const { CRASH, GROUP_JOIN, HEARTBEAT } = consumer.events;
  let wasHeld = false;
  return new Promise((resolve) => {
    const look = () => {
      if (claim.isHeld()) {
        wasHeld = true;
        silence.end();
        resolve();
      } else if (wasHeld) lose();
      else silence.heard();
    };
    consumer.on(GROUP_JOIN, ({ payload }) => {
      claim.joined(payload.memberId, payload.memberAssignment[topic]?.includes(0) ?? false);
      // Only the membership counts; the messages are for others.
      consumer.pause([{ topic }]);
      look();
    });
    consumer.on(HEARTBEAT, () => {
      claim.confirmed();
      look();
    });
    consumer.on(CRASH, ({ payload }) => lose(toSyncError(payload.error)));
  });
}

async function join({ consumer, settings }: Stay): Promise<void> {
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topicName(settings.prefix, topics.control)] });
    await consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() });
  } catch (error) {
    throw toSyncError(error, { topic: topics.control });
  }
}

async function holdLease(
  { claim, whileHeld, outer }: Stay,
  lost: AbortSignal,
  lose: () => void,
): Promise<Ending> {
  const lease: Lease = { isHeld: () => claim.isHeld() };
  const watching = new AbortController();
  void watchDeadline(claim, AbortSignal.any([watching.signal, lost]), lose);
  try {
    await whileHeld(lease, AbortSignal.any([outer, lost]));
    return { kind: 'done', error: null };
  } catch (error) {
    // Whoever noticed the loss by itself goes back to waiting.
    const isLoss = isSyncError(error, 'LEASE_LOST') && !claim.isHeld();
    return isLoss ? { kind: 'done', error: null } : { kind: 'failed', error };
  } finally {
    watching.abort();
  }
}

async function watchDeadline(claim: LeaseClaim, signal: AbortSignal, lose: () => void): Promise<void> {
  while (!signal.aborted) {
    const remainingMs = claim.remainingMs();
    if (remainingMs === 0) return lose();
    await sleep(remainingMs, signal);
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
