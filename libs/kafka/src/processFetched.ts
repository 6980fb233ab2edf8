import { plainTopic } from './names.ts';
import { decodeMessage } from './incomingMessage.ts';
import { encodeChunks, type Chunk, type EncodeSettings } from './outgoingRecords.ts';
import { isSyncError, SyncError } from '@lockstep/change-events';
import type { OutgoingMessage } from '@lockstep/ports';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { Consumption } from './consumeSettings.ts';
import type { PartitionOwner } from './partitionOwner.ts';

/** kafkajs fetches again only when all fetched partitions are done, so a long backlog yields to the others after this. */
const turnMs = 250;

/** A failure to take the partition or to commit, apart from the handler's: fenced there, the partition has moved on. */
export class OwnershipFailure extends Error {
  constructor(cause: unknown) {
    super('the partition could not be taken or committed', { cause });
    this.name = 'OwnershipFailure';
  }
}

const failOwnership = (cause: unknown): never => {
  throw new OwnershipFailure(cause);
};

type Slice = { readonly messages: readonly KafkaMessage[]; readonly next: bigint };

/** What of the fetched messages is still to do: a former owner may have committed some after they were fetched. */
async function pendingMessages({ batch }: EachBatchPayload, owner: PartitionOwner): Promise<KafkaMessage[]> {
  let position = await owner.take();
  if (position > BigInt(batch.highWatermark)) {
    // The topic may have been deleted and made again; the broker knows.
    await owner.giveBack();
    position = await owner.take();
  }
  return batch.messages.filter(({ offset }) => BigInt(offset) >= position);
}

function nextSlice(payload: EachBatchPayload, pending: readonly KafkaMessage[], sizeMax: number): Slice {
  const following = pending[sizeMax];
  // The last slice also passes over the transaction markers that end the fetched messages.
  const next = following ? BigInt(following.offset) : BigInt(payload.batch.lastOffset()) + 1n;
  return { messages: pending.slice(0, sizeMax), next };
}

/** Before the commit, so that it fails by itself. What a handler makes of a message is ours: that it does not fit stops. */
async function encodeAll(settings: EncodeSettings, messages: readonly OutgoingMessage[]): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  try {
    for await (const chunk of encodeChunks(settings, messages)) chunks.push(chunk);
  } catch (error) {
    throw isSyncError(error, 'EVENT_UNENCODABLE') ? new SyncError('INTERNAL', error.details) : error;
  }
  return chunks;
}

async function processSlice(
  { settings, options, handler }: Consumption,
  { batch }: EachBatchPayload,
  owner: PartitionOwner,
  { messages, next }: Slice,
): Promise<void> {
  const topic = plainTopic(settings.prefix, batch.topic);
  const origin = { topic, partition: batch.partition };
  const startedAt = performance.now();
  const decoded = await Promise.all(messages.map((m) => decodeMessage(settings.codec, origin, m)));
  const result = await handler({ ...origin, messages: decoded });
  const chunks = await encodeAll(settings, result.messages);
  const handledAt = performance.now();
  await owner.commit(next, chunks).catch(failOwnership);
  await result.afterCommit?.();
  settings.onBatch?.({
    ...origin,
    group: options.group,
    messages: messages.length,
    published: result.messages.length,
    handleMs: handledAt - startedAt,
    commitMs: performance.now() - handledAt,
  });
}

/** Handles what kafkajs fetched of one partition, slice by slice, until all is done or its turn is over. */
export async function processFetched(
  consumption: Consumption,
  payload: EachBatchPayload,
  owner: PartitionOwner,
): Promise<void> {
  const turnEndsAt = performance.now() + turnMs;
  let pending = await pendingMessages(payload, owner).catch(failOwnership);
  if (pending.length === 0) moveOn(payload, payload.batch.lastOffset());
  while (pending.length > 0 && performance.now() < turnEndsAt) {
    if (consumption.signal.aborted || !payload.isRunning() || payload.isStale()) return;
    const slice = nextSlice(payload, pending, consumption.options.batchSizeMax);
    await processSlice(consumption, payload, owner, slice);
    moveOn(payload, (slice.next - 1n).toString());
    pending = pending.slice(slice.messages.length);
  }
}

/** kafkajs throws a TypeError when the topic was taken from this member in the meantime; what is committed stays so. */
function moveOn(payload: EachBatchPayload, lastOffset: string): void {
  try {
    payload.resolveOffset(lastOffset);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
