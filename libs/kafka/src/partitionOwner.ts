import type { TransactionalProducer, TransactionContent } from './transactionalProducer.ts';

/** Commits one partition of one group, fenced against every earlier owner of that partition. */
export type PartitionOwner = {
  /** One at a time, in the order of the calls. */
  exclusive<T>(work: () => Promise<T>): Promise<T>;
  /** From the first message of a batch to its commit: others with the same writer wait. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Takes the partition when it is not taken yet; returns the offset to go on from. */
  take(): Promise<bigint>;
  /** Commits `chunks` and the offset `next` together. A failure gives the partition back, to be taken again. */
  commit(next: bigint, chunks: TransactionContent['chunks']): Promise<void>;
  giveBack(): Promise<void>;
  /** Waits for the running work, then gives the partition back. */
  close(): Promise<void>;
};

export type OwnerSettings = {
  readonly topic: string;
  readonly partition: number;
  readonly consumerGroupId: string;
  readonly openProducer: () => Promise<TransactionalProducer>;
  readonly inTurn: PartitionOwner['inTurn'];
  /** The committed offset, -1 when there is none. */
  readonly readCommitted: () => Promise<bigint>;
};

export function createPartitionOwner(settings: OwnerSettings): PartitionOwner {
  const { topic, partition, consumerGroupId, openProducer, inTurn, readCommitted } = settings;
  let taken: { producer: TransactionalProducer; position: bigint } | null = null;
  let last: Promise<unknown> = Promise.resolve();

  async function giveBack(): Promise<void> {
    const former = taken;
    taken = null;
    await former?.producer.close();
  }

  function exclusive<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  }

  return {
    exclusive,
    inTurn,
    giveBack,
    async take() {
      if (taken) return taken.position;
      const producer = await openProducer();
      try {
        // Read after the fencing: until then a former owner could still have committed.
        const committed = await readCommitted();
        taken = { producer, position: committed < 0n ? 0n : committed };
      } catch (error) {
        await producer.close();
        throw error;
      }
      return taken.position;
    },
    async commit(next, chunks) {
      if (!taken) throw new Error(`partition ${topic}/${partition} is not taken`);
      const partitions = [{ partition, offset: next.toString() }];
      try {
        await taken.producer.commit({
          chunks,
          offsets: { consumerGroupId, topics: [{ topic, partitions }] },
        });
      } catch (error) {
        await giveBack();
        throw error;
      }
      taken.position = next;
    },
    close: () => exclusive(giveBack),
  };
}
