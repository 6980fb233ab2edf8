import { isSyncError, SyncError } from '@lockstep/change-events';
import { Partitioners, type Kafka, type Offsets, type TopicMessages, type Transaction } from 'kafkajs';
import { brokerReason, toSyncError, withSyncErrors } from './kafkaErrors.ts';

export type TransactionContent = {
  readonly chunks: readonly (readonly TopicMessages[])[];
  readonly offsets?: Offsets & { readonly consumerGroupId: string };
};

/** After a failed `commit` it is of no use any more, because its outcome may be unknown: close it and open another. */
export type TransactionalProducer = {
  /** Everything in `content` becomes visible at once, or nothing. Throws KAFKA_FENCED or KAFKA_UNREACHABLE. */
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
  const producer = kafka.producer({
    transactionalId,
    maxInFlightRequests: 1,
    transactionTimeout: transactionTimeoutMs,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
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

  let failure: SyncError | null = null;

  async function commitOnce({ chunks, offsets }: TransactionContent): Promise<void> {
    if (failure) throw failure;
    const transaction = await producer.transaction();
    try {
      for (const topicMessages of chunks)
        await transaction.sendBatch({ topicMessages: [...topicMessages], acks: -1 });
      if (offsets) await sendOffsets(transaction, offsets);
      await transaction.commit();
    } catch (cause) {
      // kafkajs keeps the sequence numbers of what it could not confirm: after a lost acknowledgement the broker would
      // take the next messages for duplicates and drop them. So a failure ends this producer.
      failure = unusable(cause, transactionalId);
      if (transaction.isActive()) await transaction.abort().catch(() => undefined);
      throw failure;
    }
  }

  let last: Promise<unknown> = Promise.resolve();
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
