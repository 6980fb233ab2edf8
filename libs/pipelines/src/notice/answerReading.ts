import { isoTime, type Checkpoint, type Control } from '@lockstep/change-events';
import { controlAnswer, pauseWarning } from '../controlAnswers.ts';
import { obeyControl, pendingCommands, type Obeyed } from '../extract/obeyControl.ts';
import { stateOf, withState } from '../extract/tableState.ts';
import { deletesKeptMs, type FeedPlaces } from './feedPlaces.ts';
import { commitState, type FeedSession, type FeedState, type NoticeOptions } from './feedSession.ts';
import { withCompare } from './findGone.ts';
import { queryText } from './personQuery.ts';

/** What an operator calls the reading of Marketo; the key of its commands on `lockstep.control`. */
export const readingTarget = 'marketo/person';

/** Carries out the next command to the reading of Marketo; its answer and what it changed are one transaction. False when none waits. */
export async function answerReading(options: NoticeOptions, session: FeedSession): Promise<boolean> {
  const { state } = session;
  const { checkpoint } = state;
  const [command] = pendingCommands(options.commands?.() ?? [], checkpoint);
  if (command === undefined) return false;
  const nowMs = options.clock.now();
  const { checkpoint: next, refused } = obey(state, command, nowMs);
  await commitState(options, session, next, [controlAnswer(command, { refused, atMs: nowMs })]);
  if (next.position !== checkpoint.position) state.places = { ...state.places, isScanDue: true };

  return true;
}

/** What is not about the read of a whole table is done as to a table of Dynamics. */
function obey({ checkpoint, places }: FeedState, command: Control, nowMs: number): Obeyed {
  switch (command.action) {
    case 'pause':
    case 'resume':
    case 'cancel':
      return obeyControl(checkpoint, command, { nowMs, columns: null });
    case 'resnapshot':
      return beginQuery(checkpoint, command, nowMs);
    case 'resync':
      return compare(answered(checkpoint, command), places);
    default:
      return { checkpoint: answered(checkpoint, command), refused: 'ACTION_UNKNOWN' };
  }
}

const answered = (checkpoint: Checkpoint, { controlId }: Control): Checkpoint =>
  withState(checkpoint, { controlId });

function compare(checkpoint: Checkpoint, places: FeedPlaces): Obeyed {
  const next = withCompare(checkpoint, places);

  return next === null ? { checkpoint, refused: 'READ_IN_PROGRESS' } : { checkpoint: next, refused: null };
}

function beginQuery(checkpoint: Checkpoint, command: Control, nowMs: number): Obeyed {
  const { controlId } = command;
  const isBusy = stateOf(checkpoint).query !== null;
  const made = isBusy ? 'QUERY_IN_PROGRESS' : queryText(command, nowMs);
  if (typeof made === 'string') return { checkpoint: answered(checkpoint, command), refused: made };
  const query = { controlId, ...made, position: null, rowsDone: 0, startedAt: isoTime(nowMs) };

  return { checkpoint: withState(checkpoint, { controlId, query }), refused: null };
}

const pausedIdleMs = 1_000;

/** Nothing is read; when Marketo will soon have forgotten deletes of the time of the pause, that is said once a day. */
export async function stayPaused(options: NoticeOptions, session: FeedSession): Promise<{ idleMs: number }> {
  const { state } = session;
  const { checkpoint, pauseWarnedMs: warnedMs } = state;
  const nowMs = options.clock.now();
  state.isAfterPause = true;
  const warning = pauseWarning(checkpoint, { keptMs: deletesKeptMs, warnedMs, nowMs });
  if (warning !== null) {
    state.pauseWarnedMs = nowMs;
    await commitState(options, session, checkpoint, [warning]);
  }

  return { idleMs: pausedIdleMs };
}

export const isPaused = ({ state }: FeedSession): boolean => stateOf(state.checkpoint).pausedAt !== null;
