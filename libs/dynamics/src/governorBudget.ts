import { isoTime, SyncError } from '@lockstep/change-events';
import type { DataverseLane } from './dataverseClient.ts';

/** Requests of one UTC day; handed on, the count survives a restart. */
export type DailyUsage = { readonly day: string; readonly used: number };

/** `forecastAt` is when the budget is spent at the present rate, null when it lasts until the day ends. */
export type BudgetReport = {
  readonly used: number;
  readonly budget: number;
  readonly forecastAt: string | null;
};

export type GovernorBudgetOptions = {
  /** Null: no budget. */
  readonly requestsPerDay: number | null;
  readonly initial: DailyUsage | null;
  /** Called at most once a minute, and when the budget is spent. */
  readonly onBudget: (report: BudgetReport) => void;
};

export type GovernorBudget = {
  /** DYNAMICS_BUDGET_SPENT when a request of the lane may not leave today. */
  refusal(lane: DataverseLane, nowMs: number): SyncError | null;
  count(nowMs: number): void;
  usage(nowMs: number): DailyUsage;
};

/** What is left for live edits when backfill has had its part. */
const backfillShare = 0.8;
const reportEveryMs = 60_000;
const rateOverMs = 60 * 60 * 1000;
const dayMs = 24 * 60 * 60 * 1000;

export function createGovernorBudget(options: GovernorBudgetOptions): GovernorBudget {
  const { requestsPerDay: budget, initial, onBudget } = options;
  let usage: DailyUsage = initial ?? { day: '', used: 0 };
  let reportedMs = -Infinity;
  const rate = createRate();
  const usageAt = (nowMs: number): DailyUsage => {
    const day = isoTime(nowMs).slice(0, 10);
    if (usage.day !== day) usage = { day, used: 0 };

    return usage;
  };

  return {
    usage: usageAt,
    refusal(lane, nowMs) {
      if (budget === null) return null;
      const limit = lane === 'BACKFILL' ? budget * backfillShare : budget;

      return usageAt(nowMs).used < limit ? null : spent(lane, nowMs);
    },
    count(nowMs) {
      const { day, used } = usageAt(nowMs);
      usage = { day, used: used + 1 };
      rate.count(nowMs);
      if (budget === null || (nowMs - reportedMs < reportEveryMs && usage.used !== budget)) return;
      reportedMs = nowMs;
      const spentAtMs = nowMs + Math.max(0, budget - usage.used) / rate.perMs(nowMs);
      const forecastAt = spentAtMs < dayEndMs(nowMs) ? isoTime(Math.floor(spentAtMs)) : null;
      onBudget({ used: usage.used, budget, forecastAt });
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

      // A second at least: the first requests of a process say nothing about its rate.
      return (former.requests + present.requests) / Math.max(1000, nowMs - fromMs);
    },
  };
}
