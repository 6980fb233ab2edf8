import { compareSequence, isAfter, type Scalar, type Sequence } from '@lockstep/change-events';
import { openValues, type Draft, type DraftRow } from './decision.ts';
import type { GoldenField, SeenValue } from './goldenRecord.ts';
import type { MappingRow } from './mapping.ts';
import { isBlank, isCutOf, project, read, type Reading } from './projection.ts';
import { heldForReview, type Dispute, type Ruling } from './conflictPolicies.ts';
import { hold, release } from './review.ts';
import { consentRule, isUnited, maySpeak, ruleOnConflict, ruleOnWrite } from './policy.ts';
import { uniteOptions } from './severalOptions.ts';

/** One value of one field, as one row shows it. */
export type Observation = {
  readonly row: DraftRow;
  readonly mapping: MappingRow;
  readonly reading: Reading;
  /** The version or the call number that showed it. */
  readonly at: Sequence;
  readonly changedAt: string | null;
  /**
   * The value that the edit was made on top of, when that is known: the edit knows of it, and cannot collide with the golden
   * value while that is still the same.
   */
  readonly madeOn?: Scalar | undefined;
};

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
  if (isOnItsWay(draft, observation)) {
    row.seen[mapping.field] = { value: reading.side, at, ...unconfirmedIn(row, seen, reading.side) };
    return;
  }
  row.seen[mapping.field] = { value: reading.side, at };
  release(row, mapping);
  const madeOn = observation.madeOn === undefined ? seen?.value : observation.madeOn;
  const { changedAt } = observation;
  const change: Observation = { row, mapping, reading, at, changedAt, madeOn };
  applyChange(draft, change, isFirstMeeting(draft, change));
}

/** Nearly all fields of nearly all events: spelled out, because a spread with a member behind it costs many times as much. */
const seenAgain = (seen: SeenValue, at: Sequence): SeenValue =>
  seen.unconfirmed ? { ...seen, at } : { value: seen.value, at };

/**
 * A person that carries our golden id was made by us: what it holds beyond that, people have put there since. What it does
 * not hold it may never have got: the field was not there, or refused our value.
 */
function isFirstMeeting(draft: Draft, { row, reading, madeOn }: Observation): boolean {
  const isOurs = row.system === 'marketo' && row.seen['lockstepId']?.value === draft.record.goldenId;
  return madeOn === undefined && (!isOurs || isBlank(reading.golden));
}

/** Marketo may hold the beginning of a text that is longer than its field. */
function isOnItsWay(draft: Draft, { row, mapping, reading }: Observation): boolean {
  const { side } = reading;
  const inFlight = row.inFlight[mapping.field]?.value;
  if (inFlight === side) return true;
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
function unconfirmedIn(
  row: DraftRow,
  before: DraftRow['seen'][string] | undefined,
  value: Scalar,
): Pick<DraftRow['seen'][string], 'unconfirmed' | 'written'> {
  if (row.system !== 'marketo') return {};
  const former = before?.unconfirmed ? [...(before.written ?? []), before.value] : [];
  const written = former.at(-1) === value ? former.slice(0, -1) : former;
  return { unconfirmed: true, ...(written.length > 0 ? { written: written.slice(-writtenKeptMax) } : {}) };
}

/** A write that a side is known to have accepted, at the version or call number of the answer. */
export type Accepted = {
  readonly row: DraftRow;
  readonly mapping: MappingRow;
  readonly value: Scalar;
  readonly at: Sequence;
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
  row.seen[mapping.field] = { value, at, ...(isPending ? unconfirmedIn(row, seen, value) : {}) };
}

/** Both sides held the value for a moment: that is the base of what was edited on top of it. */
function settleLate(draft: Draft, { row, mapping, value }: Accepted, seen: DraftRow['seen'][string]): void {
  const field = draft.record.fields[mapping.field];
  if (seen.value === value || !field || project(row.system, mapping, field.value) !== value) return;
  draft.record.fields[mapping.field] = { ...field, base: field.value };
  const reading = read(row.system, mapping, seen.value);
  applyChange(draft, { row, mapping, reading, at: seen.at, changedAt: null, madeOn: value }, false);
}

/** Takes a side's change into the golden record, or rules on the conflict it makes. */
export function applyChange(draft: Draft, observation: Observation, first: boolean): void {
  const { mapping, reading, row } = observation;
  const field = draft.record.fields[mapping.field];
  if (!field) {
    if (maySpeak(row.system, mapping)) take(draft, observation, 'first-value');
    return;
  }
  if (project(row.system, mapping, field.value) === reading.side) return;
  if (first && isBlank(reading.golden)) return;
  if (!maySpeak(row.system, mapping)) return keepOneWay(draft, observation, { field, first });
  dispute(draft, observation, { field, first });
}

/** The policies of the field say whether it may change, and who wins when it is disputed. */
function dispute(
  draft: Draft,
  observation: Observation,
  { field, first }: { readonly field: GoldenField; readonly first: boolean },
): void {
  const { mapping } = observation;
  const disputed = disputeOf(draft, observation, field);
  const refusal = ruleOnWrite(mapping, disputed, first);
  if (refusal) return keepLoser(draft, observation, refusal);
  if (missedOptOut(observation, field))
    return keepLoser(draft, observation, { winner: field.source, rule: 'opt-out-wins' });
  if (isUnited(mapping, draft.record.kind)) return unite(draft, observation, { field, first });
  const rule = undisputed(observation, field, first);
  if (rule) return take(draft, observation, rule);
  decideConflict(draft, observation, ruleOnConflict(mapping, disputed));
}

/** What an edit added and took away counts beside what the other side did; what it was made on top of is its base. */
function unite(
  draft: Draft,
  { row, mapping, reading, madeOn, changedAt }: Observation,
  { field, first }: { readonly field: GoldenField; readonly first: boolean },
): void {
  const known = madeOn === undefined ? (field.base ?? null) : read(row.system, mapping, madeOn).golden;
  const base = first ? null : known;
  const value = uniteOptions(mapping, { held: field.value, incoming: reading.golden, base });
  if (value === field.value) return;
  setField(draft, mapping.field, { value, source: row.system, changedAt, rule: 'union' });
}

/** The address has opted out, and who lifted the record's own opt-out could not know of that yet (F-43). */
function missedOptOut({ mapping, row, madeOn }: Observation, field: GoldenField): boolean {
  const { rule, value, agreed } = field;
  return rule === consentRule && value === true && !agreed && madeOn !== project(row.system, mapping, value);
}

function disputeOf(
  { record }: Draft,
  { row, reading, changedAt }: Observation,
  { source, value, changedAt: heldAt }: GoldenField,
): Dispute {
  return {
    kind: record.kind,
    held: { from: source, value, changedAt: heldAt },
    incoming: { from: row.system, value: reading.golden, changedAt },
  };
}

/** A side that may not speak for a field loses, except that what it held before it was met is no edit. */
function keepOneWay(
  draft: Draft,
  observation: Observation,
  { field, first }: { field: GoldenField; first: boolean },
): void {
  if (!first) keepLoser(draft, observation, { winner: field.source, rule: 'one-way' });
}

/** Why a change simply holds; null when it collides with a value of the other side that is not agreed. */
function undisputed(
  { mapping, row, madeOn }: Observation,
  field: GoldenField,
  first: boolean,
): string | null {
  if (field.source === row.system) return 'changed';
  if (madeOn !== undefined && madeOn === project(row.system, mapping, field.value)) return 'changed';
  if (first) return isBlank(field.value) ? 'blank-never-wins' : null;
  return field.agreed ? 'changed' : null;
}

function take(draft: Draft, observation: Observation, rule: string): void {
  const { mapping, reading, row, changedAt } = observation;
  setField(draft, mapping.field, { value: reading.golden, source: row.system, changedAt, rule });
}

/** Gives a golden field a new value; what was agreed stays known as its base. */
export function setField(
  draft: Draft,
  name: string,
  next: Pick<GoldenField, 'value' | 'source' | 'changedAt' | 'rule'>,
): void {
  const former = draft.record.fields[name];
  const { value, source, changedAt, rule } = next;
  const { eventId } = draft.cause;
  draft.record.fields[name] = { value, source, changedAt, rule, eventId, base: former?.base, agreed: false };
  draft.changed.set(name, {
    field: name,
    before: draft.changed.get(name)?.before ?? former?.value ?? null,
    after: next.value,
    source: next.source,
    rule: next.rule,
  });
}

function decideConflict(draft: Draft, observation: Observation, ruling: Ruling): void {
  if (ruling.winner !== observation.row.system) {
    keepLoser(draft, observation, ruling);
    if (ruling.rule === heldForReview) hold(draft, observation);
    return;
  }
  const { mapping, reading } = observation;
  record(draft, mapping, { ruling, winner: reading.golden, loser: goldenValue(draft, mapping) });
  take(draft, observation, ruling.rule);
}

/** What a side brought is kept as the loser; the golden value holds. */
function keepLoser(draft: Draft, { mapping, reading }: Observation, ruling: Ruling): void {
  record(draft, mapping, { ruling, winner: goldenValue(draft, mapping), loser: reading.golden });
}

const goldenValue = ({ record }: Draft, { field }: MappingRow): Scalar => record.fields[field]?.value ?? null;

/** Records a conflict with both values. */
function record(
  draft: Draft,
  { field }: MappingRow,
  { ruling, winner, loser }: { readonly ruling: Ruling; readonly winner: Scalar; readonly loser: Scalar },
): void {
  draft.conflicts.push({
    field,
    winner: ruling.winner,
    winnerValue: winner,
    loserValue: loser,
    rule: ruling.rule,
    at: new Date(draft.context.nowMs).toISOString(),
  });
}
