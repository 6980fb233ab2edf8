import type { System } from '@lockstep/change-events';
import { addWrites, noWrites, type WriteCounts, type WriteCountStore } from '../writeCounts.ts';

const minuteMs = 60_000;
const minutesKeptMax = 120;

/** Counts of writes in memory, of the last two hours. */
export function inMemoryWriteCounts(): WriteCountStore {
  const counted: { system: System; minute: number; counts: WriteCounts }[] = [];

  return {
    async add(system, atMs, counts) {
      const minute = Math.floor(atMs / minuteMs);
      counted.push({ system, minute, counts });
      while ((counted[0]?.minute ?? minute) < minute - minutesKeptMax) counted.shift();
    },
    async total(system, sinceMs) {
      const since = Math.floor(sinceMs / minuteMs);

      return counted
        .filter((each) => each.system === system && each.minute >= since)
        .reduce((sum, { counts }) => addWrites(sum, counts), noWrites);
    },
  };
}
