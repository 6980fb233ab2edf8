import type { SyncStateStore } from '@lockstep/ports';
import type { Collection, UpdateFilter } from 'mongodb';
import { coded } from './codedErrors.ts';

/** `first-reads`, `revisions`, or the origin of a system. */
export type SyncStateDocument = {
  readonly _id: string;
  readonly complete?: boolean;
  readonly origin?: string;
  readonly epoch?: number;
};

const firstReads = 'first-reads';
const revisions = 'revisions';

/** Facts about the whole sync, one document each. Throws MONGODB_UNREACHABLE or MONGODB_REFUSED. */
export function mongoSyncState(collection: Collection<SyncStateDocument>, maxTimeMS: number): SyncStateStore {
  const read = (_id: string) => coded('syncState.read', () => collection.findOne({ _id }, { maxTimeMS }));
  const update = (_id: string, change: UpdateFilter<SyncStateDocument>) =>
    coded('syncState.mark', async () => {
      await collection.updateOne({ _id }, change, { upsert: true });
    });

  return {
    firstReadsComplete: async () => (await read(firstReads))?.complete ?? false,
    markFirstReadsComplete: () => update(firstReads, { $set: { complete: true } }),
    revisionEpoch: async () => (await read(revisions))?.epoch ?? 1,
    raiseRevisionEpoch: (epoch) => update(revisions, { $max: { epoch } }),
    originOf: async (system) => (await read(`origin/${system}`))?.origin ?? null,
    rememberOrigin: (system, origin) => update(`origin/${system}`, { $set: { origin } }),
  };
}
