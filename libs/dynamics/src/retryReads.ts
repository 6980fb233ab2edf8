import { setTimeout as wait } from 'node:timers/promises';
import { isSyncError, SyncError } from '@lockstep/change-events';

const attemptsMax = 3;
const firstWaitMs = 500;
/** Longer waits are the caller's: it may have something better to do. */
const waitMsMax = 10_000;

/**
 * Repeats a read while Dataverse is busy or its answer is damaged: a few times, after the time it asked for
 * (`Retry-After`), else after a doubling wait. `read` is told what went wrong before. Only for reads: a repeated write
 * could run over an edit made in between.
 */
export async function retryReads<Result>(
  read: (failures: readonly unknown[]) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const failures: unknown[] = [];
  for (;;) {
    try {
      return await read(failures);
    } catch (error) {
      failures.push(error);
      const waitMs = isPassing(error) ? waitOf(error, failures.length) : null;
      if (waitMs === null || failures.length >= attemptsMax || waitMs > waitMsMax) throw error;
      await wait(waitMs, undefined, signal ? { signal } : {}).catch(() => {
        throw new SyncError('DYNAMICS_UNREACHABLE', { reason: 'stopped' });
      });
    }
  }
}

/** A server that is not there, or answers nothing in time, has cost enough already: that wait is the caller's too. */
function isPassing(error: unknown): error is SyncError {
  if (isSyncError(error, 'DYNAMICS_BUSY', 'DYNAMICS_ANSWER_INVALID')) return true;

  return isSyncError(error, 'DYNAMICS_UNREACHABLE') && damaged.has(String(error.details['reason']));
}

/** Answers that were cut off or do not unpack, by what undici and zlib call them. */
const damaged = new Set([
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'ECONNRESET',
  'Z_BUF_ERROR',
  'Z_DATA_ERROR',
  'HPE_INVALID_CHUNK_SIZE',
  'terminated',
  'other side closed',
]);

function waitOf(error: SyncError, attempt: number): number {
  const asked = error.details['retryAfterMs'];

  return typeof asked === 'number' ? asked : firstWaitMs * 2 ** (attempt - 1);
}
