import { SyncError, topicName } from '@lockstep/change-events';
import type { Batch, Consumer } from 'kafkajs';
import type { EventLogSettings } from './consumeSettings.ts';
import { toSyncError } from './kafkaErrors.ts';
import { scopedId } from './names.ts';
import { retryTransient } from './retryTransient.ts';
import { withDeadline } from './retryDelay.ts';
import { withAdmin } from './withAdmin.ts';

const stallTimeoutMs = 15_000;
/** How much is fetched at once, over all partitions and of each: what a read holds in memory. */
const fetchBytesMax = 1024 * 1024;
const partitionBytesMax = 256 * 1024;

export type TopicRead = {
  /** Without prefix. */
  readonly topic: string;
  /** Tells concurrent reads of this process apart. */
  readonly readNumber: number;
  /** Gets the messages of one partition, in order; the next batch follows when it is done. */
  readonly onBatch: (messages: Batch['messages']) => Promise<void> | void;
  readonly signal?: AbortSignal;
};

type Reading = {
  readonly consumer: Consumer;
  readonly name: string;
  readonly read: TopicRead;
  /** Where each partition ends, as long as it is not reached. */
  readonly ends: Map<number, bigint>;
};

/** Reads a topic from its start to its end, read committed. Rejects with KAFKA_UNREACHABLE when nothing moves. */
export async function readTopic(settings: EventLogSettings, read: TopicRead): Promise<void> {
  let hasBegun = false;
  const onBatch: TopicRead['onBatch'] = (messages) => {
    hasBegun = true;
    return read.onBatch(messages);
  };
  await retryTransient(
    () => readOnce(settings, { ...read, onBatch }),
    () => !hasBegun,
  );
}

async function readOnce(settings: EventLogSettings, read: TopicRead): Promise<void> {
  const name = topicName(settings.prefix, read.topic);
  const ends = await findEnds(settings, name);
  read.signal?.throwIfAborted();
  if (ends.size === 0) return;
  const groupId = scopedId(settings.prefix, 'read-topic', settings.instanceId, read.readNumber);
  const consumer = settings.kafka.consumer({
    groupId,
    readUncommitted: false,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 100,
    maxBytes: fetchBytesMax,
    maxBytesPerPartition: partitionBytesMax,
    retry: { restartOnFailure: () => Promise.resolve(false) },
  });
  try {
    await readToEnds({ consumer, name, read, ends });
  } catch (error) {
    throw toSyncError(error, { topic: read.topic });
  } finally {
    await withDeadline(consumer.disconnect(), stallTimeoutMs).catch(() => undefined);
    await withAdmin(settings.kafka, (admin) => admin.deleteGroups([groupId])).catch(() => undefined);
  }
}

/** The ends are last stable offsets, so an open transaction of somebody else is not waited for. */
async function findEnds(settings: EventLogSettings, name: string): Promise<Map<number, bigint>> {
  const offsets = await withAdmin(settings.kafka, (admin) => admin.fetchTopicOffsets(name));
  const filled = offsets.filter(({ high, low }) => BigInt(high) > BigInt(low));
  return new Map(filled.map(({ partition, high }) => [partition, BigInt(high)]));
}

async function readToEnds(reading: Reading): Promise<void> {
  const { consumer, name, read, ends } = reading;
  let stalled: NodeJS.Timeout | undefined;
  const aborting = new AbortController();
  try {
    await new Promise<void>((resolve, reject) => {
      const stall = () =>
        reject(new SyncError('KAFKA_UNREACHABLE', { topic: name, reason: 'reading stalled' }));
      stalled = setTimeout(stall, stallTimeoutMs);
      const abort = () => reject(read.signal?.reason as Error);
      read.signal?.addEventListener('abort', abort, { once: true, signal: aborting.signal });
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      // Also told of batches that hold nothing but transaction markers or aborted messages.
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
        stalled?.refresh();
        const end = ends.get(payload.partition);
        if (end !== undefined && BigInt(payload.lastOffset) + 1n >= end) ends.delete(payload.partition);
        if (ends.size === 0) resolve();
      });
      startReading(reading, reject).catch(reject);
    });
  } finally {
    aborting.abort();
    clearTimeout(stalled);
  }
}

async function startReading(
  { consumer, name, read }: Reading,
  reject: (error: unknown) => void,
): Promise<void> {
  await consumer.connect();
  await consumer.subscribe({ topics: [name], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    async eachBatch({ batch }) {
      try {
        await read.onBatch(batch.messages);
      } catch (error) {
        // Told here, because kafkajs would wrap it.
        reject(error);
        throw error;
      }
    },
  });
}
