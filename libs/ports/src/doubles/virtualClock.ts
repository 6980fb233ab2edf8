import type { Clock } from '../clock.ts';

/** A clock that stands still until somebody sleeps on it or moves it. */
export type VirtualClock = Clock & { advance(durationMs: number): void };

export function virtualClock(startMs: number): VirtualClock {
  let passedMs = 0;
  return {
    now: () => startMs + passedMs,
    monotonic: () => passedMs,
    advance(durationMs) {
      passedMs += durationMs;
    },
    async sleep(durationMs, signal) {
      // A caller may abort in the same turn in which it fell asleep.
      await Promise.resolve();
      if (!signal.aborted) passedMs += durationMs;
    },
  };
}
