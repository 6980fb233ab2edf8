import type { Scalar, Sequence } from '@lockstep/change-events';
import { heldForReview, type Dispute, type Ruling } from './conflictPolicies.ts';
import { isOlder } from './consent.ts';
import type { Draft, DraftRow } from './decision.ts';
import type { GoldenField } from './goldenRecord.ts';
import { heldIn, keepConflict } from './keepConflict.ts';
import type { MappingRow } from './mapping.ts';
import {
  consentRule,
  firstValue,
  isUnited,
  isUnsaid,
  maySpeak,
  offRule,
  ruleOnConflict,
  ruleOnWrite,
} from './policy.ts';
import { isBlank, project, read, type Reading } from './projection.ts';
import { hold } from './review.ts';
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
  /** It is no edit: the feed tells that we wrote it, or it was one of before. */
  readonly isOwn?: boolean;
  /** No evidence of the feed comes with it, which may tell later of what we wrote there. */
  readonly isStateAlone?: boolean;
  /** Our write of the same value is known not to have been made, or not yet: what is shown is none of ours. */
  readonly isOthers?: boolean;
};

/** Takes a side's change into the golden record, or rules on the conflict it makes. */
export function applyChange(draft: Draft, observation: Observation, first: boolean): void {
  const { mapping, reading, row } = observation;
  const field = draft.record.fields[mapping.field];
  if (!field || isLeftBehind(field, observation)) return takeFirst(draft, observation);
  if (project(row.system, mapping, field.value) === reading.side) return sayAnew(draft, observation, field);
  if (first) disagree(draft, mapping, field);
  if (first && isBlank(reading.golden)) return;
  if (!maySpeak(row.system, mapping)) return keepOneWay(draft, observation, { field, first });
  dispute(draft, observation, { field, first });
}

function takeFirst(draft: Draft, observation: Observation): void {
  if (maySpeak(observation.row.system, observation.mapping)) take(draft, observation, firstValue);
}

/** What was held when the field went off is not known to be held any more; an opt-out counts until somebody lifts it. */
const isLeftBehind = ({ rule }: GoldenField, { row, mapping }: Observation): boolean =>
  rule === offRule && mapping.optOut !== true && maySpeak(row.system, mapping);

/** Who is met holds something else: what was agreed was agreed with somebody before. */
function disagree({ record }: Draft, { field: name }: MappingRow, field: GoldenField): void {
  if (field.agreed) record.fields[name] = { ...field, agreed: false };
}

/**
 * Somebody opted out, or in again, where the address had done so already: that is an edit of its own, and an opt-out one that no
 * older lift undoes (F-43).
 */
function sayAnew(
  { record, cause }: Draft,
  { mapping, row, madeOn, changedAt, isOthers }: Observation,
  field: GoldenField,
): void {
  if (field.rule !== consentRule || (madeOn === undefined && !isOthers)) return;
  const said = { source: row.system, changedAt, eventId: cause.eventId, rule: 'changed' };
  record.fields[mapping.field] = { ...field, ...said };
}

/** The policies of the field say whether it may change, and who wins when it is disputed. */
function dispute(
  draft: Draft,
  observation: Observation,
  { field, first }: { readonly field: GoldenField; readonly first: boolean },
): void {
  const { mapping } = observation;
  const refusal = mapping.write && ruleOnWrite(mapping, disputeOf(draft, observation, field), first);
  if (refusal) return keepLoser(draft, observation, refusal);
  if (missedOptOut(observation, field) || isOldLift(observation, field))
    return keepLoser(draft, observation, { winner: field.source, rule: 'opt-out-wins' });
  if (isUnited(mapping, draft.record.kind)) return unite(draft, observation, { field, first });
  const rule = undisputed(observation, field, first);
  if (rule) return take(draft, observation, rule);
  decideConflict(draft, observation, ruleOnConflict(mapping, disputeOf(draft, observation, field)));
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

/** An opt-out is never undone by what is older, whatever value that was made on top of (design section 5, Policies). */
const isOldLift = ({ mapping, changedAt }: Observation, { value, changedAt: heldAt }: GoldenField): boolean =>
  mapping.optOut === true && value === true && isOlder(changedAt, heldAt);

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

/** A side that may not speak for a field loses, except that what it held before the other one said anything is no edit. */
function keepOneWay(
  draft: Draft,
  observation: Observation,
  { field, first }: { field: GoldenField; first: boolean },
): void {
  if (!first && !isUnsaid(field)) keepLoser(draft, observation, { winner: field.source, rule: 'one-way' });
}

/** Why a change simply holds; null when it collides with a value of the other side that is not agreed. */
function undisputed(
  { mapping, row, madeOn }: Observation,
  field: GoldenField,
  first: boolean,
): string | null {
  // What another side said while it had a say, it says no more.
  if (field.source === row.system || !maySpeak(field.source, mapping)) return 'changed';
  if (madeOn !== undefined && madeOn === project(row.system, mapping, field.value)) return 'changed';
  if (first) return isBlank(field.value) ? 'blank-never-wins' : null;
  return isFree(field) ? 'changed' : null;
}

/** No edit is lost: while Marketo alone had a say, its first blank stood beside a value of Dynamics. */
const isFree = (field: GoldenField): boolean => field.agreed || isUnsaid(field);

function take(draft: Draft, observation: Observation, rule: string): void {
  const { mapping, reading, row, changedAt } = observation;
  const why = isFilledIn(row, mapping) ? firstValue : rule;
  setField(draft, mapping.field, { value: reading.golden, source: row.system, changedAt, rule: why });
}

/** Dynamics gives a row that we have just made what we do not write. */
const isFilledIn = ({ made, version }: DraftRow, mapping: MappingRow): boolean =>
  made === true && version === null && !maySpeak('marketo', mapping);

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
  const { mapping, reading, changedAt } = observation;
  const winner = { value: reading.golden, changedAt, eventId: draft.cause.eventId };
  keepConflict(draft, mapping.field, { ruling, winner, loser: heldIn(draft.record.fields[mapping.field]) });
  take(draft, observation, ruling.rule);
}

/** What a side brought is kept as the loser; the golden value holds. */
function keepLoser(draft: Draft, observation: Observation, ruling: Ruling): void {
  const { row, mapping, reading, changedAt } = observation;
  const loser = { from: row.system, value: reading.golden, changedAt };
  keepConflict(draft, mapping.field, { ruling, winner: heldIn(draft.record.fields[mapping.field]), loser });
}
