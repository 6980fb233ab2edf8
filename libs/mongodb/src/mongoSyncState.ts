import type { SyncStateStore } from '@lockstep/ports';
import type { Collection } from 'mongodb';
import { coded } from './codedErrors.ts';

export type SyncStateDocument = { readonly _id: 'first-reads'; readonly complete: boolean };

const _id = 'first-reads';

/** Facts about the whole sync, one document each. Throws MONGODB_UNREACHABLE or MONGODB_REFUSED. */
export function mongoSyncState(collection: Collection<SyncStateDocument>, maxTimeMS: number): SyncStateStore {
  return {
    firstReadsComplete: () =>
      coded('syncState.read', async () => {
        const state = await collection.findOne({ _id }, { maxTimeMS });
        return state?.complete ?? false;
      }),
    markFirstReadsComplete: () =>
      coded('syncState.mark', async () => {
        await collection.updateOne({ _id }, { $set: { complete: true } }, { upsert: true });
      }),
  };
}
