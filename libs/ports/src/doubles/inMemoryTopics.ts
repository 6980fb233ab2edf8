import { SyncError, type TopicDefinition } from '@lockstep/change-events';
import type { IncomingMessage, OutgoingMessage } from '../eventLog.ts';

/** The messages of every topic by partition, in order. Values go in and come out as copies. */
export type TopicStore = {
  /** Throws what `append` would throw, and changes nothing. */
  check(messages: readonly OutgoingMessage[]): void;
  /** `garbage` stands for the bytes of a message that cannot be decoded. */
  append(messages: readonly OutgoingMessage[], garbage?: Uint8Array): void;
  /** Throws TOPIC_MISSING. */
  partitions(topic: string): readonly (readonly IncomingMessage[])[];
  /** Copies, partition by partition. */
  all(topic: string): readonly IncomingMessage[];
};

/** Values are copied; the bytes of what cannot be decoded stay a Buffer, which a structured clone would not keep. */
export function copyMessages(messages: readonly IncomingMessage[]): IncomingMessage[] {
  return messages.map((message) => ({
    ...message,
    value: structuredClone(message.value),
    headers: { ...message.headers },
  }));
}

/** FNV-1a: stable, and the same for a key on every topic with that many partitions. */
function partitionOf(key: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++)
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193) >>> 0;
  return hash % partitions;
}

const messageBytesMax = 1_000_000;

/** What cannot be cloned stands for what does not fit its schema; of values nobody knows how large they will be, but of bytes. */
function checkValue({ topic, key, value }: OutgoingMessage): void {
  if (value instanceof Uint8Array && value.length > messageBytesMax)
    throw new SyncError('EVENT_UNENCODABLE', { topic, key, field: 'size' });
  try {
    structuredClone(value);
  } catch {
    throw new SyncError('EVENT_UNENCODABLE', { topic, key, field: 'value' });
  }
}

export function createTopicStore(definitions: readonly TopicDefinition[]): TopicStore {
  const logs = new Map(
    definitions.map(({ name, partitions }) => [
      name,
      Array.from({ length: partitions }, (): IncomingMessage[] => []),
    ]),
  );

  function partitions(topic: string): IncomingMessage[][] {
    const log = logs.get(topic);
    if (!log) throw new SyncError('TOPIC_MISSING', { topic });
    return log;
  }

  function appendOne({ topic, key, value: given, headers }: OutgoingMessage, garbage?: Uint8Array): void {
    // Nothing here decodes bytes, so that they stay as unreadable as they came.
    const bytes = garbage ?? (given instanceof Uint8Array ? given : undefined);
    const value = bytes ? null : given;
    const log = partitions(topic);
    const partition = partitionOf(key, log.length);
    const messages = log[partition] ?? [];
    messages.push({
      topic,
      partition,
      offset: String(messages.length),
      key,
      value: structuredClone(value),
      undecodable: bytes ? { code: 'MESSAGE_UNDECODABLE', bytes: Buffer.from(bytes) } : null,
      headers: { ...headers },
    });
  }

  return {
    check(messages) {
      for (const message of messages) {
        partitions(message.topic);
        checkValue(message);
      }
    },
    append(messages, garbage) {
      for (const message of messages) appendOne(message, garbage);
    },
    partitions,
    all: (topic) => copyMessages(partitions(topic).flat()),
  };
}
