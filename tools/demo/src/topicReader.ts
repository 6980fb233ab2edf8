import { setTimeout as sleep } from 'node:timers/promises';
import {
  createCodec,
  createMessageCodec,
  subjectSchemas,
  topicName,
  topics,
  topicSchemas,
  type MessageCodec,
} from '@lockstep/change-events';
import { createKafkaClient } from '@lockstep/kafka';
import { createSchemaIds } from '@lockstep/schema-registry';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';

/** Where the topics are. */
export type TopicsAccess = {
  readonly kafkaBrokers: string;
  readonly schemaRegistryUrl: string;
  readonly topicPrefix: string;
};

/** A decoded message; `topic` is the name without prefix, null a tombstone. */
export type TopicMessage = { readonly topic: string; readonly key: string; readonly value: unknown };

export type TopicReader = {
  /** Everything read so far, in order per key. */
  readonly messages: readonly TopicMessage[];
  /** Messages that could not be decoded. */
  undecodable(): number;
  /** Waits until what is on the topics now has been read. */
  catchUp(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
};

/** What the verdict and the explanation of conflicts rest on. */
export const readTopics: readonly string[] = [
  topics.goldenChanges('person'),
  topics.dynamicsChanges('lead'),
  topics.dynamicsChanges('contact'),
  topics.marketingChanges('lead'),
  topics.marketingChanges('contact'),
  topics.deadLetters,
];

const catchUpTimeoutMs = 30_000;
const pollIntervalMs = 100;

/** Reads topics from their beginning and goes on reading, committed messages only, as any other team's consumer would. */
export async function openTopicReader(access: TopicsAccess, groupId: string): Promise<TopicReader> {
  const kafka = createKafkaClient({ brokers: access.kafkaBrokers.split(','), clientId: groupId });
  const consumer = kafka.consumer({ groupId, readUncommitted: false, maxWaitTimeInMs: 200 });
  const names = new Map(readTopics.map((name) => [topicName(access.topicPrefix, name), name]));
  const reading: Reading = {
    codec: createDecoder(access),
    names,
    messages: [],
    nextOffsets: new Map(),
    lost: 0,
  };
  await startReading(consumer, reading);
  return {
    messages: reading.messages,
    undecodable: () => reading.lost,
    async catchUp(signal) {
      const goals = await readEnds(kafka, [...names.keys()]);
      const deadlineMs = performance.now() + catchUpTimeoutMs;
      while ([...goals].some(([place, end]) => (reading.nextOffsets.get(place) ?? 0n) < end)) {
        if (performance.now() > deadlineMs) throw new Error('the topics cannot be read to their ends');
        await sleep(pollIntervalMs, undefined, { signal });
      }
    },
    close: () => consumer.disconnect(),
  };
}

type Reading = {
  readonly codec: MessageCodec;
  /** Names without prefix by name on the broker. */
  readonly names: ReadonlyMap<string, string>;
  readonly messages: TopicMessage[];
  /** By topic and partition. */
  readonly nextOffsets: Map<string, bigint>;
  lost: number;
};

async function startReading(consumer: Consumer, reading: Reading): Promise<void> {
  // Also told of batches that hold nothing but transaction markers.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    reading.nextOffsets.set(`${payload.topic}/${payload.partition}`, BigInt(payload.lastOffset) + 1n);
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [...reading.names.keys()], fromBeginning: true });
  await consumer.run({ autoCommit: false, eachBatch: (payload) => takeBatch(reading, payload) });
}

async function takeBatch(reading: Reading, { batch, heartbeat }: EachBatchPayload): Promise<void> {
  const topic = reading.names.get(batch.topic) ?? batch.topic;
  for (const { key, value } of batch.messages) {
    const decoded = value === null ? null : await reading.codec.decode(topic, value).catch(() => undefined);
    if (decoded === undefined) reading.lost += 1;
    else reading.messages.push({ topic, key: key?.toString('utf8') ?? '', value: decoded });
  }
  await heartbeat();
}

async function readEnds(kafka: Kafka, brokerTopics: readonly string[]): Promise<ReadonlyMap<string, bigint>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const ends = await Promise.all(
      brokerTopics.map(async (topic) => {
        const offsets = await admin.fetchTopicOffsets(topic);
        const filled = offsets.filter(({ high, low }) => BigInt(high) > BigInt(low));
        return filled.map(({ partition, high }) => [`${topic}/${partition}`, BigInt(high)] as const);
      }),
    );
    return new Map(ends.flat());
  } finally {
    await admin.disconnect();
  }
}

function createDecoder({ schemaRegistryUrl, topicPrefix }: TopicsAccess): MessageCodec {
  const schemaIds = createSchemaIds({ url: schemaRegistryUrl, autoRegister: false });
  return createMessageCodec(createCodec(schemaIds, subjectSchemas(topicSchemas(), topicPrefix)), topicPrefix);
}
