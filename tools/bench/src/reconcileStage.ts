import { randomUUID } from 'node:crypto';
import { startLocalStack } from '@lockstep/local-stack';
import { goldenWrites, openMongoStores, type GoldenDocument, type MongoStores } from '@lockstep/mongodb';
import type { GuardedSave } from '@lockstep/ports';
import { MongoClient } from 'mongodb';
import { closeInReverse, type Closers } from '@lockstep/testing';

type Writes = ReturnType<typeof goldenWrites>;

/** Stores of a database of their own, and the driver alone on the same. */
export type StageStores = {
  readonly stores: MongoStores;
  writesOf(saves: readonly GuardedSave[]): Writes;
  /** Throws when a write of `writes` meets something else than it was made for. */
  bulkWrite(writes: Writes): Promise<void>;
};

/** A local MongoDB. */
export type ReconcileStage = { stores(): Promise<StageStores>; close(): Promise<void> };

export async function openReconcileStage(): Promise<ReconcileStage> {
  const closers: Closers = [];
  const stack = await startLocalStack();
  closers.push(() => stack.close());
  const client = new MongoClient(stack.mongodbUrl, { writeConcern: { w: 'majority', journal: true } });
  closers.push(() => client.close());
  return {
    async stores() {
      const database = `bench-${randomUUID().slice(0, 8)}`;
      const stores = await openMongoStores({ url: stack.mongodbUrl, database });
      closers.push(() => stores.close());
      const collection = client.db(database).collection<GoldenDocument>('goldenRecords');
      return {
        stores,
        writesOf: goldenWrites,
        async bulkWrite(writes) {
          if (writes.length === 0) return;
          const { matchedCount, insertedCount } = await collection.bulkWrite([...writes], {
            ordered: false,
          });
          if (matchedCount + insertedCount !== writes.length) throw new Error('a write met something else');
        },
      };
    },
    close: () => closeInReverse(closers),
  };
}
