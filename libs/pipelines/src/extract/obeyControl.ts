import { isoTime, type Checkpoint, type Control } from '@lockstep/change-events';
import { startWholeRead, purposeOf, stateOf, withState } from './tableState.ts';

export type RefusedReason =
  | 'ALREADY_PAUSED'
  | 'NOT_PAUSED'
  | 'READ_IN_PROGRESS'
  | 'QUERY_IN_PROGRESS'
  | 'NOTHING_TO_CANCEL'
  | 'NOTHING_HELD'
  | 'DATE_INVALID'
  | 'DATE_TOO_OLD'
  | 'COLUMN_UNKNOWN'
  | 'ACTION_UNKNOWN'
  | 'QUERY_INVALID'
  | 'TOO_MANY_MATCHES';

/** What a command does to a table; a refused one changes nothing but that it was answered. */
export type Obeyed = { readonly checkpoint: Checkpoint; readonly refused: RefusedReason | null };

type Moment = {
  readonly nowMs: number;
  /** Columns that are published now; null before the table was described. */
  readonly columns: readonly string[] | null;
};

/** The commands for this table that are not answered yet, oldest first. */
export function pendingCommands(commands: readonly Control[], checkpoint: Checkpoint): readonly Control[] {
  const target = `${checkpoint.source}/${checkpoint.table}`;
  const own = commands.filter((command) => command.target === target);
  const answered = own.findIndex(({ controlId }) => controlId === stateOf(checkpoint).controlId);

  return own.slice(answered + 1);
}

/** Pure: what the table's checkpoint is after a command, and whether the command was refused. */
export function obeyControl(checkpoint: Checkpoint, command: Control, moment: Moment): Obeyed {
  const answered = withState(checkpoint, { controlId: command.controlId });
  const result = act(answered, command, moment);

  return typeof result === 'string'
    ? { checkpoint: answered, refused: result }
    : { checkpoint: result, refused: null };
}

function act(checkpoint: Checkpoint, command: Control, moment: Moment): Checkpoint | RefusedReason {
  switch (command.action) {
    case 'pause':
      return pause(checkpoint, moment.nowMs);
    case 'resume':
      return stateOf(checkpoint).pausedAt === null ? 'NOT_PAUSED' : withState(checkpoint, { pausedAt: null });
    case 'resync':
      return whenStreaming(checkpoint, () => startWholeRead(checkpoint, { purpose: 'RESYNC' }, moment.nowMs));
    case 'resnapshot':
      return resnapshot(checkpoint, command, moment);
    case 'cancel':
      return cancel(checkpoint);
    case 'confirm':
      return confirm(checkpoint, moment.nowMs);
    default:
      return 'ACTION_UNKNOWN';
  }
}

function pause(checkpoint: Checkpoint, nowMs: number): Checkpoint | RefusedReason {
  if (stateOf(checkpoint).pausedAt !== null) return 'ALREADY_PAUSED';

  return withState(checkpoint, { pausedAt: isoTime(nowMs) });
}

function whenStreaming(checkpoint: Checkpoint, start: () => Checkpoint): Checkpoint | RefusedReason {
  return purposeOf(checkpoint) === null ? start() : 'READ_IN_PROGRESS';
}

function resnapshot(checkpoint: Checkpoint, command: Control, moment: Moment): Checkpoint | RefusedReason {
  const { controlId, filter, from, to } = command;
  const fault = requestFault(command, moment);
  if (fault !== null) return fault;
  if (filter === null)
    return whenStreaming(checkpoint, () =>
      startWholeRead(checkpoint, { purpose: 'BACKFILL', label: controlId, from, to }, moment.nowMs),
    );
  if (stateOf(checkpoint).query !== null) return 'QUERY_IN_PROGRESS';
  const query = {
    ...{ controlId, filter: filterOf(filter, from, to), position: null, rowsDone: 0 },
    startedAt: isoTime(moment.nowMs),
  };

  return withState(checkpoint, { query });
}

/** An event always carries the whole row, so columns are named only to be sure that they are there. */
function requestFault({ columns, from, to }: Control, moment: Moment): RefusedReason | null {
  const isDate = (text: string | null): boolean => text === null || Number.isFinite(Date.parse(text));
  if (!isDate(from) || !isDate(to)) return 'DATE_INVALID';
  const isKnown = (name: string): boolean => moment.columns === null || moment.columns.includes(name);

  return (columns ?? []).every(isKnown) ? null : 'COLUMN_UNKNOWN';
}

/** The range of dates is one more condition of the query. */
function filterOf(filter: string, from: string | null, to: string | null): string {
  const bounds = [
    ...(from === null ? [] : [`modifiedon ge ${isoTime(Date.parse(from))}`]),
    ...(to === null ? [] : [`modifiedon le ${isoTime(Date.parse(to))}`]),
  ];

  return bounds.length === 0 ? filter : [`(${filter})`, ...bounds].join(' and ');
}

/**
 * Ends what was asked for: a query, the announcing of unchanged rows, or the wish to delete what a resync did not meet. The
 * read of a whole table itself goes on, because its end brings the delta link.
 */
function cancel(checkpoint: Checkpoint): Checkpoint | RefusedReason {
  const { query, deletesHeld } = stateOf(checkpoint);
  const backfills = purposeOf(checkpoint) === 'BACKFILL';
  if (query === null && deletesHeld === null && !backfills) return 'NOTHING_TO_CANCEL';
  const ended = withState(checkpoint, { query: null, deletesHeld: null });

  return backfills ? withState(ended, { purpose: 'RESYNC', label: null, from: null, to: null }) : ended;
}

/** What is missing is looked for again and deleted then: a row that came back meanwhile is kept. */
function confirm(checkpoint: Checkpoint, nowMs: number): Checkpoint | RefusedReason {
  const { deletesHeld } = stateOf(checkpoint);
  if (deletesHeld === null) return 'NOTHING_HELD';

  return whenStreaming(checkpoint, () =>
    startWholeRead(checkpoint, { purpose: 'RESYNC', deletesConfirmed: deletesHeld }, nowMs),
  );
}
