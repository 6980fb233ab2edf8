import { isAfter, type ChangeEvent, type DynamicsOutcome, type Scalar } from '@lockstep/change-events';
import { applyChange, type Observation } from './applyChange.ts';
import { absorbCarriedOut } from './absorbCarriedOut.ts';
import { absorbCreation } from './absorbCreation.ts';
import { absorbEnd } from './absorbEnd.ts';
import { readingOf } from './absorbDynamics.ts';
import { isOutdatedRefusal } from './closedRow.ts';
import type { Draft, DraftRow } from './decision.ts';
import { isPassed, type DynamicsWriteEntry } from './outbox.ts';
import { heldIn, keepConflict } from './keepConflict.ts';
import type { MappingRow } from './mapping.ts';
import { observe, settle } from './observe.ts';
import { project } from './projection.ts';
import { alteredCode } from './review.ts';
import { saying } from './troubles.ts';

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
  const { ends, into } = entry;
  if (ends) return absorbEnd(draft, { row, ends, into, written, event });
  if (written.result === 'MISSING') row.missing = true;
  absorbAnswers(draft, row, { entry, written, event });
}

function absorbAnswers(draft: Draft, row: DraftRow, { entry, written, event }: WriteAnswer): void {
  const { inFlight } = row;
  row.inFlight = {};
  if (entry.ifMatch && isOutdatedRefusal(row, entry.ifMatch, written)) return;
  const isUndone = written.code === null && entry.attempts === 0;
  for (const mapping of draft.context.mapping) {
    const sent = inFlight[mapping.field];
    if (sent) absorbAnswer(draft, { entry, row, mapping, sent: sent.value, isUndone, written, event });
  }
}

type Answer = {
  readonly entry: DynamicsWriteEntry;
  readonly row: DraftRow;
  readonly mapping: MappingRow;
  readonly sent: Scalar;
  /** The only attempt was answered: unless it was written, nothing was. */
  readonly isUndone: boolean;
  readonly written: DynamicsOutcome;
  readonly event: ChangeEvent | null;
};

/** What an answer says about one field that was sent. A refusal that names no field parks all of them. */
function absorbAnswer(draft: Draft, answer: Answer): void {
  const { row, mapping, sent, written, event } = answer;
  switch (written.result) {
    case 'WRITTEN':
      return event ? settleWritten(draft, answer, event) : undefined;
    case 'STALE':
      return event ? settleStale(draft, answer, event) : undefined;
    case 'REFUSED':
      if (written.field === null || written.field === mapping.columns[row.table]) {
        const code = written.code ?? 'DYNAMICS_REFUSED';
        row.parked[mapping.field] = { value: sent, code, ...saying(written.detail) };
      }
      return;
    case 'MISSING':
  }
}

function settleWritten(draft: Draft, answer: Answer, event: ChangeEvent): void {
  const { row, mapping, sent } = answer;
  const { version: at, changedAt } = event;
  if (!at) return;
  settle(draft, { row, mapping, value: sent, at });
  const reading = readingOf(row, mapping, event);
  if (reading && reading.side !== sent) noteAltered(draft, { row, mapping, reading, at, changedAt }, sent);
}

/**
 * The answer to our own write shows another value: that is an edit of Dynamics. Where the rules do not take it, the same write
 * would be answered in the same way for ever. A blank may be a column that may not be read.
 */
function noteAltered(draft: Draft, shown: Observation, sent: Scalar): void {
  const { row, mapping, reading } = shown;
  if (reading.side === null) return;
  observe(draft, shown);
  const golden = draft.record.fields[mapping.field]?.value ?? null;
  if (project('dynamics', mapping, golden) === sent)
    row.parked[mapping.field] = { value: sent, code: alteredCode };
}

/**
 * The row moved on from the version our write was guarded by. It may show our value: then that is our own echo, unless nothing
 * was written. When the answer was lost and the row shows the former value, nobody can tell "never applied" from "applied and
 * put back": we write again, and keep what was there as the loser of a conflict.
 */
function settleStale(draft: Draft, answer: Answer, event: ChangeEvent): void {
  const { row, mapping, sent, written } = answer;
  const { version: at, changedAt } = event;
  const reading = readingOf(row, mapping, event);
  if (!at || !reading) return;
  if (reading.side === sent) return settleShown(draft, answer, { row, mapping, reading, at, changedAt });
  const isAnswerLost = written.code !== null;
  if (isAnswerLost && reading.side === row.seen[mapping.field]?.value)
    keepReverted(draft, { row, mapping, reading, at, changedAt });
}

function settleShown(draft: Draft, { entry, row, isUndone }: Answer, shown: Observation): void {
  if (isUndone) reopen(draft, shown);
  else if (!isPassed(entry, row)) recognise(shown);
}

/** Our own echo. */
function recognise({ row, mapping, reading, at }: Observation): void {
  if (isAfter(at, row.seen[mapping.field]?.at)) row.seen[mapping.field] = { value: reading.side, at };
}

/** Somebody's edit of the same value, which a page has shown already. What no page has shown is decided with the row. */
function reopen(draft: Draft, edit: Observation): void {
  const { row, mapping, reading } = edit;
  if (row.seen[mapping.field]?.value === reading.side) applyChange(draft, { ...edit, isOthers: true }, false);
}

function keepReverted(draft: Draft, { mapping, reading, changedAt }: Observation): void {
  const { field } = mapping;
  const loser = { from: 'dynamics', value: reading.golden, changedAt } as const;
  const ruling = { winner: 'marketo', rule: 'outcome-unknown' } as const;
  keepConflict(draft, field, { ruling, winner: heldIn(draft.record.fields[field]), loser });
}
