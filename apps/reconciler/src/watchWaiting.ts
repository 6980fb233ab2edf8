import { retryForever, systemClock, type Metrics } from '@lockstep/service-runtime';
import type { WaitingWriteCount } from '@lockstep/ports';
import type { Parts } from './reconcilerParts.ts';

const lookedAtMs = 15_000;
/** More records than these are not counted. */
export const waitingRecordsMax = 20_000;

/** Measures what waits to be written, until the signal; then it measures nothing any more, for another process does. */
export async function watchWaiting({ stores, service }: Parts, signal: AbortSignal): Promise<void> {
  const { log, readiness, metrics } = service;
  const clock = systemClock;
  const step = async () => {
    const { counts } = await stores.waitingWrites.count(waitingRecordsMax);
    report(metrics, counts, clock.now());

    return { idleMs: lookedAtMs };
  };
  await retryForever({
    component: 'waiting writes',
    ...{ step, signal, log, readiness, clock, random: Math.random },
  });
  report(metrics, [], clock.now());
}

function report(metrics: Metrics, counts: readonly WaitingWriteCount[], nowMs: number): void {
  metrics.writesWaiting.reset();
  metrics.writesWaitingOldest.reset();
  for (const { side: system, entity, operation, writes, since } of counts) {
    const labels = { system, entity, operation };
    metrics.writesWaiting.set(labels, writes);
    metrics.writesWaitingOldest.set(labels, Math.max(0, (nowMs - Date.parse(since)) / 1_000));
  }
}
