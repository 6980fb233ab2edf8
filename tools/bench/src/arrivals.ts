import { setTimeout as sleep } from 'node:timers/promises';
import { topicName } from '@lockstep/change-events';
import { createKafkaClient } from '@lockstep/kafka';
import type { Backing } from '@lockstep/testing';

/** Events of one topic as they become readable, read committed. */
export type Arrivals = {
  /** When the next event of a key can be read, by `performance.now()`. Rejects after `timeoutMs`. */
  next(key: string, timeoutMs: number): Promise<number>;
  /** Waits until so many events were read. Rejects after a minute. */
  count(events: number): Promise<void>;
  close(): Promise<void>;
};

const countTimeoutMs = 60_000;

export async function openArrivals(
  { kafkaBrokers, topicPrefix }: Pick<Backing, 'kafkaBrokers' | 'topicPrefix'>,
  topic: string,
): Promise<Arrivals> {
  const kafka = createKafkaClient({ brokers: kafkaBrokers.split(','), clientId: 'lockstep-bench' });
  const groupId = `${topicPrefix}.arrivals`;
  const consumer = kafka.consumer({ groupId, readUncommitted: false, maxWaitTimeInMs: 1_000 });
  const waiting = new Map<string, (atMs: number) => void>();
  let read = 0;
  await consumer.connect();
  await consumer.subscribe({ topics: [topicName(topicPrefix, topic)], fromBeginning: true });
  await consumer.run({
    eachMessage: ({ message: { key } }) => {
      read += 1;
      waiting.get(String(key))?.(performance.now());
      return Promise.resolve();
    },
  });
  return {
    next: (key, timeoutMs) => nextOf(waiting, key, timeoutMs),
    async count(events) {
      for (let waitedMs = 0; read < events; waitedMs += 100) {
        if (waitedMs > countTimeoutMs) throw new Error(`only ${read} of ${events} events arrived`);
        await sleep(100);
      }
    },
    close: () => consumer.disconnect(),
  };
}

function nextOf(
  waiting: Map<string, (atMs: number) => void>,
  key: string,
  timeoutMs: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('an edit did not arrive')), timeoutMs);
    waiting.set(key, (atMs) => {
      clearTimeout(timer);
      waiting.delete(key);
      resolve(atMs);
    });
  });
}
