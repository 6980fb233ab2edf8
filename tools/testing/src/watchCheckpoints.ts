import { topicName, topics, type Checkpoint } from '@lockstep/change-events';
import { createKafkaClient } from '@lockstep/kafka';
import { createTopicDecoder, type TopicsToRead } from './readTopics.ts';

/** The checkpoints of one table as they are committed. */
export type CheckpointWatch = {
  latest(): Checkpoint | null;
  /** Resolves with the next checkpoint, or the latest, that is as wanted. Rejects after the time, and at the signal. */
  until(isWanted: (checkpoint: Checkpoint) => boolean, wait: Wait): Promise<Checkpoint>;
  close(): Promise<void>;
};

type Wait = { readonly timeoutMs: number; readonly signal: AbortSignal };

/** Follows the checkpoints of a table (`dynamics/lead`), read committed, from the first one. */
export async function watchCheckpoints(
  place: Omit<TopicsToRead, 'names'>,
  table: string,
): Promise<CheckpointWatch> {
  const groupId = `${place.topicPrefix}.watch`;
  const kafka = createKafkaClient({ brokers: place.kafkaBrokers.split(','), clientId: groupId });
  const consumer = kafka.consumer({ groupId, readUncommitted: false, maxWaitTimeInMs: 100 });
  const decode = createTopicDecoder(place);
  const waiting = new Set<(checkpoint: Checkpoint) => void>();
  let latest: Checkpoint | null = null;
  await consumer.connect();
  await consumer.subscribe({
    topics: [topicName(place.topicPrefix, topics.checkpoints)],
    fromBeginning: true,
  });
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ message: { key, value } }) => {
      if (key?.toString('utf8') !== table || value === null) return;
      const checkpoint = (await decode(topics.checkpoints, value)) as Checkpoint;
      latest = checkpoint;
      for (const tell of waiting) tell(checkpoint);
    },
  });
  return {
    latest: () => latest,
    until: (isWanted, wait) =>
      latest !== null && isWanted(latest) ? Promise.resolve(latest) : nextWanted(waiting, isWanted, wait),
    close: () => consumer.disconnect(),
  };
}

function nextWanted(
  waiting: Set<(checkpoint: Checkpoint) => void>,
  isWanted: (checkpoint: Checkpoint) => boolean,
  { timeoutMs, signal }: Wait,
): Promise<Checkpoint> {
  const ended = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  return new Promise((resolve, reject) => {
    const fail = (): void => {
      waiting.delete(tell);
      reject(ended.reason as Error);
    };
    const tell = (checkpoint: Checkpoint): void => {
      if (!isWanted(checkpoint)) return;
      waiting.delete(tell);
      ended.removeEventListener('abort', fail);
      resolve(checkpoint);
    };
    if (ended.aborted) return fail();
    ended.addEventListener('abort', fail, { once: true });
    waiting.add(tell);
  });
}
