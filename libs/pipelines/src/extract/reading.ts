import { SyncError } from '@lockstep/change-events';
import { nextEpoch } from './epochs.ts';
import { commit, tableNotice, type Reading, type Session } from './session.ts';
import { restartWholeRead, withState } from './tableState.ts';

/**
 * A row is in a state that came before the published one, so the environment was put back. The read goes on: what it has
 * published so far was newer than what is known, under the old epoch too.
 */
export async function raiseDuringRead(session: Session, { known }: Reading): Promise<void> {
  const { checkpoint, options } = session;
  const versionEpoch = nextEpoch(checkpoint, options.versionEpoch);
  const facts = { reason: 'ROW_WENT_BACK' };
  const told = tableNotice(session, 'EPOCH_RAISED', { counts: { epoch: versionEpoch }, facts });
  await commit(session, withState({ ...checkpoint, versionEpoch }, { witness: null, mark: null }), [told]);
  known?.endEpoch();
}

/** A row that cannot be read is there all the same. */
export function meetRefused(reading: Reading, id: string | null): void {
  if (id === null) reading.unreadableKeys += 1;
  else reading.known?.meet(id, null);
}

/** Positions that are lost one after the other cost a read of the whole table each; fresh edits wait no longer than this. */
const firstWaitMs = 15_000;
const waitMsMax = 2 * 60 * 1000;

/**
 * The position is lost, so the whole table is read again. A change of its metadata loses positions too (dataverse facts 1.5), and
 * whoever names a column that is gone is refused, so the table is described first. Throws DYNAMICS_POSITION_EXPIRED while it is
 * too early for another read.
 */
export async function restartLost(session: Session): Promise<void> {
  const { checkpoint, options, losses } = session;
  const nowMs = options.clock.monotonic();
  const retryAfterMs = losses.waitUntilMs - nowMs;
  if (retryAfterMs > 0)
    throw new SyncError('DYNAMICS_POSITION_EXPIRED', { table: options.table, retryAfterMs });
  const waitMs = losses.inARow === 0 ? 0 : Math.min(firstWaitMs * 2 ** (losses.inARow - 1), waitMsMax);
  session.losses = { inARow: losses.inARow + 1, waitUntilMs: nowMs + waitMs };
  session.reading = null;
  session.description = null;
  const facts = { reason: 'POSITION_LOST' };
  await commit(session, restartWholeRead(checkpoint, options.clock.now()), [
    tableNotice(session, 'RESYNC_STARTED', { facts }),
  ]);
}
