import type { GoldenEvent, Scalar, System } from '@lockstep/change-events';
import type { MappingRow } from '@lockstep/reconciliation';
import { activeIdIn } from './activeIdIn.ts';
import { canonicalValue } from './canonicalValue.ts';
import { append } from './indexHistory.ts';
import type { Step } from './step.ts';

/** An operator undid a decision (G-05): as if somebody had given its side that value in that moment. */
export type Undoing = {
  readonly field: string;
  readonly side: System;
  readonly atMs: number;
  readonly personId: string | undefined;
  readonly before: Scalar;
  readonly after: Scalar;
  /** Values that its side brought after it, or that were held for review, and those that were decided about for the first time after it. */
  readonly late: readonly Scalar[];
};

const undoRule = 'undo';
const heldRule = 'held-for-review';

/** By the id of the row. */
export function undoingsByRow(golden: readonly GoldenEvent[]): ReadonlyMap<string, readonly Undoing[]> {
  const undoings = new Map<string, Undoing[]>();
  const events = [...new Map(golden.map((event) => [event.eventId, event])).values()];
  for (const event of events)
    for (const { field, winner: side, loserValue, winnerValue, rule } of event.conflicts) {
      const rowId = activeIdIn(event, 'dynamics');
      if (rule !== undoRule || rowId === undefined) continue;
      append(undoings, rowId, {
        ...{ field, side, atMs: Date.parse(event.decidedAt), personId: activeIdIn(event, 'marketo') },
        ...{ before: loserValue, after: winnerValue, late: lateValues(events, event, { field, side }) },
      });
    }
  return undoings;
}

function lateValues(
  events: readonly GoldenEvent[],
  undo: GoldenEvent,
  { field, side }: Pick<Undoing, 'field' | 'side'>,
): readonly Scalar[] {
  const own = events.filter(({ goldenId }) => goldenId === undo.goldenId);
  const end = own.indexOf(undo) + 1;
  const told = new Set(own.slice(0, end).flatMap((event) => valuesIn(event, field)));
  return own
    .slice(end)
    .flatMap((event) => [
      ...event.changed.flatMap((change) =>
        change.field === field && change.source === side && change.rule !== undoRule ? [change.after] : [],
      ),
      ...event.conflicts.flatMap((conflict) =>
        conflict.field === field && conflict.loser === side && conflict.rule === heldRule
          ? [conflict.loserValue]
          : [],
      ),
      ...valuesIn(event, field).filter((value) => !told.has(value)),
    ]);
}

const valuesIn = ({ changed, conflicts }: GoldenEvent, field: string): readonly Scalar[] => [
  ...changed.flatMap((change) => (change.field === field ? [change.after] : [])),
  ...conflicts.flatMap((conflict) => (conflict.field === field ? [conflict.loserValue] : [])),
];

type Undone = {
  readonly undoings: readonly Undoing[];
  readonly personIds: readonly string[];
  readonly partedIds: readonly string[];
  readonly rowId: string;
};

/** Steps that nobody's log shows. An edit of the row, or of the person, that was not read yet is the later one (operations.md, Undo). */
export function undoneSteps(group: Undone, mapping: MappingRow, steps: readonly Step[]): readonly Step[] {
  return group.undoings
    .filter(({ field }) => field === mapping.field)
    .map((undoing): Step => {
      const { side, atMs } = undoing;
      const late = undoing.late.map((value) => canonicalValue(mapping, value));
      const isGivenUp = wasGivenUp(
        group,
        undoing,
        steps.filter((step) => step.after === canonicalValue(mapping, undoing.after)),
      );
      const recordId = side === 'dynamics' ? group.rowId : personIn(group, undoing);
      const isOwn = (step: Step) => step.side === side && (side === 'dynamics' || step.recordId === recordId);
      const last = steps.findLast((step) => isOwn(step) && step.human && step.atMs < atMs);
      const unread = last && late.includes(last.after) ? last : undefined;
      return {
        ...{ side, human: true, operation: 'update', version: null, undone: true },
        ...(isGivenUp && { givenUp: true }),
        atMs: unread ? unread.atMs - 0.5 : atMs,
        recordId,
        before: canonicalValue(mapping, undoing.before),
        after: canonicalValue(mapping, undoing.after),
      };
    });
}

/** The pair was parted before our write reached the row or the person: what was on its way was given up. */
function wasGivenUp(
  { partedIds }: Undone,
  { personId, side, atMs }: Undoing,
  same: readonly Step[],
): boolean {
  const partedMs = partedIds.flatMap((id) => {
    const [name, ms] = id.split('/');
    return name === personId && Number(ms) >= atMs ? [Number(ms)] : [];
  });
  const untilMs = Math.min(...partedMs);
  const isWritten = same.some(
    (step) => step.side === side && !step.human && step.atMs >= atMs && step.atMs <= untilMs,
  );
  return partedMs.length > 0 && !isWritten;
}

/** A person that was parted goes by another name. */
const personIn = ({ personIds }: Undone, { personId }: Undoing): string =>
  personIds.findLast((id) => id.split('/')[0] === personId) ?? personId ?? '';
