import type { EvidenceRow, Scalar } from '@lockstep/change-events';
import { isOlder } from './consent.ts';
import type { MappingRow } from './mapping.ts';
import { isCutOf, readDisplay, type Reading } from './projection.ts';

/** What the feed tells about one field since the last decision. */
export type Story = {
  /** The last edit that was not ours. */
  readonly edit: Reading | null;
  readonly editedAt: string | null;
  /** The feed names who made it: it is certainly not ours. */
  readonly isNamed: boolean;
  /** Our write came after that edit: it ran over it. */
  readonly ranOver: boolean;
  /** Our value that the edit was made on top of, as far as the feed tells. */
  readonly madeOn: Scalar | undefined;
  /** Our value that the state was made on top of, when it is another. */
  readonly basis: Scalar | undefined;
  /** How many of our writes, oldest first, the feed has told of or passed. */
  readonly told: number;
  readonly confirmed: boolean;
  /** The edits that follow our last write, which nothing of ours follows. */
  readonly run: Run | null;
};

/** `from`: the first of them; `old`: what that one replaced; `onto`: our write before it, where the feed tells of one. */
export type Run = { readonly from: number; readonly old: Scalar; readonly onto: Scalar | undefined };

/**
 * `sent`: what we wrote and the feed has not told of, oldest first; `issuedAt`: when the last of it was decided, as an ISO time, where
 * that is known.
 */
export function tell(
  mapping: MappingRow,
  evidence: readonly EvidenceRow[],
  sent: readonly Scalar[],
  issuedAt: string | null,
): Story {
  const steps = evidence.map((item) =>
    mayBeOurs(item) ? readDisplay(mapping, item.newValue).side : undefined,
  );
  const writes = sent.map((value) => asTaken(value, steps));
  const own = ownSteps(steps, writes, isBefore(evidence, issuedAt));
  const lastOwn = own.findLastIndex((at) => at >= 0);
  const edit = own.lastIndexOf(-1);
  const told = Math.max(-1, ...own) + 1;
  const confirmed = told > 0 && writes.slice(told).every((value) => value === writes[told - 1]);
  const item = evidence[edit];
  const ours = steps[lastOwn];
  if (!item) return noEdit(ours, told, confirmed);
  const start = own.findLastIndex((at, index) => index < edit && at >= 0) + 1;
  const old = readDisplay(mapping, evidence[start]?.oldValue ?? null).side;
  const ranOver = lastOwn > edit;
  const madeOn = foundation({ old, ours: ranOver ? undefined : ours }, writes);
  const reading = readDisplay(mapping, item.newValue);
  const basis = ranOver ? ours : madeOn;
  const run = ranOver ? null : { from: start, old, onto: ours };
  const isNamed = steps[edit] === undefined;
  return {
    edit: reading,
    editedAt: item.activityDate,
    isNamed,
    ranOver,
    madeOn,
    basis,
    told,
    confirmed,
    run,
  };
}

const noEdit = (basis: Step, told: number, confirmed: boolean): Story => ({
  edit: null,
  editedAt: null,
  isNamed: false,
  ranOver: false,
  madeOn: undefined,
  basis,
  told,
  confirmed,
  run: null,
});

/** All that the feed tells of was before the last of our writes was decided. */
const isBefore = (evidence: readonly EvidenceRow[], issuedAt: string | null): boolean =>
  isOlder(evidence.at(-1)?.activityDate ?? null, issuedAt);

/** Our value that a run of edits began on: what it replaced, else what we had written last before it. */
function foundation(
  { old, ours }: { old: Scalar; ours: Step },
  writes: readonly Scalar[],
): Scalar | undefined {
  return writes.includes(old) ? old : ours;
}

/** A write as the feed tells of it: Marketo may have taken no more than its beginning. */
function asTaken(value: Scalar, steps: readonly Step[]): Scalar {
  const cut = steps.find((step) => step !== undefined && isCutOf(value, step));
  return cut === undefined || steps.includes(value) ? value : cut;
}

/** What a step of the feed put there; undefined for a step that cannot be ours. */
type Step = Scalar | undefined;

/** Marketo names the source of a change, and ours come through its API (marketo-rest 3.3). */
function mayBeOurs({ source }: EvidenceRow): boolean {
  return source === null || source === 'Web service API';
}

/**
 * Which of our writes each step of the feed is, -1 for somebody else's edit: both are in order, and a write that changed
 * nothing left no step. Matched from either end, whichever explains more; the end wins a tie, since our last write is most
 * likely the last of its value, unless the feed tells of what was before it. Of writes of one value in a row, the first left the step.
 */
function ownSteps(
  steps: readonly Step[],
  writes: readonly Scalar[],
  isBeforeLast: boolean,
): readonly number[] {
  if (writes.length === 0) return steps.map(() => -1);
  const last = writes.length - 1;
  const forward = inOrder(steps, writes);
  const backward = inOrder(steps.toReversed(), writes.toReversed())
    .toReversed()
    .map((at) => (at < 0 ? at : last - at));
  const count = (own: readonly number[]): number => own.filter((at) => at >= 0).length;
  const lead = count(forward) - count(backward);
  return firstOfEqual(lead > 0 || (lead === 0 && isBeforeLast) ? forward : backward, writes);
}

function firstOfEqual(own: readonly number[], writes: readonly Scalar[]): readonly number[] {
  let from = 0;
  return own.map((last) => {
    if (last < 0) return last;
    let at = last;
    while (at > from && writes[at - 1] === writes[at]) at -= 1;
    from = at + 1;
    return at;
  });
}

function inOrder(steps: readonly Step[], writes: readonly Scalar[]): number[] {
  let from = 0;
  return steps.map((side) => {
    const at = side === undefined ? -1 : writes.indexOf(side, from);
    if (at >= 0) from = at + 1;
    return at;
  });
}
