import { commit, tableNotice, type Session } from './session.ts';
import { purposeOf, startWholeRead, stateOf } from './tableState.ts';

/**
 * Begins to compare the whole table with its topic when the last read of it began longer ago than the interval, milliseconds.
 * What differs is published, so the compare is its own repair (G-26, G-27). The time is that of the checkpoint, over restarts.
 */
export async function beginCompare(session: Session): Promise<void> {
  const { checkpoint, options } = session;
  const { compareIntervalMs = 0, clock } = options;
  const isFree = purposeOf(checkpoint) === null && stateOf(checkpoint).query === null;
  if (compareIntervalMs === 0 || !isFree) return;
  if (clock.now() - Date.parse(checkpoint.startedAt) < compareIntervalMs) return;
  const started = startWholeRead(checkpoint, { purpose: 'RESYNC' }, clock.now());
  session.reading = null;
  await commit(session, started, [
    tableNotice(session, 'RESYNC_STARTED', { facts: { reason: 'COMPARE_DUE' } }),
  ]);
}
