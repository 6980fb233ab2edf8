import type { System } from '@lockstep/change-events';

/** Writes to a system of one kind of record (`person` or the name of its golden topic) that ended: carried out, or refused. */
export type OutcomeCount = {
  readonly system: System;
  readonly entity: string;
  readonly done: number;
  readonly refused: number;
};

/** What became of the writes of all instances together, by minute; those of 25 hours are kept. */
export type OutcomeCountStore = {
  /** Counts at `atMs`; after a failure they may have been counted. */
  add(atMs: number, counts: readonly OutcomeCount[]): Promise<void>;
  /** What was counted in the minute of `sinceMs` and later, by system and entity in the order of their names. */
  totals(sinceMs: number): Promise<readonly OutcomeCount[]>;
};

/** One count per system and entity, in the order of their names. */
export function sumOutcomes(counts: readonly OutcomeCount[]): readonly OutcomeCount[] {
  const sums = new Map<string, OutcomeCount>();
  for (const count of counts) {
    const key = `${count.system}/${count.entity}`;
    const { done, refused } = sums.get(key) ?? { done: 0, refused: 0 };
    sums.set(key, { ...count, done: done + count.done, refused: refused + count.refused });
  }
  return [...sums].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, count]) => count);
}
