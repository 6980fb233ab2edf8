import type { Sequence } from '@lockstep/change-events';

/** Numbers for calls to a source, taken before a call is sent; a later session's numbers outrank every earlier one's. */
export type CallNumbers = { next(): Sequence };

export function createCallNumbers(epoch: number): CallNumbers {
  let last = 0;
  return {
    next() {
      last += 1;
      return { epoch, number: last };
    },
  };
}
