import {
  compareSequence,
  isAfter,
  type ChangeEvent,
  type DynamicsOutcome,
  type Scalar,
  type Sequence,
} from '@lockstep/change-events';
import { absorbCreation, meetCreated } from './absorbCreation.ts';
import { absorbCarriedOut } from './absorbCarriedOut.ts';
import { isOutdatedRefusal, releaseClosed } from './closedRow.ts';
import { overwriteEdits } from './companyEdits.ts';
import { activeRow, addRow, type Draft, type DraftRow } from './decision.ts';
import type { DynamicsWriteEntry } from './goldenRecord.ts';
import { hasFilterNews, noteFilters } from './keptOut.ts';
import type { MappingRow } from './mapping.ts';
import { observe, setField, settle } from './observe.ts';
import { read, type Reading } from './projection.ts';
import { carryOn, inherit } from './qualify.ts';
import { noteMerge } from './mergedRow.ts';
import { saying } from './troubles.ts';

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
    !hasFilterNews(draft, row, event) && !draft.context.mapping.some((field) => isNews(row, field, event))
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
  noteMerge(row, fields);
  releaseClosed(row, event.version);
  overwriteEdits(draft, row, event.version);
  const former = carryOn(draft, row);
  const readings = readingsOf(draft, row, event);
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

type Shown = { readonly mapping: MappingRow; readonly reading: Reading };

/** What an event shows of the active row; at a version that is known, only what was not seen at it. */
function readingsOf(draft: Draft, row: DraftRow, event: ChangeEvent): readonly Shown[] {
  if (!row.active) return [];
  const isRepeat = row.version !== null && compareSequence(event.version, row.version) === 0;
  const readings: Shown[] = [];
  for (const mapping of draft.context.mapping) {
    if (isRepeat && !isNews(row, mapping, event)) continue;
    const reading = readingOf(row, mapping, event);
    if (reading) readings.push({ mapping, reading });
  }
  return readings;
}

/**
 * Column security answers null for a column that we may no longer read. Pages are checked for that before they are
 * published; a row read by id, or the answer to a write, is not (its page is 0). A blank that only such a read shows waits
 * for the page that shows the same version.
 */
function noteUnproven(row: DraftRow, event: ChangeEvent, readings: readonly Shown[]): void {
  if (row.unproven) delete row.unproven;
  if (!isUnchecked(event)) return;
  const blanks = readings.filter(({ mapping, reading }) => isBlankUnlikeSeen(row, mapping, reading));
  if (blanks.length > 0) row.unproven = blanks.map(({ mapping }) => mapping.field);
}

const isBlankUnlikeSeen = (row: DraftRow, { field }: MappingRow, { side }: Reading): boolean =>
  side === null && (row.seen[field]?.value ?? null) !== null;

const isUnchecked = (event: ChangeEvent): boolean => event.page.epoch === 0;

/** What an event shows of a field; null when it was not read, or the table has no column for it. */
function readingOf(row: DraftRow, mapping: MappingRow, event: ChangeEvent): Reading | null {
  const column = mapping.columns[row.table];
  if (column === undefined || !event.fields || !(column in event.fields)) return null;
  return read('dynamics', mapping, event.fields[column] ?? null);
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

/**
 * The answer to our own guarded write. WRITTEN: what we wrote was accepted at the version of the representation, which is
 * then decided as an event of that version. STALE: somebody was first; the row as it is now is decided.
 */
export function absorbWritten(draft: Draft, written: DynamicsOutcome, event: ChangeEvent | null): void {
  const entry = draft.record.outbox.find((other) => other.entryId === written.entryId);
  if (entry?.kind === 'dynamics-request') return absorbCarriedOut(draft, entry, written);
  if (entry?.kind === 'dynamics-write') return absorbWrite(draft, { entry, written, event });
  draft.nothing = 'no-entry';
}

type WriteAnswer = {
  readonly entry: DynamicsWriteEntry;
  readonly written: DynamicsOutcome;
  readonly event: ChangeEvent | null;
};

function absorbWrite(draft: Draft, { entry, written, event }: WriteAnswer): void {
  if (entry.ifMatch === null) return absorbCreation(draft, entry, written);
  draft.record.outbox = draft.record.outbox.filter(({ entryId }) => entryId !== entry.entryId);
  const row = draft.record.rows.find((other) => other.table === entry.table && other.id === entry.rowId);
  if (!row) return;
  const { inFlight } = row;
  row.inFlight = {};
  if (written.result === 'MISSING') row.missing = true;
  if (isOutdatedRefusal(row, entry.ifMatch, written)) return;
  for (const mapping of draft.context.mapping) {
    const sent = inFlight[mapping.field];
    if (sent) absorbAnswer(draft, { row, mapping, sent: sent.value, written, event });
  }
}

type Answer = {
  readonly row: DraftRow;
  readonly mapping: MappingRow;
  readonly sent: Scalar;
  readonly written: DynamicsOutcome;
  readonly event: ChangeEvent | null;
};

/** What an answer says about one field that was sent. A refusal that names no field parks all of them. */
function absorbAnswer(draft: Draft, answer: Answer): void {
  const { row, mapping, sent, written, event } = answer;
  const at = event?.version;
  switch (written.result) {
    case 'WRITTEN':
      return at ? settle(draft, { row, mapping, value: sent, at }) : undefined;
    case 'STALE':
      return at ? settleStale(draft, answer, at) : undefined;
    case 'REFUSED':
      if (written.field === null || written.field === mapping.columns[row.table]) {
        const code = written.code ?? 'DYNAMICS_REFUSED';
        row.parked[mapping.field] = { value: sent, code, ...saying(written.detail) };
      }
      return;
    case 'MISSING':
  }
}

/**
 * The row moved on from the version our write was guarded by. It may show our value: then that is our own echo. When the
 * answer was lost and the row shows the former value, nobody can tell "never applied" from "applied and put back": we write
 * again, and keep what was there as the loser of a conflict.
 */
function settleStale(draft: Draft, answer: Answer, at: Sequence): void {
  const { row, mapping, sent, written, event } = answer;
  const reading = event ? readingOf(row, mapping, event) : null;
  if (!reading) return;
  const seen = row.seen[mapping.field];
  if (reading.side === sent && isAfter(at, seen?.at)) row.seen[mapping.field] = { value: sent, at };
  const isAnswerLost = written.code !== null;
  if (isAnswerLost && isReverted(reading, sent, seen)) keepReverted(draft, mapping, reading);
}

function isReverted(reading: Reading, sent: Scalar, seen: DraftRow['seen'][string] | undefined): boolean {
  return reading.side !== sent && reading.side === seen?.value;
}

function keepReverted(draft: Draft, mapping: MappingRow, reading: Reading): void {
  draft.conflicts.push({
    field: mapping.field,
    winner: 'marketo',
    winnerValue: draft.record.fields[mapping.field]?.value ?? null,
    loserValue: reading.golden,
    rule: 'outcome-unknown',
    at: new Date(draft.context.nowMs).toISOString(),
  });
}
