import type { SyncStateStore } from '@lockstep/ports';
import type { Collection } from 'mongodb';
import { coded } from './codedErrors.ts';

/** `first-reads`, or the origin of a system. */
export type SyncStateDocument = {
  readonly _id: string;
  readonly complete?: boolean;
  readonly origin?: string;
};

const firstReads = 'first-reads';

/** Facts about the whole sync, one document each. Throws MONGODB_UNREACHABLE or MONGODB_REFUSED. */
export function mongoSyncState(collection: Collection<SyncStateDocument>, maxTimeMS: number): SyncStateStore {
  const read = (_id: string) => coded('syncState.read', () => collection.findOne({ _id }, { maxTimeMS }));
  const mark = (_id: string, facts: Omit<SyncStateDocument, '_id'>) =>
    coded('syncState.mark', async () => {
      await collection.updateOne({ _id }, { $set: facts }, { upsert: true });
    });

  return {
    firstReadsComplete: async () => (await read(firstReads))?.complete ?? false,
    markFirstReadsComplete: () => mark(firstReads, { complete: true }),
    originOf: async (system) => (await read(`origin/${system}`))?.origin ?? null,
    rememberOrigin: (system, origin) => mark(`origin/${system}`, { origin }),
  };
}
