import { fateOf, isSyncError } from '@lockstep/change-events';
import type { Fate } from '@lockstep/change-events';
import { createOutage, type Outage, type OutageOptions } from './outage.ts';
import type { Clock } from './systemClock.ts';
import type { Random } from './traceparent.ts';

export type RetryOptions = Omit<OutageOptions, 'clock'> & {
  /** One round; `idleMs` is the pause before the next one, 0 for none. */
  readonly step: () => Promise<{ readonly idleMs: number }>;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** The pause after a success, when it may be cut short; pauses after failures never are. */
  readonly rest?: Clock['sleep'];
  readonly random: Random;
  readonly fateOf?: (error: unknown) => Fate;
  readonly backoffMinMs?: number;
  readonly backoffMaxMs?: number;
};

/** A remote that names its own waiting time is believed up to this. */
const retryAfterMaxMs = 600_000;

/**
 * Repeats `step` until the signal aborts, then resolves. A failure of fate RETRY shows as a readiness reason and backs
 * off (or waits `details.retryAfterMs` when that is longer); success takes the reason away. Logs one line when the
 * state changes, not one per attempt. Rejects with any failure of another fate.
 */
export async function retryForever(options: RetryOptions): Promise<void> {
  const { step, signal, clock, rest = clock.sleep } = options;
  const outage = createOutage(options);

  while (!signal.aborted) {
    const pause = await attempt(step).then(
      ({ idleMs }) => {
        outage.worked();

        return { ms: idleMs, sleep: rest };
      },
      (error: unknown) => ({ ms: failed(error, outage, options), sleep: clock.sleep }),
    );
    if (pause.ms > 0) await pause.sleep(pause.ms, signal);
  }
  outage.ended();
}

async function attempt<T>(step: () => Promise<T>): Promise<T> {
  return step();
}

function failed(error: unknown, outage: Outage, options: RetryOptions): number {
  const { signal } = options;
  if (signal.aborted && isAbort(error, signal)) return 0;
  if ((options.fateOf ?? fateOf)(error) !== 'RETRY') throw error;
  if (signal.aborted) return 0;

  return Math.max(backoffMs(outage.failed(error), options), retryAfterMs(error));
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error as { name?: unknown } | null)?.name === 'AbortError';
}

/** Doubles per failure; the upper half is random, so that processes that failed together do not return together. */
function backoffMs(failures: number, options: RetryOptions): number {
  const { random, backoffMinMs = 250, backoffMaxMs = 30_000 } = options;
  const fullMs = Math.min(backoffMaxMs, backoffMinMs * 2 ** failures);

  return Math.round(Math.max(backoffMinMs, fullMs * (0.5 + random() / 2)));
}

function retryAfterMs(error: unknown): number {
  const asked = isSyncError(error) ? error.details['retryAfterMs'] : undefined;

  return typeof asked === 'number' ? Math.min(Math.max(asked, 0), retryAfterMaxMs) : 0;
}
