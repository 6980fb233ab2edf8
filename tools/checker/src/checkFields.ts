import type { Conflict, Scalar } from '@lockstep/change-events';
import type { MappingRow } from '@lockstep/reconciliation';
import { canonicalValue, isBlankValue } from './canonicalValue.ts';
import { authorityOf } from './expectedRules.ts';
import { expectationOf, headsOf, isGoneFrom, type Expectation, type Head } from './heads.ts';
import type { FinalRecord } from './history.ts';
import type { Step } from './step.ts';
import type { Group } from './timeline.ts';
import type { Finding, Findings } from './verdict.ts';

/** A row and its person as they are at the end, with everything that was recorded about them. */
export type Pair = {
  readonly group: Group;
  readonly row: FinalRecord;
  readonly person: FinalRecord;
  readonly conflicts: readonly Conflict[];
  readonly publishedVersions: ReadonlySet<number>;
};

type FieldCase = {
  readonly pair: Pair;
  readonly mapping: MappingRow;
  readonly steps: readonly Step[];
  readonly dynamics: Scalar;
  readonly marketo: Scalar;
  /** Nothing may be held for review any more. */
  readonly reviewed: boolean;
};

/** Invariants 1, 2 and 8 for one field of one linked pair: both agree, on what the edits and the policy say. */
export function checkField(
  findings: Findings,
  pair: Pair,
  { mapping, steps, reviewed }: Pick<FieldCase, 'mapping' | 'steps' | 'reviewed'>,
): void {
  const column = mapping.columns[pair.group.table];
  if (column === undefined) return;
  const dynamics = canonicalValue(mapping, pair.row.fields[column]);
  const marketo = canonicalValue(mapping, pair.person.fields[mapping.marketo]);
  const field: FieldCase = { pair, mapping, steps, dynamics, marketo, reviewed };
  const published = pair.publishedVersions;
  const heads = headsOf(pair.group, mapping, { steps, published });
  if (isHeld(field, heads)) return void findings.exempt.push(finding(field, heldForReview));
  if (dynamics !== marketo && isClosedLead(pair))
    return void findings.exempt.push(finding(field, 'lead-closed'));
  if (dynamics !== marketo) judgeDifference(findings, field);
  const expectation = expectationOf(pair.group, mapping, heads);
  if (expectation) checkEdits(findings, field, expectation);
}

/** The reason of what nobody has decided yet. */
export const heldForReview = 'held-for-review';

/** Each side shows its own edit, or what it had when they met, neither knew of the other, and that is recorded. */
function isHeld(field: FieldCase, heads: readonly Head[]): boolean {
  const { pair, mapping, dynamics, marketo, reviewed } = field;
  const isReview = authorityOf(pair.group.rules, pair.group.table, mapping) === 'review';
  if (!isReview || reviewed || dynamics === marketo) return false;
  const shown = { dynamics, marketo };
  const areShown = heads.length === 2 && heads.every(({ step }) => shown[step.side] === step.after);
  const areRecorded = [dynamics, marketo].every((value) => isRecorded(field, value));
  const isMetAnew = isParted(pair) || heads.some(isGoneFrom(pair.group));
  return areShown ? heads.some(({ step }) => isRecorded(field, step.after)) : isMetAnew && areRecorded;
}

/** What it refuses waits until it is in use again, or a contact carries it on. */
export const isClosedLead = ({ group, row }: Pair): boolean =>
  group.table === 'lead' && Number(canonicalValue({ type: 'option' }, row.fields['statecode'])) > 0;

/** What the row got of its former person it brings to the next. */
const isParted = ({ group }: Pair): boolean => group.partedIds.length > 0;

/** What only Marketo may say stays as it was said, when a new person takes the place of the one who said it. */
function judgeDifference(findings: Findings, field: FieldCase): void {
  const persons = new Set(field.pair.group.personStates.map(({ id }) => id));
  const isOfMarketo = field.mapping.direction === 'to-dynamics' && isBlankValue(field.marketo);
  // What Marketo said and took back before anybody read it was never written.
  if (isOfMarketo && field.steps.every((step) => step.human))
    return void findings.exempt.push(finding(field, 'nothing-said-in-marketo'));
  if (isOfMarketo && persons.size > 1) findings.exempt.push(finding(field, 'blank-in-a-new-person'));
  else findings.differences.push(finding(field, 'the sides differ after quiet'));
}

function checkEdits(findings: Findings, field: FieldCase, expectation: Expectation): void {
  const { allowed, excuse } = expectation;
  if (excuse) return void findings.exempt.push(finding(field, excuse));
  const held = allowed.includes(field.dynamics) && allowed.includes(field.marketo);
  if (!held) return void judgeLoss(findings, field, allowed);
  const loser = loserOf(field, expectation);
  if (!loser || isRecorded(field, loser.after) || isGone(field, loser)) return;
  if (isBlankInNew(field, loser)) return void findings.exempt.push(finding(field, 'blank-in-a-new-person'));
  findings.lost.push(finding(field, `the edit that lost on ${loser.side} is recorded nowhere`));
}

/** Of two edits of which either may win, the one that did not. */
const loserOf = ({ dynamics }: FieldCase, { loser, contest }: Expectation): Step | null =>
  loser ?? contest.find(({ after }) => after !== dynamics) ?? null;

/** How long the answer to a creation may stay unknown (marketo-rest 2.4), and what settles it may take. */
const unknownMs = 200_000;

/** A person that we made, whose field is blank when the lost answer is settled: it may never have got the value. */
function isBlankInNew({ steps }: FieldCase, { side, recordId, after, atMs }: Step): boolean {
  if (side !== 'marketo' || !isBlankValue(after)) return false;
  const former = steps.filter((step) => step.recordId === recordId && step.atMs < atMs);
  const [made, ...more] = former;
  return made?.operation === 'create' && !made.human && more.length === 0 && atMs - made.atMs < unknownMs;
}

/** After a lost answer nobody can tell "never applied" from "applied and put back": what was there is kept as the loser. */
function judgeLoss(findings: Findings, field: FieldCase, allowed: readonly Scalar[]): void {
  const excused = field.pair.conflicts.some(
    (conflict) =>
      conflict.field === field.mapping.field &&
      conflict.rule === 'outcome-unknown' &&
      allowed.includes(canonicalValue(field.mapping, conflict.loserValue)),
  );
  if (excused) return void findings.exempt.push(finding(field, 'outcome-unknown'));
  const optOut = field.mapping.optOut && allowed.includes(true);
  const list = optOut ? findings.optOutsLost : findings.lost;
  list.push(finding(field, optOut ? 'an opt-out is undone' : 'the edit that counts is not visible'));
}

/** As the loser, or as one of two values of which nobody had decided which is to hold. */
function isRecorded({ pair, mapping }: FieldCase, value: Scalar): boolean {
  return pair.conflicts.some(({ field, loserValue, winnerValue, rule }) => {
    const values = rule === heldForReview ? [loserValue, winnerValue] : [loserValue];
    return field === mapping.field && values.some((known) => canonicalValue(mapping, known) === value);
  });
}

/** What a person edited before it was deleted went with it. */
function isGone({ pair }: FieldCase, loser: Step): boolean {
  return loser.side === 'marketo' && loser.recordId !== pair.person.id;
}

function finding({ pair, mapping }: FieldCase, reason: string): Finding {
  return { what: mapping.field, ids: [pair.row.id, pair.person.id], reason };
}
