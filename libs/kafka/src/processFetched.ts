import { plainTopic } from './names.ts';
import { decodeMessage } from './incomingMessage.ts';
import { encodeResult } from './encodeResult.ts';
import type { Chunk } from './outgoingRecords.ts';
import type { BatchResult } from '@lockstep/ports';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { Consumption } from './consumeSettings.ts';
import type { PartitionOwner } from './partitionOwner.ts';

/**
 * kafkajs fetches again only when all fetched partitions are done, so a long backlog yields to the others after this. Who
 * handles batches ahead is after the rate: what is in flight ends with each turn, so turns are long.
 */
const turnMs = 250;
const turnAheadMs = 120_000;

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

/** A slice whose handler runs, or has run; nothing of it is committed yet. */
type Begun = { readonly slice: Slice; readonly startedAt: number; readonly handled: Promise<Handled> };

type Handled = {
  readonly result: BatchResult;
  readonly chunks: readonly Chunk[];
  readonly handledAt: number;
};

function begin({ settings, handler }: Consumption, { batch }: EachBatchPayload, slice: Slice): Begun {
  const origin = { topic: plainTopic(settings.prefix, batch.topic), partition: batch.partition };
  const handle = async (): Promise<Handled> => {
    const messages = await Promise.all(slice.messages.map((m) => decodeMessage(settings.codec, origin, m)));
    const result = await handler({ ...origin, messages });
    const chunks = await encodeResult(settings, result);
    return { result, chunks, handledAt: performance.now() };
  };
  const handled = handle();
  // Its failure is met when its turn to be committed comes.
  handled.catch(() => undefined);
  return { slice, startedAt: performance.now(), handled };
}

async function commitSlice(
  { settings, options }: Consumption,
  { batch }: EachBatchPayload,
  owner: PartitionOwner,
  { slice, startedAt, handled }: Begun,
): Promise<void> {
  const { result, chunks, handledAt } = await handled;
  await owner.commit(slice.next, chunks).catch(failOwnership);
  await result.afterCommit?.();
  settings.onBatch?.({
    topic: plainTopic(settings.prefix, batch.topic),
    partition: batch.partition,
    group: options.group,
    messages: slice.messages.length,
    published: result.messages.length,
    handleMs: handledAt - startedAt,
    commitMs: performance.now() - handledAt,
  });
}

/** `turn` aborts when the partition may be given to somebody else. */
export type Fetched = {
  readonly payload: EachBatchPayload;
  readonly owner: PartitionOwner;
  readonly turn: AbortSignal;
};

type Turn = { readonly pending: readonly KafkaMessage[]; readonly isOver: () => boolean };

/** Handles what kafkajs fetched of one partition, slice by slice, until all is done or its turn is over. */
export async function processFetched(consumption: Consumption, fetched: Fetched): Promise<void> {
  const { payload, owner, turn } = fetched;
  const { aheadMax = 1 } = consumption.options;
  const turnEndsAt = performance.now() + (aheadMax > 1 ? turnAheadMs : turnMs);
  const pending = await pendingMessages(payload, owner).catch(failOwnership);
  if (pending.length === 0) moveOn(payload, payload.batch.lastOffset());
  const isOver = (): boolean =>
    [consumption.signal, turn].some(({ aborted }) => aborted) ||
    !payload.isRunning() ||
    payload.isStale() ||
    performance.now() >= turnEndsAt;
  await (aheadMax > 1 ? handleAhead : handleInTurn)(consumption, fetched, { pending, isOver });
}

/** Each slice is committed before the next is handled. */
async function handleInTurn(
  consumption: Consumption,
  { payload, owner }: Fetched,
  { pending, isOver }: Turn,
): Promise<void> {
  let left = pending;
  while (left.length > 0 && !isOver()) {
    const slice = nextSlice(payload, left, consumption.options.batchSizeMax);
    await owner.inTurn(() => commitSlice(consumption, payload, owner, begin(consumption, payload, slice)));
    moveOn(payload, (slice.next - 1n).toString());
    left = left.slice(slice.messages.length);
  }
}

/** `aheadMax` slices are handled at a time, and committed in order. */
async function handleAhead(
  consumption: Consumption,
  { payload, owner }: Fetched,
  { pending, isOver }: Turn,
): Promise<void> {
  const { aheadMax = 1, batchSizeMax } = consumption.options;
  const begun: Begun[] = [];
  let left = pending;
  const beginMore = (): void => {
    while (left.length > 0 && begun.length < aheadMax && !isOver()) {
      const slice = nextSlice(payload, left, batchSizeMax);
      begun.push(begin(consumption, payload, slice));
      left = left.slice(slice.messages.length);
    }
  };
  try {
    for (beginMore(); begun[0]; beginMore()) {
      await commitSlice(consumption, payload, owner, begun[0]);
      moveOn(payload, (begun[0].slice.next - 1n).toString());
      begun.shift();
    }
  } finally {
    // What comes again must not meet itself.
    await Promise.allSettled(begun.map(({ handled }) => handled));
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
