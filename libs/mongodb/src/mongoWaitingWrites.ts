import { countWaitingWrites, type WaitingWriteReader } from '@lockstep/ports';
import type { Collection } from 'mongodb';
import { coded } from './codedErrors.ts';
import type { GoldenDocument } from './mongoGoldenStore.ts';

const inOrder = { 'writing.since': 1 } as const;

/** Records that wait for a write, by the sparse index of their age. Throws MONGODB_UNREACHABLE or MONGODB_REFUSED. */
export function mongoWaitingWrites(
  collection: Collection<GoldenDocument>,
  maxTimeMS: number,
): WaitingWriteReader {
  return {
    count: (recordsMax) =>
      coded('waitingWrites.count', async () => {
        const projection = { writing: 1 } as const;
        const query = collection.find({ 'writing.since': { $gt: '' } }, { projection, maxTimeMS });
        const found = await query
          .sort(inOrder)
          .limit(recordsMax + 1)
          .toArray();
        const looked = found.slice(0, recordsMax).map(({ writing }) => writing?.writes ?? []);

        return { counts: countWaitingWrites(looked), isWhole: found.length <= recordsMax };
      }),
  };
}

/** The index that finds records that wait for a write; all others stay out of it. */
export async function indexWaitingWrites(collection: Collection<GoldenDocument>): Promise<void> {
  await collection.createIndex(inOrder, { sparse: true });
}
