import type { ChangeEvent } from '@lockstep/change-events';
import type { LinkStore } from '@lockstep/ports';
import type { Collection } from 'mongodb';
import { coded } from './codedErrors.ts';
import { isOnlyDuplicateKeys } from './duplicateKeys.ts';

/** `_id` is the row's key, so that a row has one link at most. */
export type LinkDocument = { readonly _id: string; readonly goldenId: string };

/** What ended a row that nobody was linked to; `_id` is the row's key. */
export type EndDocument = { readonly _id: string; readonly event: ChangeEvent; readonly keptAt: Date };

const endsKeptDays = 30;

/** An index that lets ends expire. */
export async function indexEnds(collection: Collection<EndDocument>): Promise<void> {
  await collection.createIndex({ keptAt: 1 }, { expireAfterSeconds: endsKeptDays * 86_400 });
}

type Collections = { readonly links: Collection<LinkDocument>; readonly ends: Collection<EndDocument> };

/** Links by insertion: whoever inserts first wins. Throws MONGODB_UNREACHABLE or MONGODB_REFUSED. */
export function mongoLinkStore({ links: collection, ends }: Collections, maxTimeMS: number): LinkStore {
  async function read(rowKeys: readonly string[]): Promise<Map<string, string>> {
    const found = await collection.find({ _id: { $in: [...rowKeys] } }, { maxTimeMS }).toArray();
    return new Map(found.map(({ _id, goldenId }) => [_id, goldenId]));
  }

  async function insert(documents: readonly LinkDocument[]): Promise<void> {
    try {
      await collection.insertMany([...documents], { ordered: false });
    } catch (error) {
      if (!isOnlyDuplicateKeys(error)) throw error;
    }
  }

  return {
    resolve: (rowKeys) => coded('links.resolve', () => read(rowKeys)),
    link: (links) =>
      coded('links.link', async () => {
        if (links.size === 0) return new Map<string, string>();
        await insert([...links].map(([_id, goldenId]) => ({ _id, goldenId })));
        return read([...links.keys()]);
      }),
    relink: (rowKeys, from, to) =>
      coded('links.relink', async () => {
        if (rowKeys.length === 0) return;
        await collection.bulkWrite(
          rowKeys.map((_id) => ({
            updateOne: { filter: { _id, goldenId: from }, update: { $set: { goldenId: to } } },
          })),
          { ordered: false },
        );
      }),
    ...endsIn(ends, maxTimeMS),
  };
}

function endsIn(
  collection: Collection<EndDocument>,
  maxTimeMS: number,
): Pick<LinkStore, 'keepEnds' | 'readEnds'> {
  return {
    keepEnds: (ends) =>
      coded('links.keepEnds', async () => {
        if (ends.size === 0) return;
        const writes = [...ends].map(([_id, event]) => ({
          updateOne: {
            filter: { _id },
            update: { $set: { event }, $currentDate: { keptAt: true as const } },
            upsert: true,
          },
        }));
        await collection.bulkWrite(writes, { ordered: false });
      }),
    readEnds: (rowKeys) =>
      coded('links.readEnds', async () => {
        if (rowKeys.length === 0) return new Map<string, ChangeEvent>();
        const found = await collection.find({ _id: { $in: [...rowKeys] } }, { maxTimeMS }).toArray();
        return new Map(found.map(({ _id, event }) => [_id, event]));
      }),
  };
}
