import type { GoldenEvent, System } from '@lockstep/change-events';
import type { History } from './history.ts';

/** The row, or the person, that speaks for a side in a golden event. */
export const activeIdIn = ({ rows }: GoldenEvent, side: System): string | undefined =>
  rows.find(({ system, active }) => system === side && active)?.id;

/** The golden events that show a row, in the order in which they were decided: those of one record are in order, others lie beside them. */
export const eventsShowing = ({ golden }: Pick<History, 'golden'>, rowId: string): readonly GoldenEvent[] =>
  golden
    .filter(({ rows }) => rows.some(({ id }) => id === rowId))
    .toSorted((a, b) => Date.parse(a.decidedAt) - Date.parse(b.decidedAt));
