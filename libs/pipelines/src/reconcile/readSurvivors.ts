import type { GoldenStore, LinkStore } from '@lockstep/ports';
import {
  followedKey,
  mergedOnto,
  survivorOf,
  type GoldenRecord,
  type Policy,
  type Survivor,
} from '@lockstep/reconciliation';

type Stores = {
  readonly golden: Pick<GoldenStore, 'load'>;
  readonly links: Pick<LinkStore, 'resolve'>;
  readonly policy: Policy;
};

/** Who was merged into somebody who was merged too, is followed so many times. */
const mergesMax = 5;

/**
 * Who carries on for records whose merge on one side is to be followed on the other (G-31), by `followedKey`. Who is absent here
 * may be there a moment later: the record is looked at again.
 */
export async function readSurvivors(
  stores: Stores,
  stored: ReadonlyMap<string, GoldenRecord>,
): Promise<ReadonlyMap<string, Survivor>> {
  const keys = [...stored.values()].flatMap((record) => followedKey(record, stores.policy) ?? []);
  const survivors = new Map<string, Survivor>();
  let open = new Map([...new Set(keys)].map((key) => [key, key]));
  for (let merges = 0; open.size > 0 && merges <= mergesMax; merges += 1) {
    const records = await readRecordsOf(stores, [...open.values()]);
    const onwards = new Map<string, string>();
    for (const [first, key] of open) {
      const record = records.get(key);
      const next = record && mergedOnto(record, key);
      if (next) onwards.set(first, next);
      else if (record) survivors.set(first, survivorOf(record));
    }
    open = onwards;
  }

  return survivors;
}

/** The golden records of rows, by row key. */
export async function readRecordsOf(
  { links, golden }: Omit<Stores, 'policy'>,
  keys: readonly string[],
): Promise<ReadonlyMap<string, GoldenRecord>> {
  const owners = await links.resolve([...new Set(keys)]);
  const records =
    owners.size === 0 ? new Map<string, GoldenRecord>() : await golden.load([...new Set(owners.values())]);

  return new Map(
    [...owners].flatMap(([key, goldenId]) => {
      const record = records.get(goldenId);

      return record ? [[key, record] as const] : [];
    }),
  );
}
