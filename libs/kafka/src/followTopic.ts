import { fateOf, topicName } from '@lockstep/change-events';
import type { IncomingMessage } from '@lockstep/ports';
import type { Consumer } from 'kafkajs';
import type { EventLogSettings } from './consumeSettings.ts';
import { decodeMessage } from './incomingMessage.ts';
import { toSyncError } from './kafkaErrors.ts';
import { scopedId } from './names.ts';
import { retryDelayMs, sleep, withDeadline } from './retryDelay.ts';
import { retryTransient } from './retryTransient.ts';
import { withAdmin } from './withAdmin.ts';

export type FollowOptions = {
  /** Without prefix. */
  readonly topic: string;
  readonly from: 'beginning' | 'end';
  /** Ends when everything that was there at the start has been visited. */
  readonly untilEnd?: boolean;
  /** Called once it is settled which messages are visited: those published from now on are. */
  readonly started?: () => void;
  /** Called once, when everything that was there at the start has been visited. */
  readonly caughtUp?: () => void;
  /** Goes on after failures that pass; otherwise the first one rejects, but for those of a broker that has just started. */
  readonly persists?: boolean;
};

/** Called in order per partition, one message at a time. */
export type Visit = (message: IncomingMessage) => Promise<void> | void;

type Following = {
  readonly settings: EventLogSettings;
  readonly options: FollowOptions;
  readonly visit: Visit;
  readonly signal: AbortSignal;
  /** The next offset of each partition, so that a new connection goes on where the former one was. */
  readonly next: Map<number, bigint>;
  /** Where each partition ended at the start, as long as it is not reached. */
  readonly ends: Map<number, bigint>;
};

const leaveTimeoutMs = 5_000;

/**
 * Visits the messages of a topic, read committed, without a place of its own: every call starts anew.  Resolves when `signal` aborts or, if asked to, at the end.
 */
export async function followTopic(
  settings: EventLogSettings,
  options: FollowOptions,
  visit: Visit,
  signal: AbortSignal,
): Promise<void> {
  let following: Following | null = null;
  for (let failures = 0; !signal.aborted;) {
    try {
      const begun = (following ??= await begin({ settings, options, visit, signal }));
      return await retryTransient(
        () => stay(begun, failures),
        () => !signal.aborted,
      );
    } catch (cause) {
      const error = toSyncError(cause, { topic: options.topic });
      if (options.persists !== true || fateOf(error) !== 'RETRY') throw error;
      failures++;
      await sleep(retryDelayMs(failures, settings.random ?? Math.random), signal);
    }
  }
}

async function begin(parts: Omit<Following, 'next' | 'ends'>): Promise<Following> {
  const name = topicName(parts.settings.prefix, parts.options.topic);
  const offsets = await withAdmin(parts.settings.kafka, (admin) => admin.fetchTopicOffsets(name));
  parts.options.started?.();
  const isFromEnd = parts.options.from === 'end';
  const places = offsets.map(({ partition, high, low }) => ({
    partition,
    high: BigInt(high),
    low: BigInt(low),
  }));
  const ahead = isFromEnd ? [] : places.filter(({ high, low }) => high > low);
  if (ahead.length === 0) parts.options.caughtUp?.();
  return {
    ...parts,
    next: new Map(places.map(({ partition, high, low }) => [partition, isFromEnd ? high : low])),
    ends: new Map(ahead.map(({ partition, high }) => [partition, high])),
  };
}

/** One connection, until the signal, the end, or a failure. */
async function stay(following: Following, attempt: number): Promise<void> {
  const { settings, options, signal, ends } = following;
  if (options.untilEnd === true && ends.size === 0) return;
  const nonce = (settings.random ?? Math.random)().toString(36).slice(2);
  const groupId = scopedId(settings.prefix, 'follow', settings.instanceId, nonce, attempt);
  const consumer = settings.kafka.consumer({
    groupId,
    readUncommitted: false,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 100,
    retry: { restartOnFailure: () => Promise.resolve(false) },
  });
  try {
    await untilDone(following, consumer, signal);
  } finally {
    await withDeadline(consumer.disconnect(), leaveTimeoutMs).catch(() => undefined);
    await withAdmin(settings.kafka, (admin) => admin.deleteGroups([groupId])).catch(() => undefined);
  }
}

async function untilDone(following: Following, consumer: Consumer, signal: AbortSignal): Promise<void> {
  let stop = (): void => {};
  try {
    await new Promise<void>((resolve, reject) => {
      stop = resolve;
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) resolve();
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      // Also told of batches that hold nothing but transaction markers or aborted messages.
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
        if (hasEnded(following, payload.partition, BigInt(payload.lastOffset) + 1n)) resolve();
      });
      run(following, consumer, reject).catch(reject);
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function hasEnded({ ends, options }: Following, partition: number, next: bigint): boolean {
  const end = ends.get(partition);
  if (end !== undefined && next >= end) {
    ends.delete(partition);
    if (ends.size === 0) options.caughtUp?.();
  }
  return options.untilEnd === true && ends.size === 0;
}

async function run(
  { settings, options, visit, next, signal }: Following,
  consumer: Consumer,
  fail: (error: unknown) => void,
): Promise<void> {
  const topic = topicName(settings.prefix, options.topic);
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      if (signal.aborted || BigInt(message.offset) < (next.get(partition) ?? 0n)) return;
      try {
        await visit(await decodeMessage(settings.codec, { topic: options.topic, partition }, message));
        next.set(partition, BigInt(message.offset) + 1n);
      } catch (error) {
        fail(error);
      }
    },
  });
  for (const [partition, offset] of next) consumer.seek({ topic, partition, offset: String(offset) });
}
