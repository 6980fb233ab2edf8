import { SyncError, topicDefinitions, type EventHead, type MessageCodec } from '@lockstep/change-events';
import type { Kafka } from 'kafkajs';
import { createKafkaClient } from './createKafkaClient.ts';
import { applyTopics } from './topicPlan.ts';

/** For integration specs: a client of the local stack's broker. */
export const testKafka = (brokers: string | undefined): Kafka =>
  createKafkaClient({ brokers: (brokers ?? '').split(','), clientId: 'int-spec' });

/** Creates the named topics, as the product defines them, under `prefix`. */
export async function createTestTopics(
  kafka: Kafka,
  prefix: string,
  names: readonly string[],
): Promise<void> {
  const definitions = topicDefinitions().filter(({ name }) => names.includes(name));
  await applyTopics({ kafka, prefix, definitions });
}

/** JSON in place of Avro, so that a spec of this library needs no registry. */
export const jsonCodec: MessageCodec = {
  define: () => Promise.resolve(),
  registered: () => Promise.resolve({ id: 0, schema: 'string' }),
  encode: (_topic, value) => Buffer.from(JSON.stringify(value)),
  decode: async (_topic, bytes) => parse(bytes),
  decodeHead(_topic, bytes) {
    const { operation, version, page, changedAt } = parse(bytes) as EventHead;
    return { operation, version, page, changedAt };
  },
};

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString()) as unknown;
  } catch (cause) {
    throw new SyncError('MESSAGE_UNDECODABLE', {}, { cause });
  }
}
