import type { System } from '@lockstep/change-events';
import { sumOutcomes, type OutcomeCount, type OutcomeCountStore } from '@lockstep/ports';
import type { Collection } from 'mongodb';
import { coded } from './codedErrors.ts';

/** One minute of one system and entity; `minute` makes a range of them a window. */
export type OutcomeCountDocument = OutcomeCount & {
  readonly _id: string;
  readonly minute: number;
  readonly expiresAt: Date;
};

const minuteMs = 60_000;
const keptMs = 25 * 3_600_000;

/** The indexes by which minutes are found and expire. */
export async function indexOutcomeCounts(collection: Collection<OutcomeCountDocument>): Promise<void> {
  await collection.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  await collection.createIndex({ minute: 1 });
}

/** Counts of outcomes. Throws MONGODB_UNREACHABLE (they may have been counted) or MONGODB_REFUSED. */
export function mongoOutcomeCounts(
  collection: Collection<OutcomeCountDocument>,
  maxTimeMS: number,
): OutcomeCountStore {
  return {
    add: (atMs, counts) =>
      coded('outcomeCounts.add', async () => {
        if (counts.length === 0) return;
        await collection.bulkWrite(
          sumOutcomes(counts).map((count) => ({ updateOne: countedAt(atMs, count) })),
          { ordered: false },
        );
      }),
    totals: (sinceMs) =>
      coded('outcomeCounts.totals', async () => {
        const window = { minute: { $gte: Math.floor(sinceMs / minuteMs) } };
        const documents = await collection.find(window, { maxTimeMS }).toArray();

        return sumOutcomes(
          documents.map(({ system, entity, done, refused }) => ({ system, entity, done, refused })),
        );
      }),
  };
}

function countedAt(atMs: number, { system, entity, done, refused }: OutcomeCount) {
  const minute = Math.floor(atMs / minuteMs);
  const $setOnInsert: { system: System; entity: string; minute: number; expiresAt: Date } = {
    ...{ system, entity, minute },
    expiresAt: new Date(atMs + keptMs),
  };

  return {
    filter: { _id: `${minute}/${system}/${entity}` },
    update: { $inc: { done, refused }, $setOnInsert },
    upsert: true,
  };
}
