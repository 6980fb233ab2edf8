import { compareSequence, isAfter, type Scalar, type Sequence } from '@lockstep/change-events';
import { openValues, type Draft, type DraftRow } from './decision.ts';
import type { MappingRow } from './mapping.ts';
import { isBlank, project, read, type Reading } from './projection.ts';
import { maySpeak, ruleOnConflict, type Ruling } from './policy.ts';

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
  if (isOnItsWay(draft, observation)) {
    row.seen[mapping.field] = { value: reading.side, at, ...unconfirmedIn(row, seen, reading.side) };
    return;
  }
  if (seen && seen.value === reading.side) {
    seen.at = at;
    return;
  }
  row.seen[mapping.field] = { value: reading.side, at };
  const { madeOn = seen?.value } = observation;
  applyChange(draft, { ...observation, madeOn }, seen === undefined);
}

function isOnItsWay(draft: Draft, { row, mapping, reading }: Observation): boolean {
  if (row.inFlight[mapping.field]?.value === reading.side) return true;
  return row.system === 'marketo' && openValues(draft, mapping.marketo).includes(reading.side);
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

/**
 * Our write is known to have been accepted at `at`. It never overwrites what a later read has shown: a later read that
 * differs is an edit made on top of our write.
 */
export function settle(
  draft: Draft,
  row: DraftRow,
  mapping: MappingRow,
  accepted: Scalar,
  at: Sequence,
): void {
  const seen = row.seen[mapping.field];
  if (!seen || !isAfter(seen.at, at)) {
    const moved = seen?.value !== accepted;
    const pending = row.system === 'marketo' && (moved || seen?.unconfirmed === true);
    row.seen[mapping.field] = { value: accepted, at, ...(pending ? unconfirmedIn(row, seen, accepted) : {}) };
    return;
  }
  if (seen.value === accepted) return;
  const reading = read(row.system, mapping, seen.value);
  applyChange(draft, { row, mapping, reading, at: seen.at, changedAt: null, madeOn: accepted }, false);
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
  const ruling = judge(draft, observation, first);
  if (ruling === null) return take(draft, observation, 'changed');
  if (ruling.rule === 'blank-never-wins') {
    return ruling.winner === row.system ? take(draft, observation, ruling.rule) : undefined;
  }
  record(draft, observation, ruling);
}

/** Null when the change simply holds; otherwise who wins and why. */
function judge(draft: Draft, observation: Observation, first: boolean): Ruling | null {
  const { mapping, reading, row, madeOn } = observation;
  const field = draft.record.fields[mapping.field];
  const other = row.system === 'dynamics' ? 'marketo' : 'dynamics';
  if (!field) return null;
  if (!maySpeak(row.system, mapping)) return { winner: other, rule: first ? 'blank-never-wins' : 'one-way' };
  if (first && isBlank(reading.golden)) return { winner: other, rule: 'blank-never-wins' };
  if (field.source === row.system) return null;
  if (madeOn !== undefined && madeOn === project(row.system, mapping, field.value)) return null;
  if (first && isBlank(field.value)) return { winner: row.system, rule: 'blank-never-wins' };
  if (!first && field.agreed) return null;
  return ruleOnConflict(draft.record.kind, mapping, { from: row.system, value: reading.golden });
}

function take(draft: Draft, observation: Observation, rule: string): void {
  const { mapping, reading, row, changedAt } = observation;
  setField(draft, mapping.field, { value: reading.golden, source: row.system, changedAt, rule });
}

/** Gives a golden field a new value; what was agreed stays known as its base. */
export function setField(
  draft: Draft,
  name: string,
  next: { value: Scalar; source: 'dynamics' | 'marketo'; changedAt: string | null; rule: string },
): void {
  const former = draft.record.fields[name];
  draft.record.fields[name] = { ...next, eventId: draft.cause.eventId, base: former?.base, agreed: false };
  draft.changed.set(name, {
    field: name,
    before: draft.changed.get(name)?.before ?? former?.value ?? null,
    after: next.value,
    source: next.source,
    rule: next.rule,
  });
}

function record(draft: Draft, observation: Observation, ruling: Ruling): void {
  const { mapping, reading, row } = observation;
  const goldenValue = draft.record.fields[mapping.field]?.value ?? null;
  const incomingWins = ruling.winner === row.system;
  draft.conflicts.push({
    field: mapping.field,
    winner: ruling.winner,
    winnerValue: incomingWins ? reading.golden : goldenValue,
    loserValue: incomingWins ? goldenValue : reading.golden,
    rule: ruling.rule,
    at: new Date(draft.context.nowMs).toISOString(),
  });
  if (incomingWins) take(draft, observation, ruling.rule);
}
