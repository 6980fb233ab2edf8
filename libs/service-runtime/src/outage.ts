import { isSyncError } from '@lockstep/change-events';
import type { Log } from './logger.ts';
import { reasonOf, type Readiness } from './readiness.ts';
import type { Clock } from './systemClock.ts';

export type OutageOptions = {
  /** Named in logs and readiness. */
  readonly component: string;
  readonly log: Log;
  readonly readiness: Readiness;
  readonly clock: Pick<Clock, 'monotonic'>;
};

/**
 * What is told of something that is tried again: a line when it begins to fail, or fails for another cause, one when it works
 * again, and in between a reason why the process is not ready.
 */
export type Outage = {
  /** Answers how often it has failed in a row. */
  failed(error: unknown): number;
  worked(): void;
  /** Nobody tries any more: a standby must not show what held up the active one. */
  ended(): void;
};

export function createOutage({ component, log, readiness, clock }: OutageOptions): Outage {
  let code: string | null = null;
  let failures = 0;
  let sinceMs = 0;

  return {
    failed(error) {
      const cause = isSyncError(error) ? error.code : 'INTERNAL';
      readiness.set(component, reasonOf(error));
      if (failures === 0) sinceMs = clock.monotonic();
      if (cause !== code) log.warn({ component, err: error }, 'Fails and is tried again.');
      code = cause;
      failures += 1;

      return failures;
    },
    worked() {
      readiness.set(component, null);
      if (failures === 0) return;
      const seconds = Math.round((clock.monotonic() - sinceMs) / 1000);
      log.info({ component, failures, seconds }, 'Works again.');
      code = null;
      failures = 0;
    },
    ended() {
      if (failures > 0) readiness.set(component, null);
    },
  };
}
