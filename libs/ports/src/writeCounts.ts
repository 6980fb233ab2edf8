import type { System } from '@lockstep/change-events';

/** `blanked` are changes that clear a value; they count as changed too. */
export const writeKinds = ['changed', 'blanked', 'created', 'deleted'] as const;
export type WriteKind = (typeof writeKinds)[number];
export type WriteCounts = Readonly<Record<WriteKind, number>>;

export const noWrites: WriteCounts = { changed: 0, blanked: 0, created: 0, deleted: 0 };

export function addWrites(one: WriteCounts, other: WriteCounts): WriteCounts {
  return {
    changed: one.changed + other.changed,
    blanked: one.blanked + other.blanked,
    created: one.created + other.created,
    deleted: one.deleted + other.deleted,
  };
}

/** What all instances together wrote to each system lately, by minute; counts of two hours at least are kept. */
export type WriteCountStore = {
  /** Counts at `atMs`; after a failure it may have been counted. */
  add(system: System, atMs: number, counts: WriteCounts): Promise<void>;
  /** What was counted in the minute of `sinceMs` and later. */
  total(system: System, sinceMs: number): Promise<WriteCounts>;
};
