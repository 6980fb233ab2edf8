import type { Scalar, ScalarValues } from '@lockstep/change-events';
import { v5 as uuidV5 } from 'uuid';
import type { Draft } from './decision.ts';
import { rowKey, type ParkedField } from './linkedRow.ts';
import type { MappingRow } from './mapping.ts';
import type { DynamicsWriteEntry } from './outbox.ts';
import { planRowWrite } from './planRowWrite.ts';
import { notRepresentable, project } from './projection.ts';

/** Namespace of the ids of rows that we create. */
const rowNamespace = '0a0e1c53-5a0a-5b0c-9a56-0b7d1f2f6c55';

/**
 * Plans a row of Dynamics with everything that the person's golden record has for it, and answers its id: derived from
 * golden id, table and incarnation, so that a repeat cannot double it and a re-creation is a new row (design section 5).
 */
export function planCreation(draft: Draft, asked: Readonly<Record<string, string>>): string {
  const table = asked['as'] === 'contact' ? 'contact' : 'lead';
  const rowId = nextRowId(draft.record, table);
  const { owner } = asked;
  planEntry(draft, { table, rowId, columns: columnsFor(draft, table), ...(owner ? { owner } : {}) });
  return rowId;
}

/** That of the first incarnation which the record does not have, and never had. */
function nextRowId({ goldenId, rows, parted = [] }: Draft['record'], table: string): string {
  const had = new Set([...rows.map(rowKey), ...parted.map(({ row }) => row)]);
  const idOf = (incarnation: number) => uuidV5(`${goldenId}/${table}/${incarnation}`, rowNamespace);
  let incarnation = 1;
  while (had.has(rowKey({ system: 'dynamics', table, id: idOf(incarnation) }))) incarnation += 1;

  return idOf(incarnation);
}

/** The row once more, without a column whose value was refused: that one is parked when the row is there. */
export function planWithout(
  draft: Draft,
  refused: DynamicsWriteEntry,
  column: string,
  reason: Omit<ParkedField, 'value'>,
): void {
  const { [column]: value = null, ...columns } = refused.columns;
  const fields = draft.context.mapping.filter((mapping) => mapping.columns[refused.table] === column);
  const parked = Object.fromEntries(fields.map(({ field }) => [field, { value, ...reason }]));
  planEntry(draft, { ...refused, columns, parked: { ...refused.parked, ...parked } });
}

type Planned = Pick<DynamicsWriteEntry, 'table' | 'rowId' | 'columns' | 'owner' | 'parked'>;

function planEntry(draft: Draft, { table, rowId, columns, owner, parked }: Planned): void {
  planRowWrite(draft, {
    ...{ table, rowId, ifMatch: null, columns },
    ...(owner === undefined ? {} : { owner }),
    ...(parked === undefined ? {} : { parked }),
  });
}

/** Blank values are left out: Dynamics fills in its own. */
function columnsFor(draft: Draft, table: string): ScalarValues {
  const columns: Record<string, Scalar> = {};
  for (const mapping of draft.context.mapping) {
    const column = mapping.columns[table];
    const wanted = column === undefined || column in columns ? null : valueFor(draft, mapping);
    if (column !== undefined && wanted !== null) columns[column] = wanted;
  }
  return columns;
}

function valueFor({ record }: Draft, mapping: MappingRow): Scalar {
  const value = record.fields[mapping.field]?.value ?? null;
  if (mapping.direction === 'to-marketo' || value === null) return null;
  const wanted = project('dynamics', mapping, value);
  return wanted === notRepresentable ? null : wanted;
}
