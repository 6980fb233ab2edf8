import type { Scalar, System } from '@lockstep/change-events';
import type { MappingRow } from '@lockstep/reconciliation';
import { isBlankValue } from './canonicalValue.ts';
import { maySpeak, otherSide, type Group, type Step } from './timeline.ts';

/** A person's last edit of one field on one side that no later edit knew of. */
export type Head = {
  readonly step: Step;
  /**
   * The side went away from a value and came back to it before anything shows that the way there was seen, or the other side
   * held the same value by itself: change tracking and feeds show net states, so nobody can tell who knew of what.
   */
  readonly returned: boolean;
};

/** All changes of a field, and the versions of the row that were published. */
type History = { readonly steps: readonly Step[]; readonly published: ReadonlySet<number> };

/**
 * The edits that count in the end: at most one per side that may speak. An edit counts no more when its own side was edited
 * again, or when the other side was edited after it had landed there. Two heads are concurrent.
 */
export function headsOf(group: Group, mapping: MappingRow, { steps, published }: History): Head[] {
  const speaking = (['dynamics', 'marketo'] as const).filter((side) => maySpeak(side, mapping));
  return speaking.flatMap((side) => {
    const own = steps.filter((step) => step.side === side && step.human);
    const counts = (step: Step | undefined) => step && knowledgeOf(steps, step, mapping) !== 'landed';
    const present = own.findLast(
      ({ recordId }) => side === 'dynamics' || recordId === group.personIds.at(-1),
    );
    const step = [own.at(-1), present].find(counts);
    if (!step) return [];
    const isEqual = knowledgeOf(steps, step, mapping) === 'equal';
    return [{ step, returned: isEqual || isReturned(steps, step, published) }];
  });
}

/**
 * Whether the other side was edited after it held the value of `edit`: because that had landed there, or because somebody
 * had put the same value there, which tells nothing of who knew of whom.
 */
function knowledgeOf(steps: readonly Step[], edit: Step, mapping: MappingRow): 'landed' | 'equal' | 'none' {
  const side = otherSide(edit.side);
  if (!maySpeak(side, mapping)) return 'none';
  const later = steps.filter((step) => step.side === side && step.human && step.atMs > edit.atMs);
  const hasLanded = later.some((next) =>
    steps.some(
      (step) => isLanding(step, side, edit) && step.recordId === next.recordId && step.atMs < next.atMs,
    ),
  );
  if (hasLanded) return 'landed';
  const ours = (step: Step) => step.side === edit.side && !step.human && step.atMs < edit.atMs;
  const sinceMs = steps.findLast(ours)?.atMs ?? -Infinity;
  const others = steps.filter((step) => step.side === side && step.human && step.atMs > sinceMs);
  return others.some((step) => step.before === edit.after || step.after === edit.after) ? 'equal' : 'none';
}

/** Our write carried the edit's value to that side. */
export function isLanding(step: Step, side: System, edit: Step): boolean {
  return step.side === side && !step.human && step.after === edit.after && step.atMs > edit.atMs;
}

/** The side left the edit's value and came back to it before anything shows that the way there was seen. */
export function isReturned(steps: readonly Step[], edit: Step, published: ReadonlySet<number>): boolean {
  const own = steps.filter((step) => step.side === edit.side);
  const end = own.indexOf(edit);
  for (let at = end; at >= 0; at -= 1) {
    const step = own[at];
    if (!step?.human) return false;
    if (at < end && step.after !== edit.after && isShown(steps, step, { edit, published })) return false;
    if (step.before === edit.after) return true;
  }
  return false;
}

type Showing = { readonly edit: Step; readonly published: ReadonlySet<number> };

/** Something outside the side itself shows that the state in between was seen. */
function isShown(steps: readonly Step[], step: Step, { edit, published }: Showing): boolean {
  if (step.version !== null && published.has(step.version)) return true;
  return steps.some((other) => isLanding(other, otherSide(step.side), step) && other.atMs < edit.atMs);
}

/** What a field must hold in the end, and which of two concurrent edits had to lose. */
export type Expectation = {
  readonly allowed: readonly Scalar[];
  readonly loser: Step | null;
  readonly excuse: string | null;
};

/** Applies the native policy (F-03) to the heads of a field; null when no edit says anything. */
export function expectationOf(group: Group, mapping: MappingRow, heads: readonly Head[]): Expectation | null {
  const [first, second] = heads;
  if (!first) return null;
  const values = heads.map(({ step }) => step.after);
  const excuse = excuseFor(group, heads);
  if (excuse) return { allowed: [], loser: null, excuse };
  if (!second || first.step.after === second.step.after)
    return { allowed: [first.step.after], loser: null, excuse: null };
  if (values.some(isBlankValue) && startsOnBothSides(group)) return expectBlank(values, mapping);
  const winner = winnerOf(group.table, mapping, [first.step, second.step]);
  const loser = winner === first.step ? second.step : first.step;
  return { allowed: [winner.after], loser, excuse: null };
}

/** What nobody can tell from outside: an edit that went with its person, or one that put a former value back. */
function excuseFor(group: Group, heads: readonly Head[]): string | null {
  const [first, second] = heads;
  const isGone = ({ step }: Head) => step.side === 'marketo' && step.recordId !== group.personIds.at(-1);
  if (heads.some(isGone)) return 'deleted-with-its-person';
  if (heads.some(({ returned }) => returned)) return 'returned-to-former-value';
  if (!first || !second || first.step.after === second.step.after) return null;
  const isReturn = first.step.before === second.step.after || second.step.before === first.step.after;
  return isReturn ? 'returned-to-former-value' : null;
}

/** At a first meeting a blank never beats a value; afterwards it is an edit like any other. Both readings are allowed. */
function expectBlank(values: readonly Scalar[], mapping: MappingRow): Expectation {
  if (mapping.optOut && values.includes(true)) return { allowed: [true], loser: null, excuse: null };
  return { allowed: values, loser: null, excuse: null };
}

/** A person made by people was linked to a row made by people: there was a first meeting. */
function startsOnBothSides(group: Group): boolean {
  return group.personStates.some((state) => state.operation === 'create' && state.actorKind === 'human');
}

function winnerOf(table: string, mapping: MappingRow, [a, b]: readonly [Step, Step]): Step {
  if (mapping.optOut && a.after !== b.after) return a.after === true ? a : b;
  const side: System = table === 'lead' ? 'marketo' : 'dynamics';
  return a.side === side ? a : b;
}
