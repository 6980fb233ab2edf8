import {
  compareSequence,
  isAfter,
  type ChangeEvent,
  type Scalar,
  type Sequence,
} from '@lockstep/change-events';
import { meetCreated } from './absorbCreation.ts';
import { hasCustomerNews, noteForAttach } from './attach.ts';
import { releaseClosed } from './closedRow.ts';
import { overwriteEdits } from './companyEdits.ts';
import { activeRow, addRow, type Draft, type DraftRow } from './decision.ts';
import { hasFilterNews, noteFilters } from './keptOut.ts';
import { rowItself } from './entityTypes.ts';
import type { MappingRow } from './mapping.ts';
import { setField } from './applyChange.ts';
import { isAsBefore, observe } from './observe.ts';
import { read, type Reading } from './projection.ts';
import { carryOn, inherit } from './qualify.ts';
import { noteMerge } from './mergedRow.ts';

/** Takes a row of Dynamics into the record: ordered by version, deletes by page (design section 4, Order). */
export function absorbDynamics(draft: Draft, table: string, event: ChangeEvent): void {
  const known = draft.record.rows.find((row) => row.table === table && row.id === event.recordId);
  if (event.operation === 'DELETE') return absorbDelete(draft, known ?? meetRow(draft, table, event), event);
  if (known && isStale(draft, known, event)) {
    draft.nothing = 'stale';
    return;
  }
  const row = known ?? meetRow(draft, table, event);
  absorbRow(draft, row, event);
  if (row.active) mirror(draft, row);
}

function isStale(draft: Draft, row: DraftRow, event: ChangeEvent): boolean {
  if (row.deletedAt && !isAfter(event.page, row.deletedAt)) return true;
  const order = compareSequence(event.version, row.version);
  if (order !== 0) return order < 0;
  return (
    !hasFilterNews(draft, row, event) &&
    !hasCustomerNews(draft, row, event) &&
    !draft.context.mapping.some((field) => isNews(row, field, event))
  );
}

/**
 * A column that joins the selection is told with the version that the row has had all along (F-54): what was not seen at
 * that version is news. A column that was seen says the same again, whatever its label is called now.
 */
function isNews(row: DraftRow, mapping: MappingRow, event: ChangeEvent): boolean {
  if (!row.active || readingOf(row, mapping, event) === null) return false;
  const seen = row.seen[mapping.field];
  return seen === undefined || isAfter(event.version, seen.at);
}

/** A delete may overtake the first sight of its row in the backfill lane: it is kept, so that it outranks that page. */
function absorbDelete(draft: Draft, row: DraftRow, event: ChangeEvent): void {
  if (row.deletedAt || isAfter(row.page, event.page)) {
    draft.nothing = 'stale';
    return;
  }
  row.deletedAt = event.page;
  row.page = event.page;
  row.inFlight = {};
  delete row.ends;
  draft.record.outbox = draft.record.outbox.filter(
    (entry) => entry.kind !== 'dynamics-write' || entry.rowId !== row.id,
  );
  if (row.active) mirror(draft, row);
}

function meetRow(draft: Draft, table: string, event: ChangeEvent): DraftRow {
  return meetCreated(draft, table, event) ?? addRowOf(draft, table, event);
}

function addRowOf(draft: Draft, table: string, event: ChangeEvent): DraftRow {
  const row = addRow(draft, {
    system: 'dynamics',
    table,
    id: event.recordId,
    active: activeRow(draft.record, 'dynamics') === undefined,
    page: event.page,
  });
  if (row.active) draft.record.kind = table === 'contact' ? 'contact' : 'lead';
  return row;
}

function absorbRow(draft: Draft, row: DraftRow, event: ChangeEvent): void {
  const fields = event.fields ?? {};
  const at = event.version ?? event.page;
  noteFilters(draft, row, event, !isUnchecked(event));
  noteForAttach(draft, row, event, !isUnchecked(event));
  noteMerge(row, fields);
  releaseClosed(row, event.version);
  overwriteEdits(draft, row, event.version);
  const former = carryOn(draft, row);
  const readings = readingsOf(draft, row, { event, at, isFirst: former !== null });
  noteUnproven(row, event, readings);
  for (const { mapping, reading } of readings) {
    if (row.unproven?.includes(mapping.field)) continue;
    inherit(row, former, mapping, reading);
    observe(draft, { row, mapping, reading, at, changedAt: event.changedAt });
  }
  row.deletedAt = null;
  row.missing = false;
  row.version = event.version;
  if (isAfter(event.page, row.page)) row.page = event.page;
}

type FieldReading = { readonly mapping: MappingRow; readonly reading: Reading };

/** An event of a row, its version, and whether the row is to inherit from another one. */
type RowEvent = { readonly event: ChangeEvent; readonly at: Sequence; readonly isFirst: boolean };

/**
 * What an event shows of the active row that has to be looked at; at a version that is known, only what was not seen at it.
 */
function readingsOf(draft: Draft, row: DraftRow, rowEvent: RowEvent): readonly FieldReading[] {
  if (!row.active) return [];
  const { event } = rowEvent;
  const isRepeat = row.version !== null && compareSequence(event.version, row.version) === 0;
  const readings: FieldReading[] = [];
  for (const mapping of draft.context.mapping) {
    if (isRepeat && !isNews(row, mapping, event)) continue;
    const reading = otherThanBefore(row, mapping, rowEvent);
    if (reading) readings.push({ mapping, reading });
  }
  return readings;
}

function otherThanBefore(
  row: DraftRow,
  mapping: MappingRow,
  { event, at, isFirst }: RowEvent,
): Reading | null {
  const value = event.fields?.[mapping.columns[row.table] ?? ''];
  if (!isFirst && isAsBefore(row, mapping, { value, at })) return null;

  return readingOf(row, mapping, event);
}

/**
 * Column security answers null for a column that we may no longer read. Pages are checked for that before they are
 * published; a row read by id, or the answer to a write, is not (its page is 0). A blank that only such a read shows waits
 * for the page that shows the same version.
 */
function noteUnproven(row: DraftRow, event: ChangeEvent, readings: readonly FieldReading[]): void {
  if (row.unproven) delete row.unproven;
  if (!isUnchecked(event)) return;
  const blanks = readings.filter(({ mapping, reading }) => isBlankUnlikeSeen(row, mapping, reading));
  if (blanks.length > 0) row.unproven = blanks.map(({ mapping }) => mapping.field);
}

const isBlankUnlikeSeen = (row: DraftRow, { field }: MappingRow, { side }: Reading): boolean =>
  side === null && (row.seen[field]?.value ?? null) !== null;

const isUnchecked = (event: ChangeEvent): boolean => event.page.epoch === 0;

/** What an event shows of a field; null when it was not read, or the table has no column for it. */
export function readingOf(row: DraftRow, mapping: MappingRow, event: ChangeEvent): Reading | null {
  const column = mapping.columns[row.table];
  if (column === rowItself) return read('dynamics', mapping, { id: row.id, table: row.table });
  const value = column === undefined ? undefined : event.fields?.[column];
  return value === undefined ? null : read('dynamics', mapping, value);
}

/** Fields of persons in Marketo that mirror the linked row itself (F-29, F-45). */
function mirror(draft: Draft, row: DraftRow): void {
  if (draft.record.entity) return;
  reflect(draft, 'lockstepId', draft.record.goldenId);
  reflect(draft, 'crmId', row.id);
  reflect(draft, 'crmType', row.table === 'contact' ? 'Contact' : 'Lead');
  reflect(draft, 'crmIsDeleted', row.deletedAt !== null);
}

function reflect(draft: Draft, name: string, value: Scalar): void {
  if (draft.record.fields[name]?.value === value) return;
  setField(draft, name, { value, source: 'dynamics', changedAt: null, rule: 'mirror' });
}
