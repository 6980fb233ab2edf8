import type { Clock } from '@lockstep/ports';
import { createAlarm } from './alarm.ts';

/** Wakes the poller of one table, and tells it that a hint was the reason. */
export type HintBell = {
  /** False when it was rung already and nobody has woken up since. */
  ring(): boolean;
  readonly sleep: Clock['sleep'];
  /** Who is to be told of hints now; null when nobody reads the table. */
  answerTo(hinted: (() => void) | null): void;
};

export function createHintBell(clock: Clock): HintBell {
  const alarm = createAlarm(clock);
  let tell: (() => void) | null = null;

  return {
    ring() {
      tell?.();

      return alarm.ring();
    },
    sleep: (durationMs, signal) => alarm.sleep(durationMs, signal),
    answerTo: (hinted) => void (tell = hinted),
  };
}
