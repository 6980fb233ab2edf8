import { isoTime, type Checkpoint, type ReadPurpose, type TableState } from '@lockstep/change-events';

const emptyState: TableState = {
  purpose: null,
  label: null,
  from: null,
  to: null,
  origin: null,
  liveVersion: null,
  mark: null,
  witness: null,
  columns: null,
  stopped: null,
  query: null,
  pausedAt: null,
  controlId: null,
  deletesHeld: null,
  deletesConfirmed: null,
};

/** Checkpoints of the first release have no state. */
export const stateOf = (checkpoint: Checkpoint): TableState => ({ ...emptyState, ...checkpoint.state });

export function withState(checkpoint: Checkpoint, change: Partial<TableState>): Checkpoint {
  return { ...checkpoint, state: { ...stateOf(checkpoint), ...change } };
}

/** The purpose of the read of the whole table that is going on; null while changes are followed. */
export function purposeOf(checkpoint: Checkpoint): ReadPurpose | null {
  if (checkpoint.phase === 'STREAMING') return null;

  return stateOf(checkpoint).purpose ?? 'FIRST_LOAD';
}

export type WholeRead = {
  readonly purpose: ReadPurpose;
  readonly label?: string | null;
  readonly from?: string | null;
  readonly to?: string | null;
  readonly deletesConfirmed?: number | null;
};

/**
 * Begins to read the whole table from its first page; what the stream knew ends here, but for the newest version that was
 * reached: an environment that is still below it afterwards was put back.
 */
export function startWholeRead(checkpoint: Checkpoint, read: WholeRead, nowMs: number): Checkpoint {
  const { purpose, label = null, from = null, to = null, deletesConfirmed = null } = read;
  const started: Checkpoint = {
    ...checkpoint,
    phase: purpose === 'FIRST_LOAD' ? 'SNAPSHOT' : 'RESYNC',
    position: null,
    rowsDone: 0,
    rowsTotal: null,
    startedAt: isoTime(nowMs),
    updatedAt: isoTime(nowMs),
  };

  return withState(started, {
    ...{ purpose, label, from, to, deletesConfirmed },
    ...{ liveVersion: null, deletesHeld: null },
  });
}

/** A position that is lost says nothing about deletes, so even a first load has to look for them when it begins again. */
export function restartWholeRead(checkpoint: Checkpoint, nowMs: number): Checkpoint {
  const { label, from, to, deletesConfirmed } = stateOf(checkpoint);
  const purpose = purposeOf(checkpoint) === 'BACKFILL' ? 'BACKFILL' : 'RESYNC';

  return startWholeRead(checkpoint, { purpose, label, from, to, deletesConfirmed }, nowMs);
}

/** The whole table is read: from here its changes are followed. */
export function completeWholeRead(
  checkpoint: Checkpoint,
  end: { readonly position: string; readonly mark: number | null; readonly deletesHeld: number | null },
  nowMs: number,
): Checkpoint {
  const { position, deletesHeld } = end;
  const mark = higher(stateOf(checkpoint).mark, end.mark);
  const streaming = { ...checkpoint, phase: 'STREAMING' as const, position, updatedAt: isoTime(nowMs) };

  return withState(streaming, {
    ...{ mark, deletesHeld, deletesConfirmed: null },
    ...{ purpose: null, label: null, from: null, to: null, liveVersion: null },
  });
}

const higher = (known: number | null, mark: number | null): number | null =>
  known === null || mark === null ? (known ?? mark) : Math.max(known, mark);
