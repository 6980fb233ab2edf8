import type { Checkpoint } from '@lockstep/change-events';

/** How far the read of a whole table is. */
export type Progress = {
  readonly rowsDone: number;
  readonly rowsTotal: number | null;
  /** Between 0 and 1; null when the total is not known. */
  readonly share: number | null;
  readonly rowsPerSecond: number | null;
  readonly secondsLeft: number | null;
};

/** Null while the table is followed by its changes. */
export function progressOf(checkpoint: Checkpoint, nowMs: number): Progress | null {
  if (checkpoint.phase === 'STREAMING') return null;
  const { rowsDone, rowsTotal } = checkpoint;
  const seconds = (nowMs - Date.parse(checkpoint.startedAt)) / 1000;
  const rowsPerSecond = seconds > 0 ? rowsDone / seconds : null;
  // The count can be a day old (dataverse facts 1.7), so a read may bring more.
  const share = rowsTotal === null ? null : Math.min(1, rowsDone / Math.max(1, rowsTotal));
  const left =
    rowsTotal === null || !rowsPerSecond ? null : Math.max(0, rowsTotal - rowsDone) / rowsPerSecond;

  return { rowsDone, rowsTotal, share, rowsPerSecond, secondsLeft: left };
}

/** When progress was last told, and how many quarters were done then. */
export type ProgressTold = { readonly atMs: number; readonly quarters: number };

const intervalMs = 30_000;
/** A read that is over before this is not worth a notice on the way. */
const quietMs = 5_000;

/** At most every 30 s, and at each quarter. */
export function isProgressDue(
  progress: Progress,
  told: ProgressTold,
  times: { readonly nowMs: number; readonly startedMs: number },
): boolean {
  if (times.nowMs - times.startedMs < quietMs) return false;
  if (times.nowMs - told.atMs >= intervalMs) return true;

  return quartersOf(progress) > told.quarters;
}

export const quartersOf = ({ share }: Progress): number => Math.min(3, Math.floor((share ?? 0) * 4));
