import type { Scalar, System } from '@lockstep/change-events';
import type { Ruling } from './conflictPolicies.ts';
import { decidedAt } from './decidedAt.ts';
import type { Draft } from './decision.ts';
import type { GoldenField } from './goldenRecord.ts';

/** A value, the side that brought it, when that says it did, and by which event. */
type Brought = {
  readonly from: System | null;
  readonly value: Scalar;
  readonly changedAt: string | null;
  readonly eventId: string | null;
};

type Sides = {
  readonly ruling: Ruling;
  readonly winner: Omit<Brought, 'from'>;
  readonly loser: Omit<Brought, 'eventId'>;
};

/** Keeps both values of a field, whose they are, and which rule decided (G-05). */
export function keepConflict(draft: Draft, field: string, sides: Sides): void {
  if (isKept(draft, field, sides)) return;
  const { ruling, winner, loser } = sides;
  const { epoch, number } = draft.record.revision;
  draft.conflicts.push({
    field,
    winner: ruling.winner,
    winnerValue: winner.value,
    loserValue: loser.value,
    rule: ruling.rule,
    at: decidedAt(draft.context),
    loser: loser.from,
    winnerChangedAt: winner.changedAt,
    loserChangedAt: loser.changedAt,
    decision: `${epoch}.${number}/${field}`,
    winnerEventId: winner.eventId,
  });
}

/** A feed tells of an edit, and the state that was read with it shows it too. */
const isKept = ({ conflicts }: Draft, field: string, { ruling, loser }: Sides): boolean =>
  conflicts.some(
    (known) => known.field === field && known.loserValue === loser.value && known.rule === ruling.rule,
  );

const nothing: Brought = { from: null, value: null, changedAt: null, eventId: null };

/** What the golden record has of a field. */
export function heldIn(field: GoldenField | undefined): Brought {
  if (!field) return nothing;
  const { source: from, value, changedAt, eventId } = field;

  return { from, value, changedAt, eventId };
}
