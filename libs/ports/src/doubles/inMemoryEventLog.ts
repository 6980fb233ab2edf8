import {
  fateOf,
  isSyncError,
  SyncError,
  topicDefinitions,
  type TopicDefinition,
} from '@lockstep/change-events';
import type {
  Batch,
  BatchHandler,
  BatchResult,
  ConsumeOptions,
  EventLog,
  IncomingMessage,
  OutgoingMessage,
  Publisher,
} from '../eventLog.ts';
import { readLatest, scanEvents } from './inMemoryReads.ts';
import { copyMessages, createTopicStore, type TopicStore } from './inMemoryTopics.ts';

/** Where a fault may strike: before anything is visible, or after it is, when only the answer is lost. */
export type LogPoint = 'publish' | 'published' | 'commit' | 'committed';

export type InMemoryEventLogOptions = {
  readonly definitions?: readonly TopicDefinition[];
  /** Called at each point; what it throws is what the caller of the log sees. */
  readonly atPoint?: (point: LogPoint, id: string) => void;
};

export type PendingMessages = { readonly topic: string; readonly partition: number; readonly count: number };

/** Ends what `subscribe` began, as a killed process would: a batch that is being handled commits nothing. */
export type Subscription = { unsubscribe(): void };

/** The event log of one process, with the means to look inside and to decide what is delivered when. */
export type InMemoryEventLog = EventLog & {
  /** Makes `handler` the one consumer of its group, and fences the one before it. */
  subscribe(options: ConsumeOptions, handler: BatchHandler): Subscription;
  /**
   * Hands the next batch of the first waiting partition (of `topic`, of `partition`) to the group's handler and commits
   * its messages and offset. False when nothing waits there. Rejects as the handler does; then nothing is committed.
   */
  deliver(group: string, topic?: string, partition?: number, messagesMax?: number): Promise<boolean>;
  pending(group: string): PendingMessages[];
  messages(topic: string): readonly IncomingMessage[];
  injectUndecodable(topic: string, key: string): void;
};

type Consumer = {
  readonly options: ConsumeOptions;
  readonly handler: BatchHandler;
  /** Partitions whose batch is being handled. */
  readonly busy: Set<string>;
};

type State = {
  readonly store: TopicStore;
  readonly atPoint: (point: LogPoint, id: string) => void;
  readonly publishers: Map<string, object>;
  readonly consumers: Map<string, Consumer>;
  readonly offsets: Map<string, number>;
  readonly wakers: Set<() => void>;
};

/** Pure and deterministic: nothing is delivered but through `deliver`, or `consume` for as long as it runs. */
export function inMemoryEventLog(options: InMemoryEventLogOptions = {}): InMemoryEventLog {
  const state: State = {
    store: createTopicStore(options.definitions ?? topicDefinitions()),
    atPoint: options.atPoint ?? (() => undefined),
    publishers: new Map(),
    consumers: new Map(),
    offsets: new Map(),
    wakers: new Set(),
  };
  return {
    openPublisher: (id) => Promise.resolve(openPublisher(state, id)),
    consume: (consumeOptions, handler, signal) => consume(state, consumeOptions, handler, signal),
    readLatest: async (topic) => readLatest(state.store.all(topic)),
    scanEvents: async (topic, visit, signal) => scanEvents(state.store.all(topic), visit, signal),
    lag: async (group, topics) => pendingOf(state, group, topics).reduce((sum, { count }) => sum + count, 0),
    subscribe: (consumeOptions, handler) => subscribe(state, consumeOptions, handler),
    deliver: (group, topic, partition, messagesMax) =>
      deliver(state, group, { topic, partition, messagesMax }),
    pending: (group) => pendingOf(state, group, state.consumers.get(group)?.options.topics ?? []),
    messages: (topic) => state.store.all(topic),
    injectUndecodable(topic, key) {
      state.store.append([{ topic, key, value: null }], new Uint8Array([0xde, 0xad]));
      wake(state);
    },
  };
}

function append(state: State, messages: readonly OutgoingMessage[]): void {
  state.store.append(messages);
  wake(state);
}

function wake({ wakers }: State): void {
  const waiting = [...wakers];
  wakers.clear();
  for (const resume of waiting) resume();
}

function openPublisher(state: State, id: string): Publisher {
  const token = {};
  state.publishers.set(id, token);
  let failure: unknown = null;
  const publish = (given: Iterable<OutgoingMessage>) => {
    const messages = [...given];
    if (state.publishers.get(id) !== token) throw new SyncError('KAFKA_FENCED', { transactionalId: id });
    // Like the real one, it is used up by a failure whose outcome nobody knows.
    if (failure !== null) throw failure;
    state.store.check(messages);
    try {
      state.atPoint('publish', id);
      append(state, messages);
      state.atPoint('published', id);
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  return {
    publish: async (messages) => publish(messages),
    close: () => Promise.resolve(),
  };
}

const offsetKey = (group: string, topic: string, partition: number) => `${group}/${topic}/${partition}`;

function pendingOf(state: State, group: string, topics: readonly string[]): PendingMessages[] {
  return topics.flatMap((topic) =>
    state.store.partitions(topic).flatMap((messages, partition) => {
      const count = messages.length - (state.offsets.get(offsetKey(group, topic, partition)) ?? 0);
      return count > 0 ? [{ topic, partition, count }] : [];
    }),
  );
}

function subscribe(state: State, options: ConsumeOptions, handler: BatchHandler): Subscription {
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

type Choice = {
  readonly topic?: string | undefined;
  readonly partition?: number | undefined;
  readonly messagesMax?: number | undefined;
};

function choose(
  state: State,
  group: string,
  consumer: Consumer,
  choice: Choice,
): PendingMessages | undefined {
  return pendingOf(state, group, consumer.options.topics).find(
    ({ topic, partition }) =>
      topic === (choice.topic ?? topic) &&
      partition === (choice.partition ?? partition) &&
      !consumer.busy.has(`${topic}/${partition}`),
  );
}

async function deliver(state: State, group: string, choice: Choice): Promise<boolean> {
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

async function handleBatch(state: State, consumer: Consumer, batch: Batch, position: number): Promise<void> {
  const key = `${batch.topic}/${batch.partition}`;
  consumer.busy.add(key);
  try {
    const result = await consumer.handler(batch);
    commit(state, consumer, batch, { result, next: position + batch.messages.length });
    await result.afterCommit?.();
  } finally {
    consumer.busy.delete(key);
  }
}

type CommitContent = { readonly result: BatchResult; readonly next: number };

function commit(state: State, consumer: Consumer, { topic, partition }: Batch, content: CommitContent): void {
  const { group } = consumer.options;
  if (state.consumers.get(group) !== consumer)
    throw new SyncError('KAFKA_FENCED', { group, topic, partition });
  checkResult(state, content.result);
  state.atPoint('commit', group);
  state.offsets.set(offsetKey(group, topic, partition), content.next);
  append(state, content.result.messages);
  state.atPoint('committed', group);
}

/** What a handler makes of a message is ours, so that it does not fit is our fault and stops. */
function checkResult({ store }: State, { messages }: BatchResult): void {
  try {
    store.check(messages);
  } catch (error) {
    throw isSyncError(error, 'EVENT_UNENCODABLE') ? new SyncError('INTERNAL', error.details) : error;
  }
}

async function consume(
  state: State,
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

function waitForMessages({ wakers }: State, signal: AbortSignal): Promise<void> {
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
