import type { BudgetReport, RequestBudget } from '../requestBudget.ts';

export type InMemoryRequestBudget = RequestBudget & { set(report: Partial<BudgetReport>): void };

/** A budget of which the test sets day, use and forecast. */
export function inMemoryRequestBudget(
  given: Pick<BudgetReport, 'day' | 'budget'> & Partial<BudgetReport>,
): InMemoryRequestBudget {
  let report: BudgetReport = { used: 0, forecastAt: null, ...given };

  return {
    report: () => report,
    raiseTo({ day, used }) {
      if (day === report.day) report = { ...report, used: Math.max(report.used, used) };
    },
    set(changes) {
      report = { ...report, ...changes };
    },
  };
}
