import type { Conflict } from '@lockstep/change-events';

/** A conflict that a golden record keeps no longer. */
export type PastConflict = { readonly goldenId: string; readonly conflict: Conflict };

/** Conflicts that fell out of their records, kept for a time: they explain, and nothing is decided by them. */
export type PastConflictStore = {
  /** Keeps each for `keptMs` from `nowMs`; a repeat changes nothing. */
  add(
    past: readonly PastConflict[],
    times: { readonly nowMs: number; readonly keptMs: number },
  ): Promise<void>;
  /** The newest `limitMax` of a record, oldest first. */
  read(goldenId: string, limitMax: number): Promise<readonly Conflict[]>;
};
