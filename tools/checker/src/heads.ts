import type { Scalar, System } from '@lockstep/change-events';
import type { MappingRow } from '@lockstep/reconciliation';
import { isBlankValue } from './canonicalValue.ts';
import { authorityOf, nativeAuthority } from './expectedRules.ts';
import type { Step } from './step.ts';
import { maySpeak, otherSide, type Group } from './timeline.ts';

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
export function headsOf(group: Group, mapping: MappingRow, { steps: all, published }: History): Head[] {
  const steps = all.filter(({ givenUp }) => !givenUp);
  const speaking = (['dynamics', 'marketo'] as const).filter((side) => maySpeak(side, mapping));
  return speaking.flatMap((side) => {
    const own = steps.filter((step) => step.side === side && step.human);
    const known = steps.filter((step) => !isUnheard(group, steps, step));
    const counts = (step: Step | undefined) => step && knowledgeOf(known, step, mapping) !== 'landed';
    const present = own.findLast(
      ({ recordId }) => side === 'dynamics' || recordId === group.personIds.at(-1),
    );
    const step = [own.at(-1), present].find(counts);
    if (!step) return [];
    const isEqual = knowledgeOf(steps, step, mapping) === 'equal';
    return [{ step, returned: isEqual || (!step.undone && isReturned(steps, step, published)) }];
  });
}

/** An edit of a person that is gone, which never reached the row: it went with its person. */
const isUnheard = ({ personIds }: Group, steps: readonly Step[], step: Step): boolean =>
  step.side === 'marketo' &&
  step.human &&
  step.recordId !== personIds.at(-1) &&
  !steps.some((other) => isLanding(other, 'dynamics', step));

/**
 * Whether the other side was edited after it held the value of `edit`: because that had landed there, or because somebody
 * had put the same value there, which tells nothing of who knew of whom.
 */
function knowledgeOf(steps: readonly Step[], edit: Step, mapping: MappingRow): 'landed' | 'equal' | 'none' {
  const side = otherSide(edit.side);
  if (!maySpeak(side, mapping)) return 'none';
  const later = steps.filter((step) => step.side === side && step.human && step.atMs > edit.atMs);
  if (later.some((next) => next.undone && next.before === edit.after)) return 'landed';
  const hasLanded = later.some((next) =>
    steps.some(
      (step) => isLanding(step, side, edit) && step.recordId === next.recordId && step.atMs < next.atMs,
    ),
  );
  if (hasLanded) return 'landed';
  if (edit.undone) return 'none';
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
  /** Two edits of which either may win: whichever does not had to lose. */
  readonly contest: readonly Step[];
};

const decided = { loser: null, excuse: null, contest: [] };

/** Applies the rules (F-03) to the heads of a field; null when no edit says anything. */
export function expectationOf(group: Group, mapping: MappingRow, heads: readonly Head[]): Expectation | null {
  const [first, second] = heads;
  if (!first) return null;
  const values = heads.map(({ step }) => step.after);
  const excuse = excuseFor(group, heads);
  if (excuse) return { ...decided, allowed: [], excuse };
  if (!second || first.step.after === second.step.after) return { ...decided, allowed: [first.step.after] };
  if (values.some(isBlankValue) && startsOnBothSides(group)) return expectBlank(values, mapping);
  return expectConflict(group, mapping, [first.step, second.step]);
}

function expectConflict(group: Group, mapping: MappingRow, contest: readonly [Step, Step]): Expectation {
  const isOpen = !mapping.optOut && beginsInFormer(group, contest);
  const winner = isOpen ? null : winnerOf(group, mapping, contest);
  if (!winner) return { ...decided, allowed: contest.map(({ after }) => after), contest };
  return { ...decided, allowed: [winner.after], loser: contest.find((step) => step !== winner) ?? null };
}

/** Who had the say over a lead need not have it over the contact that carries it on, and when it was decided is not told. */
function beginsInFormer({ rowStates }: Group, contest: readonly Step[]): boolean {
  const since = rowStates.findLast(({ carriesOn, table }) => carriesOn !== undefined && carriesOn !== table);

  return since !== undefined && contest.some(({ atMs }) => atMs <= Date.parse(since.at));
}

/** Its person is not the last one of the group. */
export const isGoneFrom =
  ({ personIds }: Group) =>
  ({ step }: Head): boolean =>
    step.side === 'marketo' && step.recordId !== personIds.at(-1);

/** What nobody can tell from outside: an edit that went with its person, or one that put a former value back. */
function excuseFor(group: Group, heads: readonly Head[]): string | null {
  const [first, second] = heads;
  if (heads.some(isGoneFrom(group))) return 'deleted-with-its-person';
  if (heads.some(({ returned }) => returned)) return 'returned-to-former-value';
  if (!first || !second || first.step.after === second.step.after) return null;
  const isReturn = first.step.before === second.step.after || second.step.before === first.step.after;
  return isReturn ? 'returned-to-former-value' : null;
}

/** At a first meeting a blank never beats a value; afterwards it is an edit like any other. Both readings are allowed. */
function expectBlank(values: readonly Scalar[], mapping: MappingRow): Expectation {
  if (mapping.optOut && values.includes(true)) return { ...decided, allowed: [true] };
  return { ...decided, allowed: values };
}

/** A person made by people was linked to a row made by people: there was a first meeting. */
function startsOnBothSides(group: Group): boolean {
  return group.personStates.some((state) => state.operation === 'create' && state.actorKind === 'human');
}

/** Null where either may win. */
function winnerOf(group: Group, mapping: MappingRow, [a, b]: readonly [Step, Step]): Step | null {
  if (mapping.optOut && a.after !== b.after) return a.after === true ? a : b;
  const authority = authorityOf(group.rules, group.table, mapping);
  const side = authority === 'newest' ? newestOf(group, a, b) : authority;
  if (side === null || side === 'review') return null;
  return a.side === side ? a : b;
}

/**
 * The side of the newer edit, where that is certain. Dynamics has one time for a row, which any later write of it moves; where Marketo does
 * not say when, the native rule holds.
 */
function newestOf({ table, rowStates }: Group, ...edits: readonly [Step, Step]): System | null {
  const [dynamics, marketo] = edits.toSorted((a, b) => a.side.localeCompare(b.side)) as [Step, Step];
  const lastMs = Math.max(dynamics.atMs, ...rowStates.map(({ at }) => Date.parse(at)));
  if (nativeAuthority(table) === 'marketo')
    return secondOf(marketo.atMs) > secondOf(lastMs) ? 'marketo' : null;
  return secondOf(dynamics.atMs) > secondOf(marketo.atMs) ? 'dynamics' : null;
}

const secondOf = (ms: number): number => Math.floor(ms / 1000);
