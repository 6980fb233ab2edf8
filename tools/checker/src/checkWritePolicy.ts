import type { Conflict, Scalar, System } from '@lockstep/change-events';
import type { MappingRow } from '@lockstep/reconciliation';
import { canonicalValue } from './canonicalValue.ts';
import type { Pair } from './checkFields.ts';
import { writeOf } from './expectedRules.ts';
import type { Step } from './step.ts';
import { otherSide, type Group } from './timeline.ts';
import type { Findings } from './verdict.ts';

type Case = {
  readonly group: Group;
  readonly mapping: MappingRow;
  readonly steps: readonly Step[];
  readonly conflicts: readonly Conflict[];
  /** Null where the sides need not agree. */
  readonly pair: Pair | null;
};

const isSet = (value: Scalar): boolean => value !== null;

/** Invariants 1, 2, 3 and 10 for a field whose value may not simply be changed. */
export function checkWritePolicy(findings: Findings, field: Case): void {
  if (writeOf(field.group.rules, field.mapping) === 'once') checkOnce(findings, field);
  else checkFillBlanks(findings, field);
}

const sides = ['dynamics', 'marketo'] as const;

/** Only blanks are filled, with what the other side holds; each side keeps what its people gave it. */
function checkFillBlanks(findings: Findings, field: Case): void {
  const { pair } = field;
  for (const write of field.steps.filter((step) => !step.human)) {
    const isOverwriting = isSet(write.before) && !isRunOver(field, write);
    if (isOverwriting)
      tell(findings, field, 'unexplainedWrites', 'a value was written where only blanks are filled');
    checkHeld(findings, field, write);
  }
  if (!pair) return;
  const held = valuesOf(field, pair);
  const gaveWay = (side: System): boolean => {
    const edit = lastEdit(field, pair, side);
    return (
      edit !== undefined && isSet(edit.after) && held[side] !== edit.after && !isRecorded(field, edit.after)
    );
  };
  for (const side of sides.filter(gaveWay))
    tell(findings, field, 'lost', `an edit of ${side} gave way where only blanks are filled`);
  if (held.dynamics === held.marketo) return;
  const isUnfilled = sides.some((side) => !isSet(held[side]) && !lastEdit(field, pair, side));
  if (isUnfilled) tell(findings, field, 'differences', 'a blank was not filled');
  else tell(findings, field, 'exempt', 'fill-blanks');
}

/** What is set first is put back against whatever comes later, which is recorded. */
function checkOnce(findings: Findings, field: Case): void {
  const { pair } = field;
  const first = firstOf(field);
  for (const write of field.steps.filter((step) => !step.human)) {
    if (first === undefined || write.after === first) checkHeld(findings, field, write);
    else tell(findings, field, 'unexplainedWrites', 'a value that is written once was changed');
  }
  if (pair) checkFirst(findings, field, { pair, first });
}

/** The value that counts for good; undefined where a meeting, or another person, may have changed it. */
function firstOf({ group, steps }: Case): Scalar | undefined {
  const isPlain = group.personIds.length <= 1 && !isMetByPeople(group) && !steps.some(({ undone }) => undone);
  return isPlain ? steps.find(({ human, after }) => !human && isSet(after))?.after : undefined;
}

type First = { readonly pair: Pair; readonly first: Scalar | undefined };

function checkFirst(findings: Findings, field: Case, { pair, first }: First): void {
  const { dynamics, marketo } = valuesOf(field, pair);
  if (dynamics !== marketo) return tell(findings, field, 'differences', 'the sides differ after quiet');
  if (first !== undefined && dynamics !== first)
    return tell(findings, field, 'lost', 'a value that is written once is another one');
  const isForgotten = (side: System): boolean => {
    const edit = lastEdit(field, pair, side);
    const isHeard = !edit || edit.after === dynamics || isRecorded(field, edit.after);
    return !isHeard && !isFirstBlank(field, edit);
  };
  for (const side of sides.filter(isForgotten))
    tell(findings, field, 'lost', `the edit that was put back on ${side} is recorded nowhere`);
}

function checkHeld(findings: Findings, field: Case, write: Step): void {
  if (!wasHeld(field, write))
    tell(findings, field, 'unexplainedWrites', `no edit explains a write to ${write.side}`);
}

/** Who has no value, or clears what nobody has seen yet, says nothing. */
const isFirstBlank = ({ group, steps }: Case, { after, atMs }: Step): boolean =>
  !isSet(after) && (isMetByPeople(group) || !steps.some((step) => !step.human && step.atMs < atMs));

const isMetByPeople = ({ personStates }: Group): boolean =>
  personStates.some(({ operation, actorKind }) => operation === 'create' && actorKind === 'human');

/** Marketo has no conditional write: an edit that nobody could know of is recorded, or comes back. */
function isRunOver(field: Case, write: Step): boolean {
  const before = field.steps.findLast((step) => step.recordId === write.recordId && step.atMs < write.atMs);
  const isBack = field.steps.some(
    (step) => step.recordId === write.recordId && step.atMs > write.atMs && step.after === write.before,
  );
  return write.side === 'marketo' && before?.human === true && (isBack || isRecorded(field, write.before));
}

/** Somebody held the value before; a former person of the row counts. */
function wasHeld({ steps }: Case, write: Step): boolean {
  const earlier = steps.filter((step) => step.atMs <= write.atMs && step !== write);
  const others = earlier.filter((step) => step.side === otherSide(write.side) || step.human);
  return others.some((step) => step.after === write.after || step.before === write.after);
}

function lastEdit({ steps }: Case, { row, person }: Pair, side: System): Step | undefined {
  const id = side === 'dynamics' ? row.id : person.id;
  return steps.findLast((step) => step.human && step.side === side && step.recordId === id);
}

const valuesOf = ({ mapping, group }: Case, { row, person }: Pair): Readonly<Record<System, Scalar>> => ({
  dynamics: canonicalValue(mapping, row.fields[mapping.columns[group.table] ?? '']),
  marketo: canonicalValue(mapping, person.fields[mapping.marketo]),
});

const isRecorded = ({ conflicts, mapping }: Case, value: Scalar): boolean =>
  conflicts.some(
    ({ field, loserValue }) => field === mapping.field && canonicalValue(mapping, loserValue) === value,
  );

function tell(findings: Findings, { group, mapping }: Case, kind: keyof Findings, reason: string): void {
  findings[kind].push({ what: mapping.field, ids: [group.rowId, ...group.personIds], reason });
}
