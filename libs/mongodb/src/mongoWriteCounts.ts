import type { System } from '@lockstep/change-events';
import { addWrites, noWrites, writeKinds, type WriteCounts, type WriteCountStore } from '@lockstep/ports';
import type { Collection } from 'mongodb';
import { coded } from './codedErrors.ts';

/** One minute of one system; `_id` is both, so that a range of them is a window. */
export type WriteCountDocument = Partial<WriteCounts> & { readonly _id: string; readonly expiresAt: Date };

const minuteMs = 60_000;
const keptMs = 2 * 3_600_000;

const idOf = (system: System, atMs: number): string =>
  `${system}/${String(Math.floor(atMs / minuteMs)).padStart(12, '0')}`;

/** The index that lets minutes expire. */
export async function indexWriteCounts(collection: Collection<WriteCountDocument>): Promise<void> {
  await collection.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 });
}

/** Counts of writes, one document per system and minute. Throws MONGODB_UNREACHABLE (it may have been counted) or MONGODB_REFUSED. */
export function mongoWriteCounts(
  collection: Collection<WriteCountDocument>,
  maxTimeMS: number,
): WriteCountStore {
  return {
    add: (system, atMs, counts) =>
      coded('writeCounts.add', async () => {
        const $inc = Object.fromEntries(writeKinds.map((kind) => [kind, counts[kind]]));
        const $setOnInsert = { expiresAt: new Date(atMs + keptMs) };
        await collection.updateOne({ _id: idOf(system, atMs) }, { $inc, $setOnInsert }, { upsert: true });
      }),
    total: (system, sinceMs) =>
      coded('writeCounts.total', async () => {
        const window = { $gte: idOf(system, sinceMs), $lt: `${system}0` };
        const minutes = await collection.find({ _id: window }, { maxTimeMS }).toArray();

        return minutes.reduce<WriteCounts>(
          (sum, minute) => addWrites(sum, { ...noWrites, ...minute }),
          noWrites,
        );
      }),
  };
}
