import {
  isSyncError,
  NotPacked,
  PackedEvent,
  SyncError,
  topicName,
  type MessageCodec,
  type Ready,
} from '@lockstep/change-events';
import type { OutgoingMessage } from '@lockstep/ports';
import type { Message, TopicMessages } from 'kafkajs';

/**
 * A broker's collector (G1, up to 2 GB of heap) finds a request huge from half a mebibyte on, and keeps marking its heap for
 * such: measured, a broker spends 44 µs a message on calls of 900 KB and 10 µs on calls of 450 KB.
 */
const callBytesMax = 450_000;
/** kafkajs sends one record batch per partition and call, and the broker takes at most 1 MiB of it. */
const messageBytesMax = 1_000_000;
/** Each call costs a round trip, so small messages are cut late; the next call's are encoded meanwhile. */
const recordsMax = 2_000;
/** Lengths, timestamps and offsets around a record, rounded up. */
const recordOverheadBytes = 64;

/** What one call sends. */
export type Chunk = readonly TopicMessages[];

type OutgoingRecord = { readonly topic: string; readonly message: Message; readonly bytes: number };

export type EncodeSettings = { readonly codec: MessageCodec; readonly prefix: string };

function headerBytes(headers: OutgoingMessage['headers']): number {
  if (!headers) return 0;
  let sum = 0;
  for (const name in headers) sum += (name.length + (headers[name]?.length ?? 0)) * 3;
  return sum;
}

function recordOf(prefix: string, outgoing: OutgoingMessage, value: Buffer | null): OutgoingRecord {
  const { topic, key, headers } = outgoing;
  const bytes = recordOverheadBytes + key.length * 3 + (value?.length ?? 0) + headerBytes(headers);
  if (bytes > messageBytesMax) throw tooLarge(outgoing);
  return {
    topic: topicName(prefix, topic),
    message: headers ? { key, value, headers } : { key, value },
    bytes,
  };
}

/** Whoever set the event aside would need its values. */
function tooLarge({ topic, key, value }: OutgoingMessage): Error {
  if (value instanceof PackedEvent) return new NotPacked('a message that is too large');

  return new SyncError('EVENT_UNENCODABLE', { topic, key, field: 'size' });
}

/** Names the message; what another code says (the registry is away) is not about the message and passes. */
function unencodable({ topic, key }: OutgoingMessage, error: unknown): unknown {
  if (isSyncError(error) && error.code !== 'EVENT_UNENCODABLE') return error;
  const field = isSyncError(error) ? (error.details['field'] ?? 'value') : 'value';
  return new SyncError('EVENT_UNENCODABLE', { topic, key, field });
}

function encode(codec: MessageCodec, message: OutgoingMessage): Ready<Buffer | null> {
  if (message.value instanceof PackedEvent) return message.value.message();
  if (message.value === null || Buffer.isBuffer(message.value)) return message.value;
  try {
    const bytes = codec.encode(message.topic, message.value);
    return bytes instanceof Promise ? naming(message, bytes) : bytes;
  } catch (error) {
    throw unencodable(message, error);
  }
}

async function naming(message: OutgoingMessage, bytes: Promise<Buffer>): Promise<Buffer> {
  try {
    return await bytes;
  } catch (error) {
    throw unencodable(message, error);
  }
}

/**
 * Encodes in order, and cuts into calls that the broker accepts; the order within a topic stays. A chunk is encoded when
 * it is asked for, so that the one before can be on its way meanwhile. Throws EVENT_UNENCODABLE {topic, key, field}.
 */
export async function* encodeChunks(
  { codec, prefix }: EncodeSettings,
  messages: Iterable<OutgoingMessage>,
): AsyncGenerator<Chunk> {
  const chunk = createChunk();
  for (const message of messages) {
    const ready = encode(codec, message);
    const record = recordOf(prefix, message, ready instanceof Promise ? await ready : ready);
    if (chunk.size() > 0 && !chunk.takes(record)) yield chunk.close();
    chunk.add(record);
  }
  if (chunk.size() > 0) yield chunk.close();
}

/** The chunk that is being filled. */
function createChunk() {
  let topics = new Map<string, Message[]>();
  let count = 0;
  let bytesTaken = 0;
  return {
    size: () => count,
    takes: ({ bytes }: OutgoingRecord) => count < recordsMax && bytesTaken + bytes <= callBytesMax,
    add({ topic, message, bytes }: OutgoingRecord) {
      const messages = topics.get(topic) ?? [];
      messages.push(message);
      topics.set(topic, messages);
      count += 1;
      bytesTaken += bytes;
    },
    close(): Chunk {
      const closed = [...topics].map(([topic, messages]) => ({ topic, messages }));
      topics = new Map();
      count = 0;
      bytesTaken = 0;
      return closed;
    },
  };
}
