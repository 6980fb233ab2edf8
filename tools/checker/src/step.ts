import type { Scalar, System } from '@lockstep/change-events';
import type { StateEntry } from './history.ts';

/** One change of one field on one side, values in canonical form. */
export type Step = {
  readonly atMs: number;
  readonly side: System;
  readonly recordId: string;
  readonly human: boolean;
  readonly operation: StateEntry['operation'];
  readonly version: number | null;
  readonly before: Scalar;
  readonly after: Scalar;
  /** An operator gave the value that lost back; no log of a side shows it. */
  readonly undone?: true;
  /** Of an undo: it never reached its side. */
  readonly givenUp?: true;
};
