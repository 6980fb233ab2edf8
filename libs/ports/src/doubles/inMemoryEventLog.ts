import { SyncError, topicDefinitions, type TopicDefinition } from '@lockstep/change-events';
import type {
  BatchHandler,
  ConsumeOptions,
  EventLog,
  IncomingMessage,
  OutgoingMessage,
  Publisher,
} from '../eventLog.ts';
import {
  append,
  consume,
  deliver,
  pendingOf,
  rewind,
  subscribe,
  wake,
  type LogPoint,
  type LogState,
  type PendingMessages,
  type Subscription,
} from './inMemoryConsumers.ts';
import { readLatest, scanEvents } from './inMemoryReads.ts';
import { createTopicStore } from './inMemoryTopics.ts';

export type InMemoryEventLogOptions = {
  readonly definitions?: readonly TopicDefinition[];
  /** Called at each point; what it throws is what the caller of the log sees. */
  readonly atPoint?: (point: LogPoint, id: string) => void;
};

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
  /** Forgets what a group has read, so that all of it is delivered again. */
  rewind(group: string): void;
  messages(topic: string): readonly IncomingMessage[];
  injectUndecodable(topic: string, key: string): void;
};

/** Pure and deterministic: nothing is delivered but through `deliver`, or `consume` for as long as it runs. */
export function inMemoryEventLog(options: InMemoryEventLogOptions = {}): InMemoryEventLog {
  const state: LogState = {
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
    scanEvents: async (topic, visit, signal, options) =>
      scanEvents(state.store.all(topic), { visit, signal, options }),
    lag: async (group, topics) => pendingOf(state, group, topics).reduce((sum, { count }) => sum + count, 0),
    // Everything is kept here.
    expired: () => Promise.resolve(0),
    subscribe: (consumeOptions, handler) => subscribe(state, consumeOptions, handler),
    deliver: (group, topic, partition, messagesMax) =>
      deliver(state, group, { topic, partition, messagesMax }),
    pending: (group) => pendingOf(state, group, state.consumers.get(group)?.options.topics ?? []),
    rewind: (group) => rewind(state, group),
    messages: (topic) => state.store.all(topic),
    injectUndecodable(topic, key) {
      state.store.append([{ topic, key, value: null }], new Uint8Array([0xde, 0xad]));
      wake(state);
    },
  };
}

function openPublisher(state: LogState, id: string): Publisher {
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
