import { setTimeout as sleep } from 'node:timers/promises';
import {
  createCodec,
  createMessageCodec,
  subjectSchemas,
  topicName,
  topicSchemas,
} from '@lockstep/change-events';
import { createKafkaClient } from '@lockstep/kafka';
import type { StackAddresses } from '@lockstep/local-stack';
import { createSchemaIds } from '@lockstep/schema-registry';
import type { Admin, Consumer } from 'kafkajs';

/** A decoded message; `topic` is the name without prefix, null a tombstone. */
export type TopicMessage = { readonly topic: string; readonly key: string; readonly value: unknown };

export type TopicsToRead = Pick<StackAddresses, 'kafkaBrokers' | 'schemaRegistryUrl'> & {
  readonly topicPrefix: string;
  /** Without prefix. */
  readonly names: readonly string[];
};

const stallTimeoutMs = 30_000;
const pollIntervalMs = 50;

/**
 * Everything that is committed on the topics now, in order per key, as a consumer of another team would see it. Rejects when a
 * message cannot be decoded, and when nothing comes for 30 s before the ends are reached.
 */
export async function readTopics(wanted: TopicsToRead): Promise<readonly TopicMessage[]> {
  const groupId = `${wanted.topicPrefix}.reader-${performance.now()}`;
  const kafka = createKafkaClient({ brokers: wanted.kafkaBrokers.split(','), clientId: groupId });
  const consumer = kafka.consumer({ groupId, readUncommitted: false, maxWaitTimeInMs: 200 });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const ends = await readEnds(admin, wanted);
    return await readUntil(consumer, wanted, ends);
  } finally {
    await Promise.all([consumer.disconnect(), admin.disconnect()]);
  }
}

/** Next offsets by `topic/partition`; empty partitions are left out. A broker that has just come back leads nothing for a while. */
async function readEnds(admin: Admin, { names, topicPrefix }: TopicsToRead): Promise<Map<string, bigint>> {
  const ends = new Map<string, bigint>();
  const deadlineMs = performance.now() + stallTimeoutMs;
  for (const topic of names.map((name) => topicName(topicPrefix, name)))
    for (const { partition, high, low } of await readOffsets(admin, topic, deadlineMs))
      if (BigInt(high) > BigInt(low)) ends.set(`${topic}/${partition}`, BigInt(high));
  return ends;
}

async function readOffsets(admin: Admin, topic: string, deadlineMs: number) {
  for (;;) {
    try {
      return await admin.fetchTopicOffsets(topic);
    } catch (error) {
      if (!isRetriable(error) || performance.now() > deadlineMs) throw error;
      await sleep(pollIntervalMs);
    }
  }
}

/** As kafkajs marks its errors, whose class cannot be imported by name everywhere. */
const isRetriable = (error: unknown): boolean =>
  (error as { retriable?: unknown } | null)?.retriable === true;

async function readUntil(
  consumer: Consumer,
  wanted: TopicsToRead,
  ends: Map<string, bigint>,
): Promise<readonly TopicMessage[]> {
  const messages: TopicMessage[] = [];
  const names = new Map(wanted.names.map((name) => [topicName(wanted.topicPrefix, name), name]));
  const decode = createTopicDecoder(wanted);
  let failure: unknown = null;
  let movedAtMs = performance.now();
  // This event also tells of batches that hold nothing but the markers of transactions.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { topic, partition, lastOffset } }) => {
    const place = `${topic}/${partition}`;
    movedAtMs = performance.now();
    if (BigInt(lastOffset) + 1n >= (ends.get(place) ?? 0n)) ends.delete(place);
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [...names.keys()], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ topic, message: { key, value } }) => {
      const name = names.get(topic) ?? topic;
      const decoded =
        value === null ? null : await decode(name, value).catch((error: unknown) => (failure = error));
      messages.push({ topic: name, key: key?.toString('utf8') ?? '', value: decoded });
    },
  });
  while (ends.size > 0) {
    if (performance.now() - movedAtMs > stallTimeoutMs)
      throw new Error(`not read to the end: ${[...ends.keys()].join(', ')}`);
    await sleep(pollIntervalMs);
  }
  if (failure !== null) throw failure as Error;
  return messages;
}

/** Decodes values of topics, which are named without prefix, by the schemas of the registry. */
export function createTopicDecoder({
  schemaRegistryUrl,
  topicPrefix,
}: Pick<TopicsToRead, 'schemaRegistryUrl' | 'topicPrefix'>) {
  const schemaIds = createSchemaIds({ url: schemaRegistryUrl, autoRegister: false });
  const codec = createMessageCodec(
    createCodec(schemaIds, subjectSchemas(topicSchemas(), topicPrefix)),
    topicPrefix,
  );
  return (topic: string, value: Buffer): Promise<unknown> => codec.decode(topic, value);
}
