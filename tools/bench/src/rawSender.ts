import { topicName } from '@lockstep/change-events';
import { createKafkaClient } from '@lockstep/kafka';
import type { Message } from 'kafkajs';

/** What one transaction carries. */
export type SentPage = readonly {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer | null;
}[];

export type RawSender = {
  /** Sends each page in one transaction; resolves with the events of change topics. */
  send(pages: readonly SentPage[]): Promise<number>;
  close(): Promise<void>;
};

/** As our publishers cut: a broker is slower with larger requests. */
const sendBytesMax = 450_000;

type Send = { topic: string; messages: Message[] };

const sizeOf = (value: Buffer | null): number => (value?.length ?? 0) + 128;

/** Cuts a page into as few sends as the broker allows. */
function sendsOf(prefix: string, page: SentPage): readonly Send[] {
  const sends: Send[] = [];
  let bytes = Infinity;
  for (const { topic, key, value } of page) {
    const name = topicName(prefix, topic);
    const fits = bytes + sizeOf(value) <= sendBytesMax && sends.at(-1)?.topic === name;
    if (!fits) sends.push({ topic: name, messages: [] });
    bytes = sizeOf(value) + (fits ? bytes : 0);
    sends.at(-1)?.messages.push({ key, value });
  }
  return sends;
}

/** kafkajs alone, on bytes that are ready: what publishing can reach at most. */
export async function createRawSender(brokers: string, prefix: string): Promise<RawSender> {
  const kafka = createKafkaClient({ brokers: brokers.split(','), clientId: 'lockstep-bench' });
  const producer = kafka.producer({
    transactionalId: `${prefix}/raw`,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 5 },
  });
  await producer.connect();
  return {
    async send(pages) {
      let events = 0;
      for (const page of pages) {
        const transaction = await producer.transaction();
        for (const send of sendsOf(prefix, page)) await transaction.send({ ...send, acks: -1 });
        await transaction.commit();
        events += page.filter(({ topic }) => topic.endsWith('.changes')).length;
      }
      return events;
    },
    close: () => producer.disconnect(),
  };
}
