import { openDeliveryBacklog, reopeningStepper, type BacklogReport } from '@lockstep/pipelines';
import { retryForever, systemClock, type Metrics } from '@lockstep/service-runtime';
import type { Parts } from './marketingParts.ts';

/** Reports how far a backfill is delivered, until the signal. `answered` counts its commands that this process answered. */
export async function watchBacklog(
  { eventLog, service }: Parts,
  answered: () => number,
  signal: AbortSignal,
): Promise<void> {
  const { log, readiness, metrics } = service;
  const backlog = reopeningStepper(() =>
    openDeliveryBacklog({
      ...{ log: eventLog, clock: systemClock, answered },
      onReport: (report) => reportBacklog(metrics, report),
    }),
  );
  await retryForever({
    component: 'marketo/backlog',
    step: () => backlog.step(signal),
    signal,
    log,
    readiness,
    clock: systemClock,
    random: Math.random,
  });
  await backlog.close();
}

function reportBacklog(metrics: Metrics, { left, secondsLeft }: BacklogReport): void {
  metrics.backlogCommands.set(left);
  metrics.backlogSecondsLeft.set(secondsLeft ?? 0);
}
