import { isAfter, isoTime, type ChangeEvent } from '@lockstep/change-events';
import { setField } from './applyChange.ts';
import { activeRow, type DecisionContext, type Draft, type DraftRow } from './decision.ts';
import { facetsOf, holds, type Known, namesIn, turnsAtMs } from './expression.ts';
import type { FilterValue } from './linkedRow.ts';
import { filterColumn } from './mapping.ts';
import { planOf } from './mappingPlan.ts';
import type { Filters } from './policy.ts';

/** The golden field that is true while the row of a person stays out; without a row of the mapping nobody is told (F-59). */
export const keptOutField = 'crmIsKeptOut';

/**
 * Takes what the filters read from an event of the row. `isProven`: a null is a null, and no column that may not be read. A
 * column that the event lacks stays as it was known.
 */
export function noteFilters({ context }: Draft, row: DraftRow, event: ChangeEvent, isProven: boolean): void {
  const fields = event.fields ?? {};
  const sync = fields[filterColumn] as boolean | null | undefined;
  if (sync !== undefined && (sync !== null || isProven)) row.filter = sync;
  const columns = columnsFor(context, row.table);
  if (columns.length === 0 && row.filtered === undefined) return;
  const kept = Object.fromEntries(
    columns.flatMap((column) => {
      const value = valueIn(row, event, { column, isProven });

      return value ? [[column, value] as const] : [];
    }),
  );
  if (Object.keys(kept).length > 0) row.filtered = kept;
  else delete row.filtered;
}

type Asked = { readonly column: string; readonly isProven: boolean };

function valueIn(row: DraftRow, event: ChangeEvent, { column, isProven }: Asked): FilterValue | undefined {
  const value = event.fields?.[column];
  if (value === undefined || (value === null && !isProven)) return row.filtered?.[column];

  return { values: facetsOf(value), at: event.version ?? event.page };
}

/** The event shows a column of the filters that was not seen at its version. */
export function hasFilterNews({ context }: Draft, row: DraftRow, { fields, version }: ChangeEvent): boolean {
  return columnsFor(context, row.table).some((column) => {
    if (fields?.[column] === undefined) return false;
    const known = row.filtered?.[column];

    return known === undefined || isAfter(version, known.at);
  });
}

const columnsFor = ({ policy }: DecisionContext, table: string): readonly string[] => {
  const filter = policy.filters?.byTable[table];

  return filter ? namesIn(filter) : [];
};

/** A row that says No (F-57), or for which the filter of its table does not hold. What is not known lets it in. */
export function isKeptOut({ policy, nowMs }: DecisionContext, row: DraftRow): boolean {
  const { filters } = policy;
  if (row.filter === false && !filters?.ignoresSyncColumn) return true;
  if (!row.named && isOnlyNamed(filters, row.table)) return true;
  const filter = filters?.byTable[row.table];

  return filter !== undefined && holds(filter, knownOf(row, nowMs)) === false;
}

/** Rows of the table stay out until somebody names them. */
export const isOnlyNamed = (filters: Filters | undefined, table: string): boolean =>
  filters?.onlyNamed?.includes(table) ?? false;

/** A record that is in Marketo names the row, and says so as long as Marketo lacks the row. */
export function markNamed(draft: Draft): void {
  const crm = draft.record.entity ? activeRow(draft.record, 'dynamics') : undefined;
  if (!crm || crm.named) draft.nothing = 'stale';
  else crm.named = true;
}

/** What Marketo has was let in before the rules said so; a role, which may be told by a row of another table, names that itself. */
function markPresent({ record, context }: Draft): void {
  const crm = activeRow(record, 'dynamics');
  const isPresent = record.entity === 'role' || activeRow(record, 'marketo') !== undefined;
  if (crm && isPresent && !crm.named && isOnlyNamed(context.policy.filters, crm.table)) crm.named = true;
}

const knownOf = (row: DraftRow, nowMs: number): Known => ({
  facetsOf: (column) => row.filtered?.[column]?.values,
  nowMs,
});

/** Marks since when a row stays out, and when that may turn without an event. */
export function markKeptOut(draft: Draft): void {
  const { record, context } = draft;
  markPresent(draft);
  for (const row of record.rows) if (row.system === 'dynamics') markRow(context, row);
  const crm = activeRow(record, 'dynamics');
  if (!crm || crm.deletedAt || !tellsKeptOut(context)) return;
  const value = crm.outSince !== undefined;
  if (record.fields[keptOutField]?.value === value) return;
  setField(draft, keptOutField, { value, source: 'dynamics', changedAt: null, rule: 'filter' });
}

/** The mapping has a field of Marketo that tells who stays out. */
export const tellsKeptOut = ({ mapping }: DecisionContext): boolean =>
  planOf(mapping).fields.has(keptOutField);

function markRow(context: DecisionContext, row: DraftRow): void {
  const { policy, nowMs } = context;
  if (isKeptOut(context, row)) row.outSince ??= isoTime(nowMs);
  else if (row.outSince !== undefined) delete row.outSince;
  const filter = policy.filters?.byTable[row.table];
  markTurn(row, filter && !row.deletedAt ? turnsAtMs(filter, knownOf(row, nowMs)) : null);
}

function markTurn(row: DraftRow, turnsMs: number | null): void {
  if (turnsMs !== null) row.turnsAtMs = turnsMs;
  else if (row.turnsAtMs !== undefined) delete row.turnsAtMs;
}
