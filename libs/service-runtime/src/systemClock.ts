import { setTimeout as wait } from 'node:timers/promises';

/** Time as an argument; structurally the Clock of the ports. */
export type Clock = {
  /** Wall clock, milliseconds since 1970. */
  now(): number;
  /** Never jumps; milliseconds from an arbitrary start. */
  monotonic(): number;
  /** Resolves after `durationMs`, or at once when `signal` aborts. Never rejects. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
};

/** A longer timer would overflow and fire at once. */
const sleepMaxMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (durationMs, signal) =>
    wait(Math.min(durationMs, sleepMaxMs), undefined, { signal }).catch(() => undefined),
};
