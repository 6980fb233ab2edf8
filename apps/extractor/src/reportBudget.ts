import type { BudgetReport } from '@lockstep/dynamics';
import type { Metrics } from '@lockstep/service-runtime';

/** How much of the day's requests is used, and when they will be spent. */
export function reportBudget(metrics: Metrics, { used, budget, forecastAt }: BudgetReport): void {
  metrics.requestsUsed.set(used);
  metrics.requestsBudget.set(budget);
  metrics.requestsSpentAt.set(forecastAt === null ? 0 : Date.parse(forecastAt) / 1000);
}
