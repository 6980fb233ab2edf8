import type { Clock } from '@lockstep/ports';
import pLimit from 'p-limit';

export type CallLimiterOptions = {
  readonly callsPer20s: number;
  readonly concurrentMax: number;
  readonly clock: Clock;
};

/** Runs calls so that no 606 or 615 is of our own making (marketo-rest 6). */
export type CallLimiter = <Result>(call: () => Promise<Result>) => Promise<Result>;

const windowMs = 20_000;
/** Calls may reach Marketo closer together than they were sent. */
const jitterMs = 500;

/** A sliding window over the times at which calls were sent, and a bound on those in flight. */
export function createCallLimiter(options: CallLimiterOptions, stopped: AbortSignal): CallLimiter {
  const { callsPer20s, concurrentMax, clock } = options;
  const inFlight = pLimit(concurrentMax);
  const oneByOne = pLimit(1);
  const sentMs: number[] = [];
  const admit = async (): Promise<void> => {
    const oldest = sentMs.length < callsPer20s ? undefined : sentMs.shift();
    const waitMs = oldest === undefined ? 0 : oldest + windowMs + jitterMs - clock.monotonic();
    if (waitMs > 0) await clock.sleep(waitMs, stopped);
    sentMs.push(clock.monotonic());
  };

  return (call) =>
    inFlight(async () => {
      await oneByOne(admit);

      return call();
    });
}
