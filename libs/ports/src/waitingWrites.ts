import type { WaitingWrite } from '@lockstep/reconciliation';

/** Writes of one side, entity and operation that wait, and since when the oldest of them, as an ISO time. */
export type WaitingWriteCount = WaitingWrite & { readonly writes: number };

/** `isWhole` is false when there are more records than were looked at. */
export type WaitingWriteCounts = { readonly counts: readonly WaitingWriteCount[]; readonly isWhole: boolean };

/** What golden records wait for (`waitingWritesOf`), as the last save left them. */
export type WaitingWriteReader = {
  /** By side, entity and operation; looks at `recordsMax` records, those that have waited for longest. */
  count(recordsMax: number): Promise<WaitingWriteCounts>;
};

/** Adds up what records wait for; `since` is that of the oldest. */
export function countWaitingWrites(
  records: readonly (readonly WaitingWrite[])[],
): readonly WaitingWriteCount[] {
  const counts = new Map<string, WaitingWriteCount>();
  for (const write of records.flat()) {
    const key = keyOf(write);
    const { writes = 0, since = write.since } = counts.get(key) ?? {};
    counts.set(key, { ...write, writes: writes + 1, since: since < write.since ? since : write.since });
  }

  return [...counts.values()].sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
}

const keyOf = ({ side, entity, operation }: WaitingWrite): string => `${side} ${entity} ${operation}`;

/** When the first of them was decided; null where there are none. */
export function waitingSince(writes: readonly WaitingWrite[]): string | null {
  return writes.map(({ since }) => since).sort()[0] ?? null;
}
