import { SyncError } from '@lockstep/change-events';
import type { RequestBudget } from '@lockstep/ports';
import { retryAfterOf } from './failures.ts';
import { createGovernorBudget, type GovernorBudget } from './governorBudget.ts';
import { createGovernorParallelism, type GovernorParallelism } from './governorParallelism.ts';
import { createGovernorQueue, type DataverseLane, type GovernorQueue } from './governorQueue.ts';
import { createGovernorWindow, type GovernorWindow, type WindowLimits } from './governorWindow.ts';
import type { HttpAnswer } from './httpTransport.ts';

/**
 * Lets requests of one application user leave: within our share of the service-protection limits, not before a
 * `Retry-After` is over, in the order of lanes, and within the day's budget (dataverse facts 4).
 */
export type Governor = {
  /** Throws what `send` throws, DYNAMICS_BUDGET_SPENT, and DYNAMICS_UNREACHABLE when stopped while waiting. */
  run(turn: Turn, send: () => Promise<HttpAnswer>): Promise<HttpAnswer>;
  readonly budget: RequestBudget;
  /** Turns away what still waits. */
  close(): void;
};

export type Turn = { readonly lane: DataverseLane; readonly signal?: AbortSignal };

export type GovernorOptions = {
  /** Part of the limits that we use; the rest is for whoever else signs in as this user. */
  readonly share: number;
  readonly limits: WindowLimits;
  readonly parallelMax: number;
  readonly requestsPerDay: number | null;
  /** Ms since 1970. */
  readonly now: () => number;
};

/** What Microsoft grants per user and web server (dataverse facts 4.1). */
export const serviceProtectionLimits: WindowLimits = {
  requestsMax: 6000,
  executionMsMax: 1_200_000,
  windowMs: 300_000,
};

type Waiting = { readonly start: () => void; readonly turnAway: (error: SyncError) => void };

/** What the functions below share. */
type State = {
  readonly queue: GovernorQueue<Waiting>;
  readonly window: GovernorWindow;
  readonly parallelism: GovernorParallelism;
  readonly budget: GovernorBudget;
  readonly now: () => number;
  running: number;
  blockedUntilMs: number;
  timer: NodeJS.Timeout | null;
};

const waitingMax = 1000;

export function createGovernor(options: GovernorOptions): Governor {
  const { share, limits, parallelMax, now } = options;
  const state: State = {
    queue: createGovernorQueue(),
    window: createGovernorWindow({
      ...limits,
      requestsMax: Math.max(1, Math.floor(limits.requestsMax * share)),
      executionMsMax: limits.executionMsMax * share,
    }),
    parallelism: createGovernorParallelism(parallelMax),
    budget: createGovernorBudget(options.requestsPerDay, now),
    now,
    running: 0,
    blockedUntilMs: -Infinity,
    timer: null,
  };

  return {
    async run(turn, send) {
      await admission(state, turn);
      try {
        return observe(state, await timed(state, send));
      } finally {
        state.running -= 1;
        admitNext(state);
      }
    },
    budget: state.budget,
    close() {
      if (state.timer) clearTimeout(state.timer);
      for (let next = state.queue.take(); next; next = state.queue.take()) next.item.turnAway(stopped());
    },
  };
}

function admission(state: State, { lane, signal }: Turn): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      state.queue.remove(lane, waiting);
      reject(stopped());
    };
    const waiting: Waiting = {
      start: () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      },
      turnAway: (error) => {
        signal?.removeEventListener('abort', stop);
        reject(error);
      },
    };
    if (signal?.aborted) return reject(stopped());
    if (state.queue.size() >= waitingMax)
      return reject(new SyncError('DYNAMICS_BUSY', { reason: 'too many requests wait' }));
    signal?.addEventListener('abort', stop, { once: true });
    state.queue.add(lane, waiting);
    admitNext(state);
  });
}

function admitNext(state: State): void {
  while (state.running < state.parallelism.limit() && state.queue.size() > 0) {
    const nowMs = state.now();
    const waitMs = Math.max(state.blockedUntilMs - nowMs, state.window.waitMs(nowMs));
    if (waitMs > 0) return wakeAfter(state, waitMs);
    const next = state.queue.take();
    if (!next) return;
    const refusal = state.budget.refusal(next.lane);
    if (refusal) next.item.turnAway(refusal);
    else begin(state, next.item, nowMs);
  }
}

function begin(state: State, waiting: Waiting, nowMs: number): void {
  state.running += 1;
  state.window.began(nowMs);
  state.budget.count();
  waiting.start();
}

/** Timers count in whole ms and may come early by one. */
function wakeAfter(state: State, waitMs: number): void {
  if (state.timer) clearTimeout(state.timer);
  state.timer = setTimeout(
    () => {
      state.timer = null;
      admitNext(state);
    },
    Math.ceil(waitMs) + 1,
  );
}

async function timed(state: State, send: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  const startedMs = state.now();
  try {
    return await send();
  } finally {
    const endedMs = state.now();
    state.window.took(endedMs, endedMs - startedMs);
  }
}

/** Several refusals of one burst are one piece of news. */
function observe(state: State, answer: HttpAnswer): HttpAnswer {
  const nowMs = state.now();
  const asked = retryAfterOf(answer);
  const isRefusal = answer.status === 429;
  if (isRefusal && nowMs >= state.blockedUntilMs) state.parallelism.refused();
  if (isRefusal || (answer.status === 503 && asked !== null))
    state.blockedUntilMs = Math.max(state.blockedUntilMs, nowMs + (asked ?? 1000));
  if (answer.status < 400) state.parallelism.succeeded(hintOf(answer));

  return answer;
}

function hintOf({ headers }: HttpAnswer): number | null {
  const hint = Number(headers['x-ms-dop-hint'] ?? NaN);

  return Number.isInteger(hint) && hint > 0 ? hint : null;
}

function stopped(): SyncError {
  return new SyncError('DYNAMICS_UNREACHABLE', { reason: 'stopped' });
}
