import { isoTime, SyncError } from '@lockstep/change-events';
import {
  callLanes,
  type CallBudget,
  type CallLane,
  type CallReport,
  type CallsByLane,
  type DailyCalls,
} from '@lockstep/ports';
import { centralDay, centralDayEndMs } from './centralDay.ts';
import { isUrgent } from './laneQueue.ts';

export type CallCounter = Pick<CallBudget, 'report' | 'raiseTo'> & {
  /** MARKETO_QUOTA_SPENT when a call of the lane may not leave today. */
  refusal(lane: CallLane): SyncError | null;
  count(lane: CallLane): void;
  /** Marketo has said 607: nothing more leaves today, or for a minute. Returns the failure that says until when. */
  spend(lane: CallLane): SyncError;
};

/** What is left for people's edits when first loads and audits have had their part. */
const backfillShare = 0.8;
/** Marketo may begin a day later than we do, for clocks differ: a 607 so soon may be meant for the day before. */
const lateDayMs = 10 * 60_000;
const askedAgainMs = 60_000;
const none: CallsByLane = { REQUEST: 0, FRESH: 0, BACKFILL: 0, AUDIT: 0 };

/** Counts the calls of a day; `budget` is what Marketo grants all users of the instance together. */
export function createCallCounter(budget: number, now: () => number): CallCounter {
  let calls: DailyCalls = { day: '', used: 0, byLane: none };
  let restUntilMs = 0;
  const today = (): DailyCalls => {
    const day = centralDay(now());
    if (calls.day !== day) calls = { day, used: 0, byLane: none };

    return calls;
  };
  const raise = (used: number, byLane: CallsByLane): void => {
    const former = today();
    calls = { ...former, used: Math.max(former.used, used), byLane: higher(former.byLane, byLane) };
  };

  return {
    report: (): CallReport => ({ ...today(), budget, endsAt: isoTime(centralDayEndMs(now())) }),
    raiseTo({ day, used, byLane }) {
      if (day === today().day) raise(used, byLane);
    },
    refusal(lane) {
      if (now() < restUntilMs) return spent(lane, now(), restUntilMs);
      const isLeft = today().used < budget * (isUrgent(lane) ? 1 : backfillShare);

      return isLeft ? null : spent(lane, now(), centralDayEndMs(now()));
    },
    count(lane) {
      const { used, byLane } = today();
      raise(used + 1, { ...byLane, [lane]: byLane[lane] + 1 });
    },
    spend(lane) {
      const nowMs = now();
      const isLateDay = centralDay(nowMs - lateDayMs) !== centralDay(nowMs);
      if (isLateDay) restUntilMs = nowMs + askedAgainMs;
      else raise(budget, none);

      return spent(lane, nowMs, isLateDay ? restUntilMs : centralDayEndMs(nowMs));
    },
  };
}

function higher(one: CallsByLane, other: CallsByLane): CallsByLane {
  return Object.fromEntries(callLanes.map((lane) => [lane, Math.max(one[lane], other[lane])])) as CallsByLane;
}

function spent(lane: CallLane, nowMs: number, untilMs: number): SyncError {
  return new SyncError('MARKETO_QUOTA_SPENT', {
    lane,
    until: isoTime(untilMs),
    retryAfterMs: untilMs - nowMs,
  });
}
