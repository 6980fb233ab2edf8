import { SyncError, topicName } from '@lockstep/change-events';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { EventLogSettings } from './consumeSettings.ts';
import { toSyncError } from './kafkaErrors.ts';
import { scopedId } from './names.ts';
import { withDeadline } from './retryDelay.ts';
import { withAdmin } from './withAdmin.ts';

const stallTimeoutMs = 15_000;

type LatestRead = {
  readonly values: Map<string, Buffer>;
  /** Where each partition ends, as long as it is not reached. */
  readonly ends: Map<number, bigint>;
};

/** The ends are last stable offsets, so an open transaction of somebody else is not waited for. */
async function findEnds(settings: EventLogSettings, topic: string): Promise<Map<number, bigint>> {
  const offsets = await withAdmin(settings.kafka, (admin) => admin.fetchTopicOffsets(topic));
  const filled = offsets.filter(({ high, low }) => BigInt(high) > BigInt(low));
  return new Map(filled.map(({ partition, high }) => [partition, BigInt(high)]));
}

function collect({ values }: LatestRead, { batch }: EachBatchPayload): void {
  for (const { key, value } of batch.messages) {
    const name = key?.toString() ?? '';
    if (value === null) values.delete(name);
    else values.set(name, value);
  }
}

/** Runs `consumer` until every partition is read to its end. Rejects with KAFKA_UNREACHABLE when nothing moves. */
async function readToEnds(consumer: Consumer, topic: string, read: LatestRead): Promise<void> {
  let stalled: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const stall = () => reject(new SyncError('KAFKA_UNREACHABLE', { topic, reason: 'reading stalled' }));
      stalled = setTimeout(stall, stallTimeoutMs);
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      // Also told of batches that hold nothing but transaction markers or aborted messages.
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
        stalled?.refresh();
        const end = read.ends.get(payload.partition);
        if (end !== undefined && BigInt(payload.lastOffset) + 1n >= end) read.ends.delete(payload.partition);
        if (read.ends.size === 0) resolve();
      });
      startReading(consumer, topic, read).catch(reject);
    });
  } finally {
    clearTimeout(stalled);
  }
}

async function startReading(consumer: Consumer, topic: string, read: LatestRead): Promise<void> {
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: (payload) => Promise.resolve(collect(read, payload)),
  });
}

/** The last value per key of `topic` (without prefix), tombstones removed. `readNumber` makes the group's name unique. */
export async function readLatest(
  settings: EventLogSettings,
  topic: string,
  readNumber: number,
): Promise<ReadonlyMap<string, unknown>> {
  const name = topicName(settings.prefix, topic);
  const read: LatestRead = { values: new Map(), ends: await findEnds(settings, name) };
  if (read.ends.size === 0) return new Map();
  const groupId = scopedId(settings.prefix, 'read-latest', settings.instanceId, readNumber);
  const consumer = settings.kafka.consumer({
    groupId,
    readUncommitted: false,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 100,
    maxBytesPerPartition: 4 * 1024 * 1024,
    retry: { restartOnFailure: () => Promise.resolve(false) },
  });
  try {
    await readToEnds(consumer, name, read);
  } catch (error) {
    throw toSyncError(error, { topic });
  } finally {
    await withDeadline(consumer.disconnect(), stallTimeoutMs).catch(() => undefined);
    await withAdmin(settings.kafka, (admin) => admin.deleteGroups([groupId])).catch(() => undefined);
  }
  return decodeAll(settings, topic, read.values);
}

async function decodeAll(
  { codec }: EventLogSettings,
  topic: string,
  values: ReadonlyMap<string, Buffer>,
): Promise<Map<string, unknown>> {
  const entries = [...values].map(async ([key, bytes]) => [key, await codec.decode(topic, bytes)] as const);
  return new Map(await Promise.all(entries));
}
