import type { System } from '@lockstep/change-events';
import type { GoldenStore } from '@lockstep/ports';
import { activeRow, type Forecast, type GoldenRecord } from '@lockstep/reconciliation';

/** Numbers by name, such as creations by table. */
export type Counts = Readonly<Record<string, number>>;

/** What would be written to one system. */
export type SideForecast = {
  /** Records to create, by table; of Marketo `person` and what its API calls other records. */
  readonly creates: Counts;
  readonly updates: Counts;
  /** Values that would change, by `table.field` in the words of the side's API. */
  readonly fields: Counts;
  /** Deletes and merges, by table. */
  readonly others: Counts;
};

/** What would happen if writing started now, or of one page of it. Counts of records unless they say otherwise. */
export type Rehearsal = {
  readonly records: {
    /** Persons; those that were joined to another are not counted. */
    readonly persons: number;
    /** Persons with a row on both sides. */
    readonly linked: number;
    /** In review: somebody must say who is who. */
    readonly ambiguous: number;
    /** A value is held for review. */
    readonly held: number;
    /** A side refused the record. */
    readonly refused: number;
    /** They wait until both sides have been read once, or for another record to join: they are not foretold yet. */
    readonly undecided: number;
  };
  readonly sides: Readonly<Record<System, SideForecast>>;
};

const noSide: SideForecast = { creates: {}, updates: {}, fields: {}, others: {} };

/** Nothing counted yet. */
export const emptyRehearsal: Rehearsal = {
  records: { persons: 0, linked: 0, ambiguous: 0, held: 0, refused: 0, undecided: 0 },
  sides: { dynamics: noSide, marketo: noSide },
};

/** Counts the records of one page; `next` is where the next one begins, null behind the last. */
export async function rehearsePage(
  golden: Pick<GoldenStore, 'page'>,
  { after, limitMax }: { readonly after: string | null; readonly limitMax: number },
): Promise<{ readonly counts: Rehearsal; readonly next: string | null }> {
  const records = await golden.page(after, limitMax);
  const last = records.at(-1);
  const next = records.length === limitMax && last ? last.goldenId : null;

  return { counts: records.map(countRecord).reduce(addRehearsals, emptyRehearsal), next };
}

/** The sum of what two pages would do. */
export function addRehearsals(a: Rehearsal, b: Rehearsal): Rehearsal {
  return {
    records: addCounts(a.records, b.records) as Rehearsal['records'],
    sides: {
      dynamics: addSides(a.sides.dynamics, b.sides.dynamics),
      marketo: addSides(a.sides.marketo, b.sides.marketo),
    },
  };
}

const addSides = (a: SideForecast, b: SideForecast): SideForecast => ({
  creates: addCounts(a.creates, b.creates),
  updates: addCounts(a.updates, b.updates),
  fields: addCounts(a.fields, b.fields),
  others: addCounts(a.others, b.others),
});

function addCounts(a: Counts, b: Counts): Counts {
  const sum: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;

  return sum;
}

function countRecord(record: GoldenRecord): Rehearsal {
  const { dynamics = [], marketo = [] } = record.forecast ?? {};
  const sides = { dynamics: countSide(dynamics), marketo: countSide(marketo) };

  return record.entity || record.aliasOf
    ? { ...emptyRehearsal, sides }
    : { records: countPerson(record), sides };
}

function countPerson(record: GoldenRecord): Rehearsal['records'] {
  const cause = record.waiting?.cause ?? '';

  return {
    persons: 1,
    linked: Number(isThere(record, 'dynamics') && isThere(record, 'marketo')),
    ambiguous: Number(cause === 'review'),
    held: Number(record.rows.some(({ parked }) => codesOf(parked).includes('FIELD_HELD'))),
    refused: Number(cause === 'refused'),
    undecided: Number(['first-reads', 'join'].includes(cause)),
  };
}

const codesOf = (parked: GoldenRecord['rows'][number]['parked']): string[] =>
  Object.values(parked).map(({ code }) => code);

function isThere(record: GoldenRecord, system: System): boolean {
  const row = activeRow(record, system);

  return row !== undefined && row.deletedAt === null;
}

const countSide = (forecast: readonly Forecast[]): SideForecast =>
  forecast.map(countWrite).reduce(addSides, noSide);

function countWrite({ operation, table, fields }: Forecast): SideForecast {
  const one = { [table]: 1 };
  if (operation === 'CREATE' || operation === 'UPSERT') return { ...noSide, creates: one };
  if (operation !== 'UPDATE') return { ...noSide, others: one };

  return {
    ...noSide,
    updates: one,
    fields: Object.fromEntries(fields.map((field) => [`${table}.${field}`, 1])),
  };
}

const batchMax = 300;
/** A person is looked for by key and by address before it is made. */
const callsPerCreation = 3;

/** The calls of each API that the writes take at the least: Marketo in full batches, Dynamics one by one. */
export function callsOf({ sides: { dynamics, marketo } }: Rehearsal): Readonly<Record<System, number>> {
  const batches = (counts: Counts): number =>
    Object.values(counts).reduce((sum, count) => sum + Math.ceil(count / batchMax), 0);

  return {
    dynamics: total(dynamics.creates) + total(dynamics.updates) + total(dynamics.others),
    marketo: callsPerCreation * batches(marketo.creates) + batches(marketo.updates) + batches(marketo.others),
  };
}

const total = (counts: Counts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);
