import type { Clock } from '@lockstep/ports';

export type CallPace = {
  /** 0 when one more call may leave; Infinity while it has to wait for an answer. */
  waitMs(): number;
  began(): void;
  ended(): void;
};

export type CallPaceOptions = {
  readonly intervalMs: number;
  readonly inFlightMax: number;
  readonly clock: Pick<Clock, 'monotonic'>;
};

/** What late timers have lost may be made up for, by so many calls. */
const behindMax = 2;

/** Calls that nobody waits for leave evenly instead of in one burst, which would shut everybody else out for its window. */
export function createCallPace({ intervalMs, inFlightMax, clock }: CallPaceOptions): CallPace {
  let dueMs = -Infinity;
  let inFlight = 0;

  return {
    waitMs: () => (inFlight < inFlightMax ? Math.max(0, dueMs - clock.monotonic()) : Infinity),
    began() {
      inFlight += 1;
      dueMs = Math.max(dueMs, clock.monotonic() - behindMax * intervalMs) + intervalMs;
    },
    ended() {
      inFlight -= 1;
    },
  };
}
