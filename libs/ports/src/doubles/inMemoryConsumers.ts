import { fateOf, isSyncError, SyncError } from '@lockstep/change-events';
import type { Batch, BatchHandler, BatchResult, ConsumeOptions, OutgoingMessage } from '../eventLog.ts';
import { copyMessages, type TopicStore } from './inMemoryTopics.ts';

/** Where a fault may strike: before anything is visible, or after it is, when only the answer is lost. */
export type LogPoint = 'publish' | 'published' | 'commit' | 'committed';

export type PendingMessages = { readonly topic: string; readonly partition: number; readonly count: number };

/** Ends what `subscribe` began, as a killed process would: a batch that is being handled commits nothing. */
export type Subscription = { unsubscribe(): void };

type Consumer = {
  readonly options: ConsumeOptions;
  readonly handler: BatchHandler;
  /** Partitions whose batch is being handled. */
  readonly busy: Set<string>;
};

export type LogState = {
  readonly store: TopicStore;
  readonly atPoint: (point: LogPoint, id: string) => void;
  readonly publishers: Map<string, object>;
  readonly consumers: Map<string, Consumer>;
  readonly offsets: Map<string, number>;
  readonly wakers: Set<() => void>;
};

export function append(state: LogState, messages: readonly OutgoingMessage[]): void {
  state.store.append(messages);
  wake(state);
}

export function wake({ wakers }: LogState): void {
  const waiting = [...wakers];
  wakers.clear();
  for (const resume of waiting) resume();
}

const offsetKey = (group: string, topic: string, partition: number) => `${group}/${topic}/${partition}`;

export function pendingOf(state: LogState, group: string, topics: readonly string[]): PendingMessages[] {
  return topics.flatMap((topic) =>
    state.store.partitions(topic).flatMap((messages, partition) => {
      const count = messages.length - (state.offsets.get(offsetKey(group, topic, partition)) ?? 0);
      return count > 0 ? [{ topic, partition, count }] : [];
    }),
  );
}

/** Everything that a group ever read waits for it again. */
export function rewind({ offsets }: LogState, group: string): void {
  for (const key of [...offsets.keys()]) if (key.startsWith(`${group}/`)) offsets.delete(key);
}

export function subscribe(state: LogState, options: ConsumeOptions, handler: BatchHandler): Subscription {
  for (const topic of options.topics) state.store.partitions(topic);
  const consumer: Consumer = { options, handler, busy: new Set() };
  state.consumers.set(options.group, consumer);
  wake(state);
  return {
    unsubscribe() {
      if (state.consumers.get(options.group) === consumer) state.consumers.delete(options.group);
    },
  };
}

/** Another consumer with the same writer is at work on the partition number. */
const isWritten = ({ consumers }: LogState, { options: { writer } }: Consumer, partition: number): boolean =>
  writer !== undefined &&
  [...consumers.values()].some(
    (other) =>
      other.options.writer === writer && [...other.busy].some((key) => key.endsWith(`/${partition}`)),
  );

type Choice = {
  readonly topic?: string | undefined;
  readonly partition?: number | undefined;
  readonly messagesMax?: number | undefined;
};

function choose(
  state: LogState,
  group: string,
  consumer: Consumer,
  choice: Choice,
): PendingMessages | undefined {
  return pendingOf(state, group, consumer.options.topics).find(
    ({ topic, partition }) =>
      topic === (choice.topic ?? topic) &&
      partition === (choice.partition ?? partition) &&
      !consumer.busy.has(`${topic}/${partition}`) &&
      !isWritten(state, consumer, partition),
  );
}

export async function deliver(state: LogState, group: string, choice: Choice): Promise<boolean> {
  const consumer = state.consumers.get(group);
  const waiting = consumer && choose(state, group, consumer, choice);
  if (!consumer || !waiting) return false;
  const { topic, partition } = waiting;
  const position = state.offsets.get(offsetKey(group, topic, partition)) ?? 0;
  const sizeMax = Math.min(choice.messagesMax ?? Infinity, consumer.options.batchSizeMax);
  const messages = (state.store.partitions(topic)[partition] ?? []).slice(position, position + sizeMax);
  await handleBatch(state, consumer, { topic, partition, messages: copyMessages(messages) }, position);
  return true;
}

async function handleBatch(
  state: LogState,
  consumer: Consumer,
  batch: Batch,
  position: number,
): Promise<void> {
  const key = `${batch.topic}/${batch.partition}`;
  consumer.busy.add(key);
  try {
    const result = await consumer.handler(batch);
    commit(state, consumer, batch, { result, next: position + batch.messages.length });
    await result.afterCommit?.();
  } finally {
    consumer.busy.delete(key);
    // Others with the writer looked while it was busy.
    if (consumer.options.writer !== undefined) void nextTurn().then(() => wake(state));
  }
}

type CommitContent = { readonly result: BatchResult; readonly next: number };

function commit(
  state: LogState,
  consumer: Consumer,
  { topic, partition }: Batch,
  content: CommitContent,
): void {
  const { group } = consumer.options;
  if (state.consumers.get(group) !== consumer)
    throw new SyncError('KAFKA_FENCED', { group, topic, partition });
  const messages = fitting(state, content.result);
  state.atPoint('commit', group);
  state.offsets.set(offsetKey(group, topic, partition), content.next);
  append(state, messages);
  state.atPoint('committed', group);
}

/** What is too large is replaced as the handler says; that anything else does not fit is our fault and stops. */
function fitting({ store }: LogState, { messages, insteadOf }: BatchResult): OutgoingMessage[] {
  return messages.map((message) => {
    const fault = faultOf(store, message);
    if (fault === null) return message;
    const other = fault.details['field'] === 'size' ? insteadOf?.(message) : undefined;
    if (other === undefined || faultOf(store, other) !== null) throw new SyncError('INTERNAL', fault.details);

    return other;
  });
}

function faultOf(store: TopicStore, message: OutgoingMessage): SyncError | null {
  try {
    store.check([message]);
    return null;
  } catch (error) {
    if (isSyncError(error, 'EVENT_UNENCODABLE')) return error;
    throw error;
  }
}

export async function consume(
  state: LogState,
  options: ConsumeOptions,
  handler: BatchHandler,
  signal: AbortSignal,
): Promise<void> {
  const subscription = subscribe(state, options, handler);
  try {
    while (!signal.aborted) {
      const isDelivered = await deliver(state, options.group, {}).catch((error: unknown) => {
        if (fateOf(error) === 'STOP' && !isSyncError(error, 'KAFKA_FENCED')) throw error;
        return true;
      });
      await (isDelivered ? nextTurn() : waitForMessages(state, signal));
    }
  } finally {
    subscription.unsubscribe();
  }
}

/** Lets timers and input run between batches, so that a batch that always fails does not stop the world. */
const nextTurn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

function waitForMessages({ wakers }: LogState, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const resume = () => {
      signal.removeEventListener('abort', resume);
      wakers.delete(resume);
      resolve();
    };
    wakers.add(resume);
    signal.addEventListener('abort', resume);
  });
}
