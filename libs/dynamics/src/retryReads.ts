import { setTimeout as wait } from 'node:timers/promises';
import { isSyncError, SyncError } from '@lockstep/change-events';

const attemptsMax = 3;
const firstWaitMs = 500;
/** Longer waits are the caller's: it may have something better to do. */
const waitMsMax = 10_000;

/**
 * Repeats a read while Dataverse is busy: a few times, after the time it asked for (`Retry-After`), else after a doubling
 * wait. Only for reads: a repeated write could run over an edit made in between.
 */
export async function retryReads<Result>(read: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read();
    } catch (error) {
      const waitMs = isSyncError(error, 'DYNAMICS_BUSY') ? waitOf(error, attempt) : null;
      if (waitMs === null || attempt >= attemptsMax || waitMs > waitMsMax) throw error;
      await wait(waitMs, undefined, signal ? { signal } : {}).catch(() => {
        throw new SyncError('DYNAMICS_UNREACHABLE', { reason: 'stopped' });
      });
    }
  }
}

function waitOf(error: SyncError, attempt: number): number {
  const asked = error.details['retryAfterMs'];

  return typeof asked === 'number' ? asked : firstWaitMs * 2 ** (attempt - 1);
}
