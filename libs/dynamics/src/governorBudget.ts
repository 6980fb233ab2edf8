import { isoTime, SyncError } from '@lockstep/change-events';
import type { DailyUsage, RequestBudget } from '@lockstep/ports';
import type { DataverseLane } from './governorQueue.ts';

export type GovernorBudget = RequestBudget & {
  /** DYNAMICS_BUDGET_SPENT when a request of the lane may not leave today. */
  refusal(lane: DataverseLane): SyncError | null;
  count(): void;
};

/** What is left for live edits when backfill has had its part. */
const backfillShare = 0.8;
const rateOverMs = 60 * 60 * 1000;
/** The burst with which a process begins says nothing about its rate. */
const shortestMs = 60_000;
const dayMs = 24 * 60 * 60 * 1000;

/** `budget` null: no limit, the requests are only counted. */
export function createGovernorBudget(budget: number | null, now: () => number): GovernorBudget {
  let usage: DailyUsage = { day: '', used: 0 };
  const rate = createRate();
  const today = (): DailyUsage => {
    const day = isoTime(now()).slice(0, 10);
    if (usage.day !== day) usage = { day, used: 0 };

    return usage;
  };

  return {
    raiseTo({ day, used }) {
      if (day === today().day) usage = { day, used: Math.max(usage.used, used) };
    },
    report() {
      const nowMs = now();
      const { day, used } = today();
      const spentAtMs = nowMs + Math.max(0, (budget ?? Infinity) - used) / rate.perMs(nowMs);
      const forecastAt = spentAtMs < dayEndMs(nowMs) ? isoTime(Math.floor(spentAtMs)) : null;

      return { day, used, budget, forecastAt };
    },
    refusal(lane) {
      if (budget === null) return null;
      const limit = lane === 'BACKFILL' ? budget * backfillShare : budget;

      return today().used < limit ? null : spent(lane, now());
    },
    count() {
      const { day, used } = today();
      usage = { day, used: used + 1 };
      rate.count(now());
    },
  };
}

function spent(lane: DataverseLane, nowMs: number): SyncError {
  const until = dayEndMs(nowMs);

  return new SyncError('DYNAMICS_BUDGET_SPENT', {
    lane,
    until: isoTime(until),
    retryAfterMs: until - nowMs,
  });
}

function dayEndMs(nowMs: number): number {
  return (Math.floor(nowMs / dayMs) + 1) * dayMs;
}

/** Requests per ms over the last hour or, before the first hour is over, since the start: two halves, one growing. */
function createRate(): { count(nowMs: number): void; perMs(nowMs: number): number } {
  let former = { fromMs: NaN, requests: 0 };
  let present = { fromMs: NaN, requests: 0 };

  return {
    count(nowMs) {
      if (Number.isNaN(present.fromMs)) present = { fromMs: nowMs, requests: 0 };
      if (nowMs - present.fromMs >= rateOverMs / 2) {
        former = present;
        present = { fromMs: nowMs, requests: 0 };
      }
      present.requests += 1;
    },
    perMs(nowMs) {
      const fromMs = Number.isNaN(former.fromMs) ? present.fromMs : former.fromMs;

      return (former.requests + present.requests) / Math.max(shortestMs, nowMs - fromMs);
    },
  };
}
