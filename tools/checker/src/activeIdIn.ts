import type { GoldenEvent, System } from '@lockstep/change-events';

/** The row, or the person, that speaks for a side in a golden event. */
export const activeIdIn = ({ rows }: GoldenEvent, side: System): string | undefined =>
  rows.find(({ system, active }) => system === side && active)?.id;
