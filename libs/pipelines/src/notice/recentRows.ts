/** Rows of the feeds that were announced lately, so that reading them again announces them no second time. */
export type RecentRows = {
  has(key: string): boolean;
  add(keys: readonly string[], nowMs: number): void;
  /** Rows that were announced before are not met any more. */
  forgetBefore(beforeMs: number): void;
};

/** Some 150 bytes each; of more the oldest are forgotten, and announced again when they are met. */
const rowsMax = 100_000;

export function createRecentRows(): RecentRows {
  const addedAtMs = new Map<string, number>();
  const oldest = (): [string, number] | undefined => addedAtMs.entries().next().value;

  return {
    has: (key) => addedAtMs.has(key),
    add(keys, nowMs) {
      for (const key of keys) {
        addedAtMs.delete(key);
        addedAtMs.set(key, nowMs);
      }
      for (let first = oldest(); first && addedAtMs.size > rowsMax; first = oldest())
        addedAtMs.delete(first[0]);
    },
    forgetBefore(beforeMs) {
      for (let first = oldest(); first && first[1] < beforeMs; first = oldest()) addedAtMs.delete(first[0]);
    },
  };
}
