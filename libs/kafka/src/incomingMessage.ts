import { isSyncError, type MessageCodec } from '@lockstep/change-events';
import type { IncomingMessage } from '@lockstep/ports';
import type { KafkaMessage } from 'kafkajs';

export type MessageOrigin = { readonly topic: string; readonly partition: number };

function readHeaders(headers: KafkaMessage['headers']): Record<string, string> {
  const texts = Object.entries(headers ?? {}).flatMap(([name, value]) => {
    const first = Array.isArray(value) ? value[0] : value;
    return first === undefined ? [] : [[name, first.toString()] as const];
  });
  return Object.fromEntries(texts);
}

/** Throws only what says nothing about the message itself, such as REGISTRY_UNREACHABLE. */
async function decodeValue(
  codec: MessageCodec,
  topic: string,
  bytes: Buffer | null,
): Promise<Pick<IncomingMessage, 'value' | 'undecodable'>> {
  if (bytes === null) return { value: null, undecodable: null };
  try {
    return { value: await codec.decode(topic, bytes), undecodable: null };
  } catch (error) {
    if (!isSyncError(error, 'MESSAGE_UNDECODABLE')) throw error;
    return { value: null, undecodable: { code: 'MESSAGE_UNDECODABLE', bytes } };
  }
}

/** `origin.topic` is the name without prefix. */
export async function decodeMessage(
  codec: MessageCodec,
  origin: MessageOrigin,
  message: KafkaMessage,
): Promise<IncomingMessage> {
  const { topic, partition } = origin;
  const { value, undecodable } = await decodeValue(codec, topic, message.value);
  return {
    topic,
    partition,
    offset: message.offset,
    key: message.key?.toString() ?? '',
    value,
    undecodable,
    headers: readHeaders(message.headers),
    bytes: message.value,
  };
}
