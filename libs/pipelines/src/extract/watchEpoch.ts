import { isSyncError } from '@lockstep/change-events';
import type { DynamicsRows } from '@lockstep/ports';
import { judgeWitness, originReason, raiseEpoch, type EpochReason } from './epochs.ts';
import { commit, definitionOf, tableNotice, type Session } from './session.ts';
import { purposeOf, stateOf, withState } from './tableState.ts';

/** With a poll every 30 s this keeps an idle table's calls below 3,000 a day. */
const witnessIntervalMsDefault = 60 * 60 * 1000;

/** Whether the environment is still the one whose rows are published; looked at when a session starts and from time to time. */
export async function watchEpoch(session: Session, signal: AbortSignal): Promise<void> {
  const { options, checkpoint } = session;
  const { origin, versionEpoch: floor, witnessIntervalMs = witnessIntervalMsDefault, clock } = options;
  const reason = originReason(checkpoint, { origin, floor });
  session.checkpoint = withState(checkpoint, { origin });
  if (reason !== null) return changeEpoch(session, reason);
  if (purposeOf(checkpoint) !== null || clock.monotonic() < session.witnessDueMs) return;
  session.witnessDueMs = clock.monotonic() + witnessIntervalMs;
  await checkWitness(session, signal, { absentMeans: 'SUSPECTED' });
}

export async function changeEpoch(session: Session, reason: EpochReason): Promise<void> {
  const { options, checkpoint } = session;
  const next = raiseEpoch(checkpoint, options.versionEpoch, options.clock.now());
  const counts = { epoch: next.versionEpoch };
  session.reading = null;
  session.suspect = null;
  session.recent.clear();
  await commit(session, next, [tableNotice(session, 'EPOCH_RAISED', { counts, facts: { reason } })]);
}

/**
 * Looks at the witness again; true when it raised the epoch. A row that is gone can have been deleted: while the stream runs,
 * its tombstone comes with the next delta. Without a stream that cannot be told, and a needless epoch does harm: a row that
 * was read before our own write of an earlier epoch would outrank it. Rows and marks that went back are found by the read
 * that follows.
 */
export async function checkWitness(
  session: Session,
  signal: AbortSignal,
  { absentMeans }: { readonly absentMeans: 'SUSPECTED' | 'NOTHING' },
): Promise<boolean> {
  const { witness } = stateOf(session.checkpoint);
  const answer = witness === null ? null : await readWitness(session, witness.recordId, signal);
  if (witness === null || answer === null) return false;
  const verdict = judgeWitness(witness, answer);
  if (verdict === 'UNCHANGED') return false;
  if (verdict === 'ABSENT') {
    if (absentMeans === 'SUSPECTED') session.suspect = { recordId: witness.recordId, isOverdue: false };
    return false;
  }
  await changeEpoch(session, 'ROW_WENT_BACK');

  return true;
}

async function readWitness(session: Session, id: string, signal: AbortSignal): Promise<DynamicsRows | null> {
  const definition = definitionOf(session);
  const filter = `${definition.primaryKey} eq ${id}`;
  try {
    return await session.options.reader.readWhere(definition, { filter, position: null }, signal);
  } catch (error) {
    if (isSyncError(error, 'QUERY_INVALID')) return null;
    throw error;
  }
}

/**
 * After a complete delta: one that was asked for after the witness was found to be gone, and brought no tombstone for it, says that
 * to this environment the row never was. True when another one must tell.
 */
export async function afterDelta(session: Session): Promise<boolean> {
  const { suspect } = session;
  if (suspect === null) return false;
  session.suspect = { ...suspect, isOverdue: true };
  if (suspect.isOverdue) await changeEpoch(session, 'ROW_VANISHED');

  return !suspect.isOverdue;
}
