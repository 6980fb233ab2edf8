/** A record that was woken is left alone for this long: its wake-up is on its way. */
const pauseFirstMs = 10_000;
/** One that is due again and again is left alone for twice as long each time, up to this: nobody decides it for now. */
const pauseLastMs = 600_000;

/** Which records were woken lately. */
export type WokenRecords = {
  count(): number;
  isAsleep(goldenId: string): boolean;
  add(goldenIds: readonly string[], nowMs: number): void;
  /** Forgets those that are left alone no longer, and are not among what was found. */
  forget(found: readonly string[], nowMs: number): void;
};

type Rest = { readonly untilMs: number; readonly pauseMs: number };

export function createWokenRecords(): WokenRecords {
  const rests = new Map<string, Rest>();
  let atMs = 0;

  return {
    count: () => rests.size,
    isAsleep: (goldenId) => (rests.get(goldenId)?.untilMs ?? -Infinity) >= atMs,
    add(goldenIds, nowMs) {
      for (const goldenId of goldenIds) {
        const former = rests.get(goldenId)?.pauseMs;
        const pauseMs = former === undefined ? pauseFirstMs : Math.min(2 * former, pauseLastMs);
        rests.set(goldenId, { untilMs: nowMs + pauseMs, pauseMs });
      }
    },
    forget(found, nowMs) {
      atMs = nowMs;
      const kept = new Set(found);
      for (const [goldenId, { untilMs }] of rests)
        if (untilMs < nowMs && !kept.has(goldenId)) rests.delete(goldenId);
    },
  };
}
