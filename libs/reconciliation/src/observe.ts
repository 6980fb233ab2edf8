import {
  compareSequence,
  isAfter,
  type FieldValue,
  type Scalar,
  type ScalarValues,
  type Sequence,
} from '@lockstep/change-events';
import { applyChange, type Observation } from './applyChange.ts';
import { isOlder } from './consent.ts';
import { type Draft, type DraftRow, openFields, openValues } from './decision.ts';
import type { GoldenField } from './goldenRecord.ts';
import type { SeenValue } from './linkedRow.ts';
import type { MappingRow } from './mapping.ts';
import { consentRule } from './policy.ts';
import { isPassed } from './outbox.ts';
import { isBlank, isCutOf, plainSide, project, read } from './projection.ts';
import { release } from './review.ts';

/**
 * A change is a difference to what the row was *seen* to hold. While the outcome of a write is unknown its value counts
 * as our own echo; what is older than what is known says nothing (design section 5, echoes).
 */
export function observe(draft: Draft, observation: Observation): void {
  const { row, mapping, reading, at } = observation;
  const seen = row.seen[mapping.field];
  if (seen && compareSequence(at, seen.at) < 0) return;
  if (seen?.value === reading.side) {
    row.seen[mapping.field] = seenAgain(seen, at);
    return;
  }
  if (isEcho(draft, observation)) return noteEcho(observation, seen);
  if (observation.isOwn) return noteOwn(observation, seen);
  row.seen[mapping.field] = { value: reading.side, at };
  release(row, mapping);
  takeChange(draft, observation, seen);
}

const isEcho = (draft: Draft, observation: Observation): boolean =>
  !observation.isOthers && (isUntoldWrite(observation) || isOnItsWay(draft, observation));

/** A command that another one overtook may show before the feed tells of it. */
const isUntoldWrite = ({ row, mapping, reading, isStateAlone }: Observation): boolean =>
  isStateAlone === true && row.seen[mapping.field]?.written?.includes(reading.side) === true;

/** A write of ours shows; it ran over whatever was held. */
function noteEcho({ row, mapping, reading, at }: Observation, seen: SeenValue | undefined): void {
  row.seen[mapping.field] = writtenThere(row, seen, { value: reading.side, at });
  release(row, mapping);
}

function takeChange(draft: Draft, observation: Observation, seen: SeenValue | undefined): void {
  const { row, mapping, reading, at, changedAt } = observation;
  const { madeOn = seen ? seen.value : madeWith(draft, observation) } = observation;
  const change: Observation = { row, mapping, reading, at, changedAt, madeOn };
  applyChange(draft, change, isFirstMeeting(draft, change));
}

/** What the feed tells to be a write of ours is no edit, although another command has overtaken it since. */
function noteOwn({ row, mapping, reading, at }: Observation, seen: SeenValue | undefined): void {
  const shown = { value: reading.side, at };
  row.seen[mapping.field] = seen?.written ? { ...shown, written: seen.written } : shown;
  // It ran over whatever was held.
  release(row, mapping);
}

/**
 * Nearly all fields of nearly all events: the row shows what it was seen to hold, and the feed has told of it. True when that
 * is so, and noted; all else is for `observe`.
 */
export function isAsBefore(row: DraftRow, mapping: MappingRow, shown: Shown): boolean {
  const { value, at } = shown;
  const seen = row.seen[mapping.field];
  if (value === undefined || seen === undefined || isUntold(seen)) return false;
  if (plainSide(row.system, mapping, value) !== seen.value) return false;
  if (compareSequence(at, seen.at) > 0) row.seen[mapping.field] = { value: seen.value, at };

  return true;
}

/** The value of one field in an event, undefined when it was not read, and the version or call number that showed it. */
export type Shown = { readonly value: FieldValue | undefined; readonly at: Sequence };

/** Spelled out, because a spread with a member behind it costs many times as much. */
const seenAgain = (seen: SeenValue, at: Sequence): SeenValue =>
  isUntold(seen) ? { ...seen, at } : { value: seen.value, at };

/** The feed has not told yet of all that we wrote there. */
export const isUntold = (seen: SeenValue): boolean => seen.unconfirmed === true || seen.written !== undefined;

/** What is known to be written there, or may be, and the feed has not told of, oldest first. */
export function untold(seen: SeenValue | undefined): readonly Scalar[] {
  if (!seen || !isUntold(seen)) return nothingWritten;
  const { written = nothingWritten, unconfirmed, value } = seen;

  return unconfirmed ? [...written, value] : written;
}

const nothingWritten: readonly Scalar[] = [];

/**
 * A person that carries our golden id was made by us: what it holds beyond that, people have put there since. What it does
 * not hold it may never have got: the field was not there, or refused our value. Of one that was known before, where no command says
 * anything of it, the field lived elsewhere.
 */
function isFirstMeeting(draft: Draft, { row, mapping, reading, madeOn }: Observation): boolean {
  if (madeOn !== undefined) return false;
  if (!isOurs(draft, row) || isBlank(reading.golden)) return true;

  return wasMet(draft, row) && openValues(draft, mapping.marketo).length === 0;
}

const wasMet = ({ before }: Draft, { id }: DraftRow): boolean =>
  before.rows.some(
    (row) => row.system === 'marketo' && row.id === id && row.seen['lockstepId'] !== undefined,
  );

/** A person that carries our golden id. */
const isOurs = ({ record }: Draft, row: DraftRow): boolean =>
  row.system === 'marketo' && row.seen['lockstepId']?.value === record.goldenId;

/**
 * What we gave the only person of a record that we made ourselves, whose answer we have not heard: what it holds now was
 * edited on top of that. Undefined where that is not known.
 */
export function madeWith(
  draft: Draft,
  { row, mapping }: Pick<Observation, 'row' | 'mapping'>,
): Scalar | undefined {
  const isOnly = draft.record.rows.every((other) => other === row || other.system !== 'marketo');
  if (!isOnly || !isOurs(draft, row)) return undefined;
  // One that makes a person carries every field that there is.
  if (openFields(draft).some((fields) => isWhole(fields) && fields[mapping.marketo] === undefined))
    return undefined;
  const [first, ...others] = openValues(draft, mapping.marketo);

  return others.every((value) => value === first) ? first : undefined;
}

const isWhole = ({ lockstepId }: ScalarValues): boolean => lockstepId !== undefined;

/** Marketo may hold the beginning of a text that is longer than its field. */
function isOnItsWay(draft: Draft, { row, mapping, reading }: Observation): boolean {
  const { side } = reading;
  const inFlight = row.inFlight[mapping.field]?.value;
  if (inFlight === side) return !draft.record.outbox.some((entry) => isPassed(entry, row));
  if (row.system !== 'marketo') return false;
  const open = openValues(draft, mapping.marketo);
  return (
    open.includes(side) ||
    [...open, inFlight].some((value) => isCutOf(value, side)) ||
    isCutNow(row, mapping, side)
  );
}

/** What was sent although it is too long stays whole in *seen* until Marketo shows that it was cut. */
function isCutNow(row: DraftRow, { field }: MappingRow, side: Scalar): boolean {
  const parked = row.parked[field]?.value;
  return isCutOf(parked, side) && row.seen[field]?.value === parked;
}

const writtenKeptMax = 10;

/** Our value in Marketo waits for its feed row; so do the values that we wrote just before it. */
function writtenThere(row: DraftRow, before: SeenValue | undefined, { value, at }: SeenValue): SeenValue {
  if (row.system !== 'marketo') return { value, at };
  const former = untold(before);
  const written = former.at(-1) === value ? former.slice(0, -1) : former;
  if (written.length === 0) return { value, at, unconfirmed: true };
  return { value, at, unconfirmed: true, written: written.slice(-writtenKeptMax) };
}

/**
 * Commands that another one overtook are not heard of any more. They may have been delivered before it, so that the feed may
 * tell of them.
 */
export function keepOvertaken(
  row: DraftRow,
  { field, marketo }: MappingRow,
  commands: readonly ScalarValues[],
): void {
  const seen = row.seen[field];
  const values = commands.flatMap(({ [marketo]: value }) => (value === undefined ? [] : [value]));
  if (!seen || values.length === 0) return;
  row.seen[field] = { ...seen, written: [...(seen.written ?? []), ...values].slice(-writtenKeptMax) };
}

/** A write that a side is known to have accepted, at the version or call number of the answer. */
export type Accepted = {
  readonly row: DraftRow;
  readonly mapping: MappingRow;
  readonly value: Scalar;
  readonly at: Sequence;
  /** When the answer was given, as an ISO time, where that is told. */
  readonly answeredAt?: string;
};

/**
 * Our write is known to have been accepted. It never overwrites what a later read has shown: a later read that differs is
 * an edit made on top of our write: it holds, unless the golden value has moved on since.
 */
export function settle(draft: Draft, accepted: Accepted): void {
  const { row, mapping, value, at } = accepted;
  const seen = row.seen[mapping.field];
  if (seen && isAfter(seen.at, at)) return settleLate(draft, accepted, seen);
  const isPending = seen?.value !== value || seen.unconfirmed === true;
  row.seen[mapping.field] = isPending ? writtenThere(row, seen, { value, at }) : { value, at };
  // It ran over whatever was held.
  release(row, mapping);
}

/** Both sides held the value for a moment: that is the base of what was edited on top of it. */
function settleLate(draft: Draft, accepted: Accepted, seen: DraftRow['seen'][string]): void {
  const { row, mapping, value, answeredAt } = accepted;
  const field = draft.record.fields[mapping.field];
  if (!field || !isEditOn(value, seen)) return;
  if (mapping.optOut && isOptOutSince(field, answeredAt)) return;
  if (project(row.system, mapping, field.value) !== value) return;
  draft.record.fields[mapping.field] = { ...field, base: field.value };
  const reading = read(row.system, mapping, seen.value);
  applyChange(draft, { row, mapping, reading, at: seen.at, changedAt: null, madeOn: value }, false);
}

/** What is there now may be a later write of ours, or was decided beside one. */
const isEditOn = (written: Scalar, seen: SeenValue): boolean =>
  seen.value !== written && !seen.unconfirmed && !seen.written?.includes(written);

/**
 * Somebody opted out after our write, which had the same value: the edit in between could not know of that. In the same second it
 * counts as after where another record of the address said so.
 */
function isOptOutSince({ rule, value, changedAt }: GoldenField, answeredAt: string | undefined): boolean {
  if (value !== true || answeredAt === undefined || changedAt === null) return false;

  return rule === consentRule ? !isOlder(changedAt, answeredAt) : isOlder(answeredAt, changedAt);
}
