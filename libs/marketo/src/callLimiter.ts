import { SyncError } from '@lockstep/change-events';
import type { CallLane, Clock } from '@lockstep/ports';
import type { CallCounter } from './callCounter.ts';
import { createLaneQueue } from './laneQueue.ts';

export type CallLimiterOptions = {
  readonly callsPer20s: number;
  readonly concurrentMax: number;
  readonly counter: Pick<CallCounter, 'refusal' | 'count'>;
  readonly clock: Clock;
};

/** Runs calls so that no 606 or 615 is of our own making (marketo-rest 6), the most urgent first. */
export type CallLimiter = <Result>(lane: CallLane, call: () => Promise<Result>) => Promise<Result>;

type Waiting = {
  readonly lane: CallLane;
  readonly start: () => Promise<void>;
  readonly refuse: (error: SyncError) => void;
};

const windowMs = 20_000;
/** Calls may reach Marketo closer together than they were sent. */
const jitterMs = 500;
/** Each loop waits for its own calls, so more than this means that something asks without end. */
const waitingMax = 1000;

/**
 * A sliding window over the times at which calls were sent, and a bound on those in flight. Which call is next is decided
 * when it may leave, not when it was asked for. A call that does not leave fails with MARKETO_BUSY, MARKETO_UNREACHABLE
 * or, when the day's calls are spent, MARKETO_QUOTA_SPENT.
 */
export function createCallLimiter(options: CallLimiterOptions, stopped: AbortSignal): CallLimiter {
  const { concurrentMax, counter } = options;
  const queue = createLaneQueue<Waiting>();
  const admit = createWindow(options, stopped);
  let inFlight = 0;
  let isSending = false;
  const send = async (): Promise<void> => {
    if (isSending) return;
    isSending = true;
    while (queue.size > 0 && inFlight < concurrentMax) {
      await admit();
      const next = queue.take();
      const refusal = next && (stopped.aborted ? closed() : counter.refusal(next.lane));
      if (refusal) next.refuse(refusal);
      else void next?.start();
    }
    isSending = false;
  };

  return (lane, call) =>
    new Promise((resolve, reject) => {
      const refusal = queue.size < waitingMax ? counter.refusal(lane) : crowded();
      if (refusal) {
        reject(refusal);
        return;
      }
      const start = async (): Promise<void> => {
        inFlight += 1;
        counter.count(lane);
        await call()
          .then(resolve, reject)
          .finally(() => (inFlight -= 1));
        await send();
      };
      queue.add(lane, { lane, start, refuse: reject });
      void send();
    });
}

const closed = () => new SyncError('MARKETO_UNREACHABLE', { reason: 'closed' });
const crowded = () => new SyncError('MARKETO_BUSY', { reason: 'too many calls wait' });

/** Resolves when one more call may be sent. */
function createWindow({ callsPer20s, clock }: CallLimiterOptions, stopped: AbortSignal) {
  const sentMs: number[] = [];

  return async (): Promise<void> => {
    const oldest = sentMs.length < callsPer20s ? undefined : sentMs.shift();
    const waitMs = oldest === undefined ? 0 : oldest + windowMs + jitterMs - clock.monotonic();
    if (waitMs > 0) await clock.sleep(waitMs, stopped);
    sentMs.push(clock.monotonic());
  };
}
