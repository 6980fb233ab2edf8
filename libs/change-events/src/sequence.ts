/**
 * A position in an order that can start anew: numbers rise within an epoch, and a later epoch outranks every earlier
 * one, so that a restored source never looks stale (design: Epochs).
 */
export type Sequence = { readonly epoch: number; readonly number: number };

/** Negative when `a` comes before `b`, zero when equal, positive when after; absent comes before everything. */
export function compareSequence(a: Sequence | null | undefined, b: Sequence | null | undefined): number {
  if (!a || !b) return (a ? 1 : 0) - (b ? 1 : 0);
  return a.epoch - b.epoch || a.number - b.number;
}

/** True when `a` comes strictly after `b`. */
export function isAfter(a: Sequence | null | undefined, b: Sequence | null | undefined): boolean {
  return compareSequence(a, b) > 0;
}
