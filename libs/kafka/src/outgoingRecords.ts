import { topicName, type MessageCodec } from '@lockstep/change-events';
import type { OutgoingMessage } from '@lockstep/ports';
import type { Message, TopicMessages } from 'kafkajs';

/** kafkajs sends one record batch per partition and call, and the broker takes at most 1 MiB of it. */
const topicBytesMax = 900_000;
/** Lengths, timestamps and offsets around a record, rounded up. */
const recordOverheadBytes = 64;

export type OutgoingRecord = { readonly topic: string; readonly message: Message; readonly bytes: number };

export type EncodeSettings = { readonly codec: MessageCodec; readonly prefix: string };

/** Encodes in order. Fails before anything is sent when one message cannot be encoded. */
export async function encodeMessages(
  { codec, prefix }: EncodeSettings,
  messages: readonly OutgoingMessage[],
): Promise<OutgoingRecord[]> {
  return Promise.all(
    messages.map(async ({ topic, key, value, headers }) => {
      const encoded = value === null ? null : await codec.encode(topic, value);
      return {
        topic: topicName(prefix, topic),
        message: { key, value: encoded, ...(headers && { headers: { ...headers } }) },
        bytes: recordOverheadBytes + key.length * 3 + (encoded?.length ?? 0) + headerBytes(headers),
      };
    }),
  );
}

function headerBytes(headers: OutgoingMessage['headers']): number {
  const texts = Object.entries(headers ?? {}).flat();
  return texts.reduce((sum, text) => sum + text.length * 3, 0);
}

/** Cuts records into calls that the broker accepts; the order within a topic stays. */
export function chunkRecords(records: readonly OutgoingRecord[]): TopicMessages[][] {
  const chunks: TopicMessages[][] = [];
  let open = new Map<string, { messages: Message[]; bytes: number }>();
  const close = () => {
    if (open.size > 0) chunks.push([...open].map(([topic, { messages }]) => ({ topic, messages })));
    open = new Map();
  };
  for (const { topic, message, bytes } of records) {
    if ((open.get(topic)?.bytes ?? 0) + bytes > topicBytesMax) close();
    const entry = open.get(topic) ?? { messages: [], bytes: 0 };
    entry.messages.push(message);
    entry.bytes += bytes;
    open.set(topic, entry);
  }
  close();
  return chunks;
}
