import type { PastConflict, PastConflictStore } from '../pastConflicts.ts';

const keyOf = ({ goldenId, conflict: { at, field, rule, decision } }: PastConflict): string =>
  [goldenId, at, field, rule, decision].join('/');

/** Past conflicts in memory; none expires. */
export function inMemoryPastConflicts(): PastConflictStore {
  const kept = new Map<string, PastConflict>();

  return {
    async add(past) {
      for (const each of past) if (!kept.has(keyOf(each))) kept.set(keyOf(each), structuredClone(each));
    },
    async read(goldenId, limitMax) {
      return [...kept.values()]
        .filter((each) => each.goldenId === goldenId)
        .map(({ conflict }) => conflict)
        .sort((a, b) => (a.at < b.at ? -1 : 1))
        .slice(-limitMax);
    },
  };
}
