import { sumOutcomes, type OutcomeCount, type OutcomeCountStore } from '../outcomeCounts.ts';

const minuteMs = 60_000;
const minutesKeptMax = 25 * 60;

/** What became of writes in memory, of the last 25 hours. */
export function inMemoryOutcomeCounts(): OutcomeCountStore {
  const counted = new Map<number, readonly OutcomeCount[]>();

  return {
    async add(atMs, counts) {
      const minute = Math.floor(atMs / minuteMs);
      counted.set(minute, sumOutcomes([...(counted.get(minute) ?? []), ...counts]));
      for (const old of counted.keys()) if (old < minute - minutesKeptMax) counted.delete(old);
    },
    async totals(sinceMs) {
      const since = Math.floor(sinceMs / minuteMs);

      return sumOutcomes([...counted].flatMap(([minute, counts]) => (minute >= since ? counts : [])));
    },
  };
}
