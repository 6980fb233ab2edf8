import type { Checkpoint, Witness } from '@lockstep/change-events';
import type { DynamicsRow, DynamicsRows } from '@lockstep/ports';
import { restartWholeRead, stateOf, withState } from './tableState.ts';

/** Why versions of the table count anew (design section 4, Epochs). */
export type EpochReason = 'CONFIGURED' | 'ORIGIN_CHANGED' | 'MARK_FELL' | 'ROW_WENT_BACK' | 'ROW_VANISHED';

export const nextEpoch = ({ versionEpoch }: Checkpoint, floor: number): number =>
  Math.max(versionEpoch + 1, floor);

/** Versions count anew from here, and the table is compared with what is published of it. */
export function raiseEpoch(checkpoint: Checkpoint, floor: number, nowMs: number): Checkpoint {
  const raised = { ...checkpoint, versionEpoch: nextEpoch(checkpoint, floor) };

  return withState(restartWholeRead(raised, nowMs), { witness: null, mark: null });
}

/** What the start of a session says about the environment; null when it is the one that was left. */
export function originReason(
  checkpoint: Checkpoint,
  { origin, floor }: { readonly origin: string; readonly floor: number },
): EpochReason | null {
  const known = stateOf(checkpoint).origin;
  if (known !== null && known !== origin) return 'ORIGIN_CHANGED';

  return floor > checkpoint.versionEpoch ? 'CONFIGURED' : null;
}

export type WitnessVerdict = 'UNCHANGED' | 'WENT_BACK' | 'ABSENT';

/** Versions only rise, so a row that is older than it was published was put back. */
export function judgeWitness(witness: Witness, answer: DynamicsRows): WitnessVerdict {
  const row = answer.rows.find(({ id }) => id === witness.recordId);
  const isThere = answer.refused.some(({ id }) => id === witness.recordId);
  if (!row) return isThere ? 'UNCHANGED' : 'ABSENT';
  const isOther = row.version === witness.version && secondsOf(row) !== secondsOf(witness);

  return row.version < witness.version || isOther ? 'WENT_BACK' : 'UNCHANGED';
}

const secondsOf = ({ changedAt }: { readonly changedAt: string | null }): number | null =>
  changedAt === null ? null : Math.floor(Date.parse(changedAt) / 1000);

/** The newest row of a page stands for what was published; a deleted one does no longer. */
export function nextWitness(
  former: Witness | null,
  rows: readonly DynamicsRow[],
  deletedIds: readonly string[] = [],
): Witness | null {
  const newest = rows.reduce<DynamicsRow | null>(newer, null);
  const next = newest === null || isOlderOther(newest, former) ? former : witnessOf(newest);

  return next !== null && deletedIds.includes(next.recordId) ? null : next;
}

const newer = (best: DynamicsRow | null, row: DynamicsRow): DynamicsRow =>
  best !== null && best.version >= row.version ? best : row;

const isOlderOther = ({ id, version }: DynamicsRow, former: Witness | null): boolean =>
  former !== null && former.recordId !== id && former.version > version;

const witnessOf = ({ id, version, changedAt }: DynamicsRow): Witness => ({
  recordId: id,
  version,
  changedAt,
});
