import type { Conflict, Scalar } from '@lockstep/change-events';
import type { MappingRow } from '@lockstep/reconciliation';
import { canonicalValue, isBlankValue } from './canonicalValue.ts';
import { isFiltered } from './isFiltered.ts';
import { isChangeOfOwner } from './madeRows.ts';
import type { Step } from './step.ts';
import { deletedAtMs, maySpeak, otherSide, type Group } from './timeline.ts';
import type { Finding, Findings } from './verdict.ts';

/**
 * Invariants 3, 5, 6 and 10 for one field: each of our writes carries one edit of the other side, once, or restores one edit
 * that an earlier write of ours ran over.
 */
export function checkWrites(
  findings: Findings,
  group: Group,
  field: { mapping: MappingRow; steps: readonly Step[]; conflicts: readonly Conflict[] },
): void {
  const { mapping, steps } = field;
  for (const write of steps.filter((step) => !step.human)) {
    const sources = sourcesOf(steps, write, mapping);
    if (sources === null) judge(findings, group, { ...field, write });
    else if (
      sources.length > 0 &&
      sources.every((edit) => !edit.undone && isFrozenThroughout(group, edit, write))
    )
      findings.unexplainedWrites.push(
        finding(group, mapping, 'a change of a row with filter No was written'),
      );
  }
}

/** The edits that a write may carry; none when the other side merely held the value; null when nothing explains it. */
function sourcesOf(steps: readonly Step[], write: Step, mapping: MappingRow): readonly Step[] | null {
  const earlier = steps.slice(0, steps.indexOf(write));
  const side = otherSide(write.side);
  const edits = earlier.filter(
    (step) => (step.side === side || step.undone) && step.human && step.after === write.after,
  );
  const carried = earlier.filter((step) => isSameWrite(step, write)).length;
  if (maySpeak(side, mapping) && edits.length > carried) return edits;
  const isHeld =
    isMerelyHeld(earlier, write, mapping) || heldByFormer(earlier, write) || isRestoration(earlier, write);
  return isHeld ? [] : null;
}

function isMerelyHeld(earlier: readonly Step[], write: Step, mapping: MappingRow): boolean {
  const other = otherSide(write.side);
  // What Marketo never said clears nothing.
  if (write.side === 'dynamics' && isBlankValue(write.after) && !earlier.some(({ side }) => side === other))
    return false;
  if (write.operation !== 'create')
    return !maySpeak(write.side, mapping) && heldBy(earlier, other, write.after);
  return (['dynamics', 'marketo'] as const).some((side) => heldBy(earlier, side, write.after));
}

/** What people had given a former person of the row goes on to the next. */
function heldByFormer(earlier: readonly Step[], write: Step): boolean {
  return earlier.some(
    (step) =>
      step.side === write.side &&
      step.human &&
      step.recordId !== write.recordId &&
      step.after === write.after,
  );
}

/** A side that was never seen to change holds a blank. */
function heldBy(steps: readonly Step[], side: Step['side'], value: Scalar): boolean {
  if (isBlankValue(value) && !steps.some((step) => step.side === side)) return true;
  return steps.some((step) => step.side === side && (step.after === value || step.before === value));
}

const isSameWrite = (step: Step, write: Step): boolean =>
  !step.human && step.side === write.side && step.recordId === write.recordId && step.after === write.after;

function isRestoration(earlier: readonly Step[], write: Step): boolean {
  const ranOver = earlier.findLast(
    (step) => !step.human && step.side === write.side && step.before === write.after,
  );
  if (!ranOver || earlier.slice(earlier.indexOf(ranOver)).some((step) => isSameWrite(step, write)))
    return false;
  return earlier
    .slice(0, earlier.indexOf(ranOver))
    .some((step) => step.side === write.side && step.human && step.after === write.after);
}

type Judged = {
  readonly mapping: MappingRow;
  readonly steps: readonly Step[];
  readonly conflicts: readonly Conflict[];
  readonly write: Step;
};

/**
 * Two rare stories are allowed. After a lost answer from Dynamics the same value may be written again. A command that
 * overtook another, or that followed one without an answer, may repeat what that had delivered after all, and so run over an
 * edit, which is then restored or recorded, or which another edit of its side follows; while the row's filter says No, or once the person
 * is gone, nothing is restored.
 */
function excuseOf(group: Group, { mapping, steps, conflicts, write }: Judged): string | null {
  if (conflicts.some(({ field, rule }) => field === mapping.field && rule === 'outcome-unknown'))
    return 'outcome-unknown';
  // By place: the side's own log orders what happened in one moment.
  const earlier = steps.slice(0, steps.indexOf(write));
  const former = earlier.filter((step) => isSameWrite(step, write));
  const ranOver = earlier.findLast((step) => step.side === write.side);
  if (former.length !== 1 || !ranOver?.human || write.side !== 'marketo') return null;
  const isSettled = isOver(group, write) || isHeard({ mapping, steps, conflicts, write }, ranOver);
  return isSettled ? 'command-repeated' : null;
}

/** Nothing is put back any more. */
const isOver = ({ rowStates, rules, personStates }: Group, { recordId }: Step): boolean =>
  isFiltered(rowStates, rules) || deletedAtMs(personStates, recordId) !== null;

/** The edit that a write ran over came back, is recorded, or its own side was edited again. */
function isHeard({ mapping, steps, conflicts, write }: Judged, ranOver: Step): boolean {
  const later = steps.filter((step) => step.side === 'marketo' && step.atMs > write.atMs);
  const isRestored = later.some((step) => step.human || step.after === ranOver.after);
  const isRecorded = conflicts.some(
    ({ field, loserValue }) =>
      field === mapping.field && canonicalValue(mapping, loserValue) === ranOver.after,
  );
  return isRestored || isRecorded;
}

function judge(findings: Findings, group: Group, { mapping, steps, conflicts, write }: Judged): void {
  const earlier = steps.slice(0, steps.indexOf(write));
  const excuse = excuseOf(group, { mapping, steps, conflicts, write });
  if (excuse) return void findings.exempt.push(finding(group, mapping, excuse));
  const own = earlier.some((step) => step.side === write.side && step.human && step.after === write.after);
  const everHeld = heldBy(earlier, otherSide(write.side), write.after);
  if (own && !everHeld)
    findings.echoes.push(finding(group, mapping, `an edit of ${write.side} was written back`));
  else if (heldBy(earlier, write.side, write.after))
    findings.flipFlopped.push(
      finding(group, mapping, `${write.side} got a value back that it had left behind`),
    );
  else findings.unexplainedWrites.push(finding(group, mapping, `no edit explains a write to ${write.side}`));
}

/** The filter said No when the edit was made, and ever since. */
function isFrozenThroughout({ rowStates, rules }: Group, edit: Step, write: Step): boolean {
  if (edit.side !== 'dynamics' || write.operation === 'create') return false;
  const until = rowStates.filter((state) => Date.parse(state.at) <= write.atMs);
  const first = until.findIndex((state) => Date.parse(state.at) > edit.atMs);
  const places = until.map((_, at) => at + 1).slice(Math.max(0, (first < 0 ? until.length : first) - 1));
  return places.every((end) => isFiltered(until.slice(0, end), rules));
}

/** A guarded write proves that we knew the row's filter: No means no write at all (F-57, F-59). */
export function checkFrozenRow(findings: Findings, { rowStates, rowId, rules }: Group): void {
  rowStates.forEach((state, index) => {
    if (state.actorKind !== 'application') return;
    const what = `${state.table} ${state.operation}`;
    // A marketer asked for it, whatever the filter says.
    const isAsked = state.operation === 'create' || isChangeOfOwner(state);
    if (!isAsked && isFiltered(rowStates.slice(0, index), rules))
      findings.unexplainedWrites.push({ what, ids: [rowId], reason: 'a row with filter No was written' });
  });
}

function finding(group: Group, mapping: MappingRow, reason: string): Finding {
  return { what: mapping.field, ids: [group.rowId, ...group.personIds], reason };
}
