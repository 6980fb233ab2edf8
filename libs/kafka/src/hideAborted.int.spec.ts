import { randomUUID } from 'node:crypto';
import { topicName, topics } from '@lockstep/change-events';
import { untilMarked } from '@lockstep/ports';
import type { Kafka } from 'kafkajs';
import { createEventLog } from './createEventLog.ts';
import { createTestTopics, jsonCodec, testKafka } from './testBroker.ts';

const kafka = testKafka(process.env['KAFKA_BROKERS']);

async function openTransaction(client: Kafka, name: string, topic: string) {
  const producer = client.producer({ transactionalId: `${topic}/${name}`, maxInFlightRequests: 1 });
  await producer.connect();
  const transaction = await producer.transaction();
  const send = (key: string) =>
    transaction.send({ topic, messages: [{ key, value: JSON.stringify(key), partition: 0 }] });
  await send(name);

  return {
    send,
    abort: () => transaction.abort().then(() => producer.disconnect()),
  };
}

it('shows nothing of transactions that were aborted in another order than they began', async () => {
  const prefix = `t${randomUUID().slice(0, 8)}`;
  await createTestTopics(kafka, prefix, [topics.checkpoints]);
  const topic = topicName(prefix, topics.checkpoints);
  const first = await openTransaction(kafka, 'first', topic);
  const second = await openTransaction(kafka, 'second', topic);
  await first.send('first again');
  await second.abort();
  await first.abort();
  const eventLog = createEventLog({ kafka, codec: jsonCodec, prefix, instanceId: randomUUID() });
  const publisher = await eventLog.openPublisher('third');
  await publisher.publish([{ topic: topics.checkpoints, key: 'third', value: 3 }]);
  await publisher.close();
  await untilMarked(eventLog, 'third');

  expect([...(await eventLog.readLatest(topics.checkpoints)).keys()]).toEqual(['third']);
});
