import { activeRow, rowKey, type GoldenRecord } from '@lockstep/reconciliation';
import { readRecordsOf } from './readSurvivors.ts';

type Stores = Omit<Parameters<typeof readRecordsOf>[0], 'policy'>;

/** Whoever was merged into somebody who was merged too is followed so many times. */
const mergesMax = 5;

/**
 * Who carries on for those of these records whose person was merged into one that was merged too, or deleted: its id, or null where nobody does.
 * The others are led to by what they say themselves.
 */
export async function readHeirs(
  stores: Stores,
  records: readonly GoldenRecord[],
): Promise<ReadonlyMap<string, string | null>> {
  const heirs = new Map<string, string | null>();
  let open = new Map(records.flatMap((record) => ledOnwards(record)));
  for (let merges = 0; open.size > 0 && merges < mergesMax; merges += 1) {
    const found = await readRecordsOf(stores, [...open.values()].map(personKey));
    const ends = [...open].flatMap(([goldenId, personId]) => {
      const end = endOf(found.get(personKey(personId)), personId);
      return end === undefined ? [] : [[goldenId, end] as const];
    });
    for (const [goldenId, end] of ends) heirs.set(goldenId, end);
    open = new Map(ends.flatMap(([goldenId, end]) => (end === null ? [] : [[goldenId, end] as const])));
  }

  return heirs;
}

/** Who a person that is gone was merged into, null where nobody carries on; undefined while it is there. */
function endOf(record: GoldenRecord | undefined, personId: string): string | null | undefined {
  const person = record?.rows.find((row) => rowKey(row) === personKey(personId));

  return person?.deletedAt ? (person.mergedInto ?? null) : undefined;
}

const personKey = (id: string): string => rowKey({ system: 'marketo', table: 'person', id });

function ledOnwards(record: GoldenRecord): (readonly [string, string])[] {
  const person = record.entity ? undefined : activeRow(record, 'marketo');

  return person?.deletedAt && person.mergedInto ? [[record.goldenId, person.mergedInto]] : [];
}
