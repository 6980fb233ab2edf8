import { fateOf, isSyncError } from '@lockstep/change-events';
import type { Fate } from '@lockstep/change-events';
import type { Log } from './logger.ts';
import { reasonOf } from './readiness.ts';
import type { Readiness } from './readiness.ts';
import type { Clock } from './systemClock.ts';
import type { Random } from './traceparent.ts';

export type RetryOptions = {
  /** Names the loop in logs and readiness. */
  readonly component: string;
  /** One round; `idleMs` is the pause before the next one, 0 for none. */
  readonly step: () => Promise<{ readonly idleMs: number }>;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly readiness: Readiness;
  readonly clock: Clock;
  /** The pause after a success, when it may be cut short; pauses after failures never are. */
  readonly rest?: Clock['sleep'];
  readonly random: Random;
  readonly fateOf?: (error: unknown) => Fate;
  readonly backoffMinMs?: number;
  readonly backoffMaxMs?: number;
};

type Outage = { code: string | null; failures: number; sinceMs: number };

/** A remote that names its own waiting time is believed up to this. */
const retryAfterMaxMs = 600_000;

/**
 * Repeats `step` until the signal aborts, then resolves. A failure of fate RETRY shows as a readiness reason and backs
 * off (or waits `details.retryAfterMs` when that is longer); success takes the reason away. Logs one line when the
 * state changes, not one per attempt. Rejects with any failure of another fate.
 */
export async function retryForever(options: RetryOptions): Promise<void> {
  const { step, signal, clock, rest = clock.sleep } = options;
  const outage: Outage = { code: null, failures: 0, sinceMs: 0 };

  while (!signal.aborted) {
    const pause = await attempt(step).then(
      ({ idleMs }) => {
        recovered(outage, options);

        return { ms: idleMs, sleep: rest };
      },
      (error: unknown) => ({ ms: failed(error, outage, options), sleep: clock.sleep }),
    );
    if (pause.ms > 0) await pause.sleep(pause.ms, signal);
  }
  // Nobody fails any more: a standby must not show what held up the active one.
  if (outage.failures > 0) options.readiness.set(options.component, null);
}

async function attempt<T>(step: () => Promise<T>): Promise<T> {
  return step();
}

function recovered(outage: Outage, { component, log, readiness, clock }: RetryOptions): void {
  readiness.set(component, null);
  if (outage.failures === 0) return;

  const seconds = Math.round((clock.monotonic() - outage.sinceMs) / 1000);
  log.info({ component, failures: outage.failures, seconds }, 'Works again.');
  Object.assign(outage, { code: null, failures: 0 });
}

function failed(error: unknown, outage: Outage, options: RetryOptions): number {
  const { signal } = options;
  if (signal.aborted && isAbort(error, signal)) return 0;
  if ((options.fateOf ?? fateOf)(error) !== 'RETRY') throw error;
  if (signal.aborted) return 0;
  note(error, outage, options);

  return Math.max(backoffMs(outage.failures, options), retryAfterMs(error));
}

function note(error: unknown, outage: Outage, { component, log, readiness, clock }: RetryOptions): void {
  const code = isSyncError(error) ? error.code : 'INTERNAL';
  readiness.set(component, reasonOf(error));
  if (outage.failures === 0) outage.sinceMs = clock.monotonic();
  if (code !== outage.code) log.warn({ component, err: error }, 'Fails and is tried again.');
  outage.code = code;
  outage.failures += 1;
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
