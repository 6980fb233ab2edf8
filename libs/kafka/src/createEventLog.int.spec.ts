import { randomUUID } from 'node:crypto';
import { isSyncError, topicName, topics } from '@lockstep/change-events';
import {
  eventLogContract,
  eventLogContractTopics,
  eventLogPublishingContract,
  untilMarked,
  type EventLog,
  type IncomingMessage,
} from '@lockstep/ports';
import { Partitioners } from 'kafkajs';
import { createEventLog } from './createEventLog.ts';
import { createTestTopics, jsonCodec, testKafka } from './testBroker.ts';

const kafka = testKafka(process.env['KAFKA_BROKERS']);

async function openLog(): Promise<{ eventLog: EventLog; prefix: string }> {
  const prefix = `t${randomUUID().slice(0, 8)}`;
  await createTestTopics(kafka, prefix, eventLogContractTopics);
  return { prefix, eventLog: createEventLog({ kafka, codec: jsonCodec, prefix, instanceId: randomUUID() }) };
}

async function writePlain(topic: string, messages: { key: string; value: string }[]): Promise<void> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({ topic, messages });
  await producer.disconnect();
}

const openHarness = async () => {
  const { eventLog, prefix } = await openLog();
  return {
    eventLog,
    writeGarbage: (topic: string, key: string) =>
      writePlain(topicName(prefix, topic), [{ key, value: '{garbage' }]),
    close: () => Promise.resolve(),
  };
};

eventLogContract('Kafka', openHarness);
eventLogPublishingContract('Kafka', openHarness);

async function waitUntil(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; !(await isTrue()); waitedMs += 10) {
    if (waitedMs > 30_000) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Writes `value` in a transaction that is left to `end`. */
async function beginTransaction(
  prefix: string,
  topic: string,
  value: string,
  transactionalId: string = randomUUID(),
) {
  const producer = kafka.producer({
    transactionalId,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({
    topic: topicName(prefix, topic),
    messages: [{ key: 'k', value: JSON.stringify(value) }],
  });
  return { transaction, close: () => producer.disconnect() };
}

describe('the event log on a broker', () => {
  it('reads to the end of a topic that ends with an aborted transaction', async () => {
    const { eventLog, prefix } = await openLog();
    await writePlain(topicName(prefix, topics.checkpoints), [{ key: 'k', value: '"committed"' }]);
    const { transaction, close } = await beginTransaction(prefix, topics.checkpoints, 'aborted');
    await transaction.abort();

    expect(await eventLog.readLatest(topics.checkpoints)).toEqual(new Map([['k', 'committed']]));
    await close();
  });

  it('does not wait for the open transaction of somebody else', async () => {
    const { eventLog, prefix } = await openLog();
    await writePlain(topicName(prefix, topics.checkpoints), [{ key: 'k', value: '"committed"' }]);
    const { transaction, close } = await beginTransaction(prefix, topics.checkpoints, 'open');

    expect(await eventLog.readLatest(topics.checkpoints)).toEqual(new Map([['k', 'committed']]));
    await transaction.abort();
    await close();
  });

  it('aborts what a dead holder left open when its publisher id is opened again', async () => {
    const { eventLog, prefix } = await openLog();
    const dead = await beginTransaction(prefix, topics.checkpoints, 'left open', `${prefix}/lead/live`);

    const publisher = await eventLog.openPublisher('lead/live');
    await publisher.publish([{ topic: topics.checkpoints, key: 'k', value: 'next' }]);
    await untilMarked(eventLog, 'lead/live');

    expect(await eventLog.readLatest(topics.checkpoints)).toEqual(new Map([['k', 'next']]));
    await Promise.all([publisher.close(), dead.close()]);
  });

  it('publishes more at once than the broker takes in one record batch', async () => {
    const { eventLog } = await openLog();
    const publisher = await eventLog.openPublisher('lead/backfill');
    const text = 'x'.repeat(1_000);
    const messages = Array.from({ length: 5_000 }, (_, number) => ({
      topic: topics.requests,
      key: `k${number}`,
      value: { number, text },
    }));

    await publisher.publish(messages);
    await untilMarked(eventLog, 'lead/backfill');

    expect((await eventLog.readLatest(topics.requests)).size).toBe(5_000);
    await publisher.close();
  });

  it('lets other partitions flow while one is retried', async () => {
    const { eventLog } = await openLog();
    const publisher = await eventLog.openPublisher('writer');
    await publisher.publish([
      { topic: topics.requests, key: 'bad', value: 0 },
      ...Array.from({ length: 30 }, (_, n) => ({ topic: topics.outcomes, key: `k${n}`, value: n })),
    ]);
    const stopping = new AbortController();
    const seen: unknown[] = [];
    const done = eventLog.consume(
      { group: 'g', topics: [topics.requests, topics.outcomes], batchSizeMax: 5 },
      async ({ topic, messages }) => {
        if (topic === topics.requests)
          throw Object.assign(new Error('busy'), { code: 'MONGODB_UNREACHABLE' });
        seen.push(...messages);
        return { messages: [] };
      },
      stopping.signal,
    );

    await waitUntil(() => seen.length === 30);

    expect(await eventLog.lag('g', [topics.requests])).toBeGreaterThan(0);
    stopping.abort();
    await done;
    await publisher.close();
  });

  it('shares the partitions among members and loses and doubles nothing when they come and go', async () => {
    const { eventLog } = await openLog();
    const publisher = await eventLog.openPublisher('writer');
    let total = 0;
    const options = { group: 'g', topics: [topics.outcomes], batchSizeMax: 10 };
    const start = () => {
      const stopping = new AbortController();
      const partitions = new Set<number>();
      const done = eventLog.consume(
        options,
        async ({ partition, messages }) => {
          partitions.add(partition);
          await new Promise((resolve) => setTimeout(resolve, 5));
          return { messages: messages.map(({ key, value }) => ({ topic: topics.requests, key, value })) };
        },
        stopping.signal,
      );
      return { partitions, stop: () => (stopping.abort(), done) };
    };
    /** Publishes until `isDone`, so that members come and go in the middle of the work. */
    const publishUntil = async (isDone: () => boolean) => {
      for (let rounds = 0; !isDone() && rounds < 500; rounds++) {
        const messages = Array.from({ length: 20 }, (_, n) => ({
          topic: topics.outcomes,
          key: `k${total + n}`,
          value: n,
        }));
        await publisher.publish(messages);
        total += messages.length;
      }
    };

    const first = start();
    await publishUntil(() => first.partitions.size === 3);
    const second = start();
    await publishUntil(() => second.partitions.size > 0);
    let isStopped = false;
    const stopped = first.stop().then(() => (isStopped = true));
    await publishUntil(() => isStopped);
    await stopped;
    await waitUntil(async () => (await eventLog.lag('g', [topics.outcomes])) === 0);
    await second.stop();

    const copies: IncomingMessage[] = [];
    const stopping = new AbortController();
    const reading = eventLog.consume(
      { group: 'copies', topics: [topics.requests], batchSizeMax: 500 },
      async ({ messages }) => (copies.push(...messages), { messages: [] }),
      stopping.signal,
    );
    await waitUntil(async () => (await eventLog.lag('copies', [topics.requests])) === 0);
    stopping.abort();
    await reading;
    expect(copies).toHaveLength(total);
    expect(new Set(copies.map(({ key }) => key)).size).toBe(total);
    await publisher.close();
  });

  it('shows nothing that another process with the same writer was about to publish before, and has that handled again', async () => {
    const { eventLog: one, prefix } = await openLog();
    const other = createEventLog({ kafka, codec: jsonCodec, prefix, instanceId: randomUUID() });
    const stopping = new AbortController();
    const seen: unknown[] = [];
    let goOn = (): void => {};
    const isFree = new Promise<void>((resolve) => (goOn = resolve));
    let calls = 0;
    const tell = (value: string) => ({ messages: [{ topic: topics.outcomes, key: 'k', value }] });
    const lane = { batchSizeMax: 10, writer: 'lanes' };
    const loops = [
      one.consume(
        { ...lane, group: 'slow', topics: [topics.requests] },
        async () => {
          calls += 1;
          await isFree;
          return tell(`slow ${calls}`);
        },
        stopping.signal,
      ),
      other.consume(
        { ...lane, group: 'quick', topics: [topics.checkpoints] },
        () => Promise.resolve(tell('quick')),
        stopping.signal,
      ),
      other.consume(
        { group: 'others', topics: [topics.outcomes], batchSizeMax: 10 },
        ({ messages }) => {
          seen.push(...messages.map(({ value }) => value));
          return Promise.resolve({ messages: [] });
        },
        stopping.signal,
      ),
    ];
    const publisher = await one.openPublisher('source');
    await publisher.publish([{ topic: topics.requests, key: 'k', value: 1 }]);
    await waitUntil(() => calls === 1);
    await publisher.publish([{ topic: topics.checkpoints, key: 'k', value: 1 }]);
    await waitUntil(() => seen.includes('quick'));

    goOn();
    await waitUntil(() => seen.length === 2);

    expect(seen).toEqual(['quick', 'slow 2']);
    stopping.abort();
    await Promise.all(loops);
    await publisher.close();
  });

  it('names the topic that is missing', async () => {
    const { eventLog } = await openLog();
    const options = { group: 'g', topics: [topics.notices], batchSizeMax: 1 };

    const failure = await eventLog
      .consume(options, async () => ({ messages: [] }), new AbortController().signal)
      .catch((error: unknown) => error);

    expect(isSyncError(failure, 'TOPIC_MISSING')).toBe(true);
  });
});

describe('the event log without a broker', () => {
  it('says that Kafka cannot be reached', async () => {
    const nowhere = createEventLog({
      kafka: testKafka('127.0.0.1:9'),
      codec: jsonCodec,
      prefix: 'p',
      instanceId: 'i',
    });

    await expect(nowhere.openPublisher('lead/live')).rejects.toMatchObject({ code: 'KAFKA_UNREACHABLE' });
    await expect(nowhere.readLatest(topics.checkpoints)).rejects.toMatchObject({ code: 'KAFKA_UNREACHABLE' });
  });
});
