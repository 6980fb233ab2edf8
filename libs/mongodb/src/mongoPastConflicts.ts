import type { Conflict } from '@lockstep/change-events';
import type { PastConflict, PastConflictStore } from '@lockstep/ports';
import type { Collection } from 'mongodb';
import { coded } from './codedErrors.ts';

/** `_id` is record, time, field, rule and decision: a conflict that is added again is there already. */
export type PastConflictDocument = Conflict & {
  readonly _id: string;
  readonly goldenId: string;
  readonly expiresAt: Date;
};

/** Indexes that find the conflicts of a record, and let them expire. */
export async function indexPastConflicts(collection: Collection<PastConflictDocument>): Promise<void> {
  await collection.createIndex({ goldenId: 1, at: 1 });
  await collection.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 });
}

function toDocument({ goldenId, conflict }: PastConflict, expiresAt: Date): PastConflictDocument {
  const { at, field, rule, decision } = conflict;

  return { _id: [goldenId, at, field, rule, decision].join('/'), goldenId, ...conflict, expiresAt };
}

/** Conflicts that fell out of their records, one document each. Throws MONGODB_UNREACHABLE (they may be kept) or MONGODB_REFUSED. */
export function mongoPastConflicts(
  collection: Collection<PastConflictDocument>,
  maxTimeMS: number,
): PastConflictStore {
  return {
    add: (past, { nowMs, keptMs }) =>
      coded('pastConflicts.add', async () => {
        if (past.length === 0) return;
        const expiresAt = new Date(nowMs + keptMs);
        const documents = past.map((each) => toDocument(each, expiresAt));
        const writes = documents.map(({ _id, ...rest }) => ({
          updateOne: { filter: { _id }, update: { $setOnInsert: rest }, upsert: true },
        }));
        await collection.bulkWrite(writes, { ordered: false });
      }),
    read: (goldenId, limitMax) =>
      coded('pastConflicts.read', async () => {
        const query = collection.find({ goldenId }, { maxTimeMS }).sort({ at: -1 }).limit(limitMax);
        const newest = await query.toArray();

        return newest.reverse().map(({ _id, goldenId: _, expiresAt: __, ...conflict }) => conflict);
      }),
  };
}
