import { topics } from '@lockstep/change-events';
import type {
  Batch,
  BatchHandler,
  ConsumeOptions,
  EventLog,
  IncomingMessage,
  Publisher,
} from '../eventLog.ts';

/** An empty log on which the topics of `eventLogContractTopics` exist. */
export type EventLogHarness = {
  readonly eventLog: EventLog;
  /** Appends bytes that no codec can read. */
  writeGarbage(topic: string, key: string): Promise<void>;
  close(): Promise<void>;
};

/** Of three partitions, one, and one. */
export const eventLogContractTopics = [topics.outcomes, topics.requests, topics.checkpoints] as const;

const waitTimeoutMs = 20_000;
const pollMs = 10;

export async function waitUntil(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; !(await isTrue()); waitedMs += pollMs) {
    if (waitedMs > waitTimeoutMs) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

export const numbered = (count: number, topic: string = topics.requests, key = 'k') =>
  Array.from({ length: count }, (_, number) => ({ topic, key, value: { number } }));
export const valuesOf = (messages: readonly IncomingMessage[]) => messages.map(({ value }) => value);
const nothing: BatchHandler = () => Promise.resolve({ messages: [] });

export type Running = {
  readonly seen: IncomingMessage[];
  readonly batches: Batch[];
  /** Settles as `consume` does. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
};

/** Consumes in the background; `handler` decides, what it was given is recorded before. */
export function run(eventLog: EventLog, options: Partial<ConsumeOptions>, handler = nothing): Running {
  const stopping = new AbortController();
  const seen: IncomingMessage[] = [];
  const batches: Batch[] = [];
  const done = eventLog.consume(
    { group: 'readers', topics: [topics.requests], batchSizeMax: 100, ...options },
    (batch) => {
      seen.push(...batch.messages);
      batches.push(batch);
      return handler(batch);
    },
    stopping.signal,
  );
  done.catch(() => undefined);
  return {
    seen,
    batches,
    done,
    stop: () => {
      stopping.abort();
      return done;
    },
  };
}

export async function publish(eventLog: EventLog, count: number): Promise<void> {
  const publisher: Publisher = await eventLog.openPublisher('writer');
  await publisher.publish(numbered(count));
  await publisher.close();
  await untilMarked(eventLog, 'writer');
}

/**
 * The broker confirms a commit before it marks it, so that it can be read a moment later. Taking the id over waits for
 * the mark: so does every successor that reads what its predecessor left.
 */
export async function untilMarked(eventLog: EventLog, publisherId: string): Promise<void> {
  await (await eventLog.openPublisher(publisherId)).close();
}

/** Gives each case a log of its own, and closes it. */
export const onEachLog =
  (open: () => Promise<EventLogHarness>) =>
  async (use: (log: EventLog, harness: EventLogHarness) => Promise<void>): Promise<void> => {
    const harness = await open();
    try {
      await use(harness.eventLog, harness);
    } finally {
      await harness.close();
    }
  };
