import { openDailyCalls, reopeningStepper } from '@lockstep/pipelines';
import type { CallReport, Lease } from '@lockstep/ports';
import { retryForever, systemClock, type Metrics } from '@lockstep/service-runtime';
import type { Parts } from './marketingParts.ts';

/** Keeps the day's count of calls over restarts, and reports it, until the signal. */
export async function countCalls(parts: Parts, lease: Lease, signal: AbortSignal): Promise<void> {
  const { marketo, stores, eventLog, service } = parts;
  const { log, readiness, metrics } = service;
  const counter = reopeningStepper(() =>
    openDailyCalls({
      budget: marketo.budget,
      store: stores.calls,
      log: eventLog,
      lease,
      clock: systemClock,
      onReport: (report, forecastAt) => reportCalls(metrics, report, forecastAt),
    }),
  );
  await retryForever({
    component: 'marketo/calls',
    step: () => counter.step(signal),
    signal,
    log,
    readiness,
    clock: systemClock,
    random: Math.random,
  });
  await counter.close();
}

/** How many of the day's calls are used, by whom, and when they will be spent. */
function reportCalls(metrics: Metrics, report: CallReport, forecastAt: string | null): void {
  const { used, budget, byLane } = report;
  metrics.callsUsed.set(used);
  metrics.callsBudget.set(budget);
  metrics.callsSpentAt.set(forecastAt === null ? 0 : Date.parse(forecastAt) / 1000);
  for (const [lane, calls] of Object.entries(byLane)) metrics.callsByLane.set({ lane }, calls);
}
