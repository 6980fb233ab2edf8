import { isSyncError, SyncError } from '@lockstep/change-events';
import type { Kafka, Offsets, Producer, Transaction } from 'kafkajs';
import { brokerReason, toSyncError, withSyncErrors } from './kafkaErrors.ts';
import { createKeyPartitioner } from './keyPartitioner.ts';
import type { Chunk } from './outgoingRecords.ts';
import { makeNext, sendChunks, SourceFailure } from './sendChunks.ts';

export type TransactionContent = {
  /** Taken one at a time, each while the one before is on its way. */
  readonly chunks: Iterable<Chunk> | AsyncIterable<Chunk>;
  readonly offsets?: Offsets & { readonly consumerGroupId: string };
};

/**
 * After KAFKA_FENCED or KAFKA_UNREACHABLE from `commit` it is of no use any more, because the outcome may be unknown:
 * close it and open another. What the making of a chunk throws, `commit` throws; then nothing is visible, and it is as
 * good as before.
 */
export type TransactionalProducer = {
  /** Everything in `content` becomes visible at once, or nothing. */
  commit(content: TransactionContent): Promise<void>;
  close(): Promise<void>;
};

const transactionTimeoutMs = 60_000;
const concurrentDelayMs = 5;
const concurrentAttemptsMax = 300;

/** Every earlier holder of `transactionalId` is fenced, and its open transaction aborted, before this returns. */
export async function openTransactionalProducer(
  kafka: Kafka,
  transactionalId: string,
): Promise<TransactionalProducer> {
  const producer = await connect(kafka, transactionalId);
  let failure: SyncError | null = null;
  let last: Promise<unknown> = Promise.resolve();

  async function commitOnce(content: TransactionContent): Promise<void> {
    if (failure) throw failure;
    try {
      await commitContent(producer, content);
    } catch (error) {
      if (error instanceof SourceFailure) throw error.cause;
      // kafkajs keeps the sequence numbers of what it could not confirm: after a lost acknowledgement the broker would
      // take the next messages for duplicates and drop them. So a failure ends this producer.
      failure = unusable(error, transactionalId);
      throw failure;
    }
  }

  return {
    commit(content) {
      const done = last.then(() => commitOnce(content));
      last = done.catch(() => undefined);
      return done;
    },
    async close() {
      await last;
      await producer.disconnect().catch(() => undefined);
    },
  };
}

async function connect(kafka: Kafka, transactionalId: string): Promise<Producer> {
  const producer = kafka.producer({
    transactionalId,
    maxInFlightRequests: 1,
    transactionTimeout: transactionTimeoutMs,
    allowAutoTopicCreation: false,
    createPartitioner: createKeyPartitioner,
    // Back-to-back transactions answer CONCURRENT_TRANSACTIONS for a few milliseconds.
    retry: { initialRetryTime: 5 },
  });
  await withSyncErrors(
    async () => {
      await producer.connect();
      // kafkajs takes its epoch, and so fences, only when the first transaction begins.
      await (await producer.transaction()).abort();
    },
    { transactionalId },
  ).catch(async (error: unknown) => {
    await producer.disconnect().catch(() => undefined);
    throw error;
  });
  return producer;
}

/** Throws SourceFailure when a chunk could not be made and all that was sent is known to be aborted. */
async function commitContent(producer: Producer, { chunks, offsets }: TransactionContent): Promise<void> {
  const source = iterate(chunks);
  const first = await makeNext(source);
  if (first.done && !offsets) return;
  const transaction = await producer.transaction();
  try {
    await sendChunks(transaction, first, source);
    if (offsets) await sendOffsets(transaction, offsets);
    await transaction.commit();
  } catch (error) {
    const aborted = transaction.isActive() ? transaction.abort() : Promise.resolve();
    await (error instanceof SourceFailure ? aborted : aborted.catch(() => undefined));
    throw error;
  }
}

const iterate = (chunks: TransactionContent['chunks']): AsyncIterator<Chunk> | Iterator<Chunk> =>
  Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();

/** kafkajs waits for the end of the transaction before when it sends messages, but not when offsets come first. */
async function sendOffsets(
  transaction: Transaction,
  offsets: NonNullable<TransactionContent['offsets']>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction.sendOffsets(offsets);
    } catch (error) {
      if (brokerReason(error) !== 'CONCURRENT_TRANSACTIONS' || attempt === concurrentAttemptsMax) throw error;
      await new Promise((resolve) => setTimeout(resolve, concurrentDelayMs));
    }
  }
}

function unusable(cause: unknown, transactionalId: string): SyncError {
  const error = toSyncError(cause, { transactionalId });
  return isSyncError(error) ? error : new SyncError('INTERNAL', { transactionalId }, { cause });
}
