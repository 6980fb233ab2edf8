import { callLanes, type CallBudget, type CallLane, type CallReport, type CallStore } from '../callBudget.ts';
import type { CallsByLane, DailyCalls, StoredCalls } from '../callBudget.ts';

export type InMemoryCallBudget = CallBudget & {
  set(report: Partial<CallReport>): void;
  /** What Marketo's own count will say. */
  countedByMarketo: number;
  readonly hooks: { beforeCount?: () => void | Promise<void> };
};

const none: CallsByLane = { REQUEST: 0, FRESH: 0, BACKFILL: 0, AUDIT: 0 };

/** A budget of which the test sets day and use. */
export function inMemoryCallBudget(
  given: Pick<CallReport, 'day' | 'budget' | 'endsAt'> & Partial<CallReport>,
): InMemoryCallBudget {
  let report: CallReport = { used: 0, byLane: none, ...given };
  const hooks: InMemoryCallBudget['hooks'] = {};
  const raise = (calls: DailyCalls): void => {
    if (calls.day === report.day) report = { ...report, ...higher(report, calls) };
  };

  return {
    hooks,
    countedByMarketo: 0,
    report: () => report,
    raiseTo: raise,
    async countOthers() {
      await hooks.beforeCount?.();
      raise({ ...report, used: this.countedByMarketo });
    },
    set(changes) {
      report = { ...report, ...changes };
    },
  };
}

/** The days in memory. */
export function inMemoryCallStore(): CallStore {
  const days = new Map<string, StoredCalls>();

  return {
    load: async (day) => days.get(day) ?? null,
    async save(calls) {
      const stored = days.get(calls.day) ?? calls;
      const told = [...new Set([...stored.told, ...calls.told])];
      days.set(calls.day, { day: calls.day, ...higher(stored, calls), told });
    },
  };
}

function higher(one: DailyCalls, other: DailyCalls): Pick<DailyCalls, 'used' | 'byLane'> {
  const lanes = callLanes.map((lane): [CallLane, number] => [
    lane,
    Math.max(one.byLane[lane], other.byLane[lane]),
  ]);

  return { used: Math.max(one.used, other.used), byLane: Object.fromEntries(lanes) as CallsByLane };
}
