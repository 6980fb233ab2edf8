import { openDailyRequests, reopeningStepper } from '@lockstep/pipelines';
import type { BudgetReport, Lease } from '@lockstep/ports';
import { retryForever, systemClock, type Metrics } from '@lockstep/service-runtime';
import type { Parts } from './extractorParts.ts';

/** Keeps the day's count of requests over restarts, and reports it, until the signal. */
export async function countRequests(parts: Parts, lease: Lease, signal: AbortSignal): Promise<void> {
  const { config, dynamics, eventLog, service } = parts;
  const { log, readiness, metrics } = service;
  const counter = reopeningStepper(() =>
    openDailyRequests({
      group: config.tableGroup,
      budget: dynamics.budget,
      log: eventLog,
      lease,
      clock: systemClock,
      onReport: (report) => reportBudget(metrics, report),
    }),
  );
  await retryForever({
    component: 'dynamics/requests',
    step: () => counter.step(signal),
    signal,
    log,
    readiness,
    clock: systemClock,
    random: Math.random,
  });
  await counter.close();
}

/** How much of the day's requests is used, and when they will be spent. */
function reportBudget(metrics: Metrics, { used, budget, forecastAt }: BudgetReport): void {
  metrics.requestsUsed.set(used);
  metrics.requestsBudget.set(budget ?? 0);
  metrics.requestsSpentAt.set(forecastAt === null ? 0 : Date.parse(forecastAt) / 1000);
}
