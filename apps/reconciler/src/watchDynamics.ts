import { fateOf, isSyncError } from '@lockstep/change-events';
import { assertSameDynamics } from '@lockstep/pipelines';
import { retryForever, systemClock, type RetryOptions } from '@lockstep/service-runtime';
import { personTables, type Parts } from './reconcilerParts.ts';

const lookedAtMs = 60_000;

/** Waits, and says so, while the extractors read another Dynamics than this process would write to. */
export async function untilSameDynamics(parts: Parts, signal: AbortSignal): Promise<void> {
  const found = new AbortController();
  await look(parts, { signal: AbortSignal.any([signal, found.signal]), onSame: () => found.abort() });
}

/** Throws DYNAMICS_DIFFERS once they read another one: nothing of that may be written here. */
export const watchDynamics = (parts: Parts, signal: AbortSignal): Promise<void> =>
  look(parts, {
    signal,
    fateOf: (error) => (isSyncError(error, 'DYNAMICS_DIFFERS') ? 'STOP' : fateOf(error)),
  });

type Looking = Pick<RetryOptions, 'signal' | 'fateOf'> & { readonly onSame?: () => void };

async function look({ config, eventLog, service }: Parts, looking: Looking): Promise<void> {
  const { log, readiness } = service;
  const { onSame, ...ending } = looking;
  const home = { origin: new URL(config.dataverseUrl).origin, tables: personTables };
  const step = async () => {
    await assertSameDynamics(eventLog, home);
    onSame?.();

    return { idleMs: lookedAtMs };
  };
  await retryForever({
    component: 'dynamics/environment',
    ...{ step, log, readiness, clock: systemClock, random: Math.random, ...ending },
  });
}
