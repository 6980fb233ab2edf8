import { SyncError } from '@lockstep/change-events';
import type { CallLane, Clock } from '@lockstep/ports';
import type { CallCounter } from './callCounter.ts';
import { createCallPace } from './callPace.ts';
import { createLaneQueue, isUrgent, type LaneQueue } from './laneQueue.ts';

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
 * when it may leave, not when it was asked for; calls of the lanes that are not urgent leave evenly and keep one place in
 * flight free. A call that does not leave fails with MARKETO_BUSY, MARKETO_UNREACHABLE or, when the day's calls are spent,
 * MARKETO_QUOTA_SPENT.
 */
export function createCallLimiter(options: CallLimiterOptions, stopped: AbortSignal): CallLimiter {
  const { counter } = options;
  const queue = createLaneQueue<Waiting>();
  const flight = createFlight(options);
  const send = createSender({ ...options, queue, flight }, stopped);

  return (lane, call) =>
    new Promise((resolve, reject) => {
      const refusal = queue.size < waitingMax ? counter.refusal(lane) : crowded();
      if (refusal) {
        reject(refusal);
        return;
      }
      const start = async (): Promise<void> => {
        flight.began(lane);
        await call()
          .then(resolve, reject)
          .finally(() => flight.ended(lane));
        await send();
      };
      queue.add(lane, { lane, start, refuse: reject });
      void send();
    });
}

type Flight = {
  isFull(): boolean;
  /** How long the calls of lanes that are not urgent rest; Infinity until an answer comes. */
  restMs(): number;
  began(lane: CallLane): void;
  ended(lane: CallLane): void;
};

function createFlight(options: CallLimiterOptions): Flight {
  const { concurrentMax, counter } = options;
  const pace = paceOf(options);
  let inFlight = 0;

  return {
    isFull: () => inFlight >= concurrentMax,
    restMs: pace.waitMs,
    began(lane) {
      inFlight += 1;
      counter.count(lane);
      if (!isUrgent(lane)) pace.began();
    },
    ended(lane) {
      inFlight -= 1;
      if (!isUrgent(lane)) pace.ended();
    },
  };
}

type SenderOptions = CallLimiterOptions & { readonly queue: LaneQueue<Waiting>; readonly flight: Flight };

/** Sends what may leave now, and sees to it that the rest is sent when it may; called again whenever something changed. */
function createSender(options: SenderOptions, stopped: AbortSignal): () => Promise<void> {
  const { queue, flight, counter, clock } = options;
  const admit = createWindow(options, stopped);
  let isSending = false;
  let isWaking = false;
  const doOthersRest = (): boolean => !stopped.aborted && flight.restMs() > 0;
  const mayLeave = (): boolean => !flight.isFull() && queue.has(doOthersRest());
  const sendNext = async (): Promise<void> => {
    await admit();
    const next = queue.take(doOthersRest());
    const refusal = next && (stopped.aborted ? closed() : counter.refusal(next.lane));
    if (refusal) next.refuse(refusal);
    else void next?.start();
  };
  const wake = async (): Promise<void> => {
    const restMs = flight.restMs();
    // Then the next answer sends.
    if (isWaking || restMs === Infinity || flight.isFull() || queue.size === 0) return;
    isWaking = true;
    await clock.sleep(restMs, stopped);
    isWaking = false;
    await send();
  };
  const send = async (): Promise<void> => {
    if (isSending) return;
    isSending = true;
    while (mayLeave()) await sendNext();
    isSending = false;
    await wake();
  };

  return send;
}

function paceOf({ callsPer20s, concurrentMax, clock }: CallLimiterOptions) {
  const intervalMs = (windowMs + jitterMs) / callsPer20s;

  return createCallPace({ intervalMs, inFlightMax: Math.max(1, concurrentMax - 1), clock });
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
