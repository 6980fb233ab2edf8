import type { Checkpoint } from '@lockstep/change-events';

/** What `lockstep status` tells of one source; rates and times only while the whole of it is read. */
export type TableStatus = {
  readonly target: string;
  readonly phase: Checkpoint['phase'];
  readonly rowsDone: number;
  readonly rowsTotal: number | null;
  readonly rowsPerSecond: number | null;
  readonly secondsLeft: number | null;
  /** Since the place was last saved: with each page, and once a minute while nothing changes. */
  readonly secondsSinceSaved: number;
  readonly pausedAt: string | null;
  /** Rows that an operator's query has announced so far; null while there is none. */
  readonly queryRowsDone: number | null;
  readonly versionEpoch: number;
  readonly deletesHeld: number | null;
  /** Columns that were asked for and are not published, each with the reason. */
  readonly stoppedColumns: readonly string[];
};

/** Pure: a checkpoint as an operator wants to see it. */
export function tableStatus(checkpoint: Checkpoint, nowMs: number): TableStatus {
  const { source, table, phase, rowsDone, rowsTotal, versionEpoch } = checkpoint;

  return {
    target: `${source}/${table}`,
    phase,
    rowsDone,
    rowsTotal,
    ...paceOf(checkpoint, nowMs),
    secondsSinceSaved: Math.max(0, (nowMs - Date.parse(checkpoint.updatedAt)) / 1000),
    versionEpoch,
    ...remarksOf(checkpoint),
  };
}

function paceOf(
  { phase, startedAt, rowsDone, rowsTotal }: Checkpoint,
  nowMs: number,
): Pick<TableStatus, 'rowsPerSecond' | 'secondsLeft'> {
  const seconds = (nowMs - Date.parse(startedAt)) / 1000;
  if (phase === 'STREAMING' || seconds <= 0) return { rowsPerSecond: null, secondsLeft: null };
  const rowsPerSecond = rowsDone / seconds;
  const isForeseen = rowsTotal !== null && rowsPerSecond > 0;

  return {
    rowsPerSecond,
    secondsLeft: isForeseen ? Math.max(0, rowsTotal - rowsDone) / rowsPerSecond : null,
  };
}

type Remarks = Pick<TableStatus, 'pausedAt' | 'queryRowsDone' | 'deletesHeld' | 'stoppedColumns'>;

function remarksOf({ state }: Checkpoint): Remarks {
  if (!state) return { pausedAt: null, queryRowsDone: null, deletesHeld: null, stoppedColumns: [] };
  const { pausedAt, query, deletesHeld, stopped } = state;

  return {
    ...{ pausedAt, queryRowsDone: query?.rowsDone ?? null, deletesHeld },
    stoppedColumns: (stopped ?? []).map(withoutType),
  };
}

/** `name:type:reason`, of which an operator needs the first and the last. */
function withoutType(stopped: string): string {
  const [name = '', , reason = ''] = stopped.split(':');

  return `${name} (${reason})`;
}
