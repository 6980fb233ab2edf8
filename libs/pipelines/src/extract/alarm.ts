import type { Clock } from '@lockstep/ports';

/**
 * A pause that can be cut short. A ring is a flag and no queue: however many come, the next pause ends once, and no two
 * pauses are cut short within `gapMs`, so that a flood of rings costs a bounded number of calls.
 */
export type Alarm = {
  /** False when it was rung already and nobody has woken up since. Also counts while nobody sleeps: the next pause is short. */
  ring(): boolean;
  /** As `Clock.sleep`, and ends early when rung. Never rejects. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
};

const gapMsDefault = 50;

export function createAlarm(clock: Clock, gapMs = gapMsDefault): Alarm {
  let isRung = false;
  let wake = (): void => {};
  let wokenAtMs = -Infinity;

  /** Not AbortSignal.any: it would hang one more signal on the caller's long-lived one with every pause. */
  async function untilRung(durationMs: number, signal: AbortSignal): Promise<void> {
    const ended = new AbortController();
    wake = () => ended.abort();
    if (signal.aborted) wake();
    signal.addEventListener('abort', wake, { once: true });
    await clock.sleep(durationMs, ended.signal);
    signal.removeEventListener('abort', wake);
  }

  return {
    ring() {
      if (isRung) return false;
      isRung = true;
      wake();
      return true;
    },
    async sleep(durationMs, signal) {
      const endsAtMs = clock.monotonic() + durationMs;
      if (!isRung) await untilRung(durationMs, signal);
      if (!isRung || signal.aborted) return;
      // Never longer than the pause that was asked for.
      const restMs = Math.min(wokenAtMs + gapMs, endsAtMs) - clock.monotonic();
      if (restMs > 0) await clock.sleep(restMs, signal);
      isRung = false;
      wokenAtMs = clock.monotonic();
    },
  };
}
