import { isoTime, type Checkpoint, type Control } from '@lockstep/change-events';
import { controlAnswer, pauseWarning } from '../controlAnswers.ts';
import { obeyControl, pendingCommands, type Obeyed } from '../extract/obeyControl.ts';
import { stateOf, withState } from '../extract/tableState.ts';
import { deletesKeptMs, type FeedPlaces } from './feedPlaces.ts';
import { commitState, type FeedSession, type FeedState, type NoticeOptions } from './feedSession.ts';
import { withCompare, withoutCompare } from './findGone.ts';
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
  if (next.position !== checkpoint.position) takeScan(state, next);

  return true;
}

/** A search for everybody was begun by the command, or ended. */
function takeScan(state: FeedState, { position }: Checkpoint): void {
  state.places = JSON.parse(position ?? '') as FeedPlaces;
  if (!state.places.isScanDue) state.scan = null;
}

/** What is not about the read of a whole table is done as to a table of Dynamics. */
function obey({ checkpoint, places }: FeedState, command: Control, nowMs: number): Obeyed {
  switch (command.action) {
    case 'pause':
    case 'resume':
      return obeyControl(checkpoint, command, { nowMs, columns: null });
    case 'cancel':
      return cancel({ checkpoint, places }, command, nowMs);
    case 'confirm':
      return confirm(answered(checkpoint, command), places);
    case 'resnapshot':
      return beginQuery(checkpoint, command, nowMs);
    case 'resync':
      return compare(answered(checkpoint, command), places);
  }
}

const answered = (checkpoint: Checkpoint, { controlId }: Control): Checkpoint =>
  withState(checkpoint, { controlId });

function compare(checkpoint: Checkpoint, places: FeedPlaces): Obeyed {
  const next = withCompare(checkpoint, places);

  return next === null ? { checkpoint, refused: 'READ_IN_PROGRESS' } : { checkpoint: next, refused: null };
}

/** Who is missing is looked for again and announced then: who came back meanwhile is kept. */
function confirm(checkpoint: Checkpoint, places: FeedPlaces): Obeyed {
  const { deletesHeld } = stateOf(checkpoint);
  if (deletesHeld === null) return { checkpoint, refused: 'NOTHING_HELD' };

  return compare(withState(checkpoint, { deletesHeld: null, deletesConfirmed: deletesHeld }), places);
}

type Standing = Pick<FeedState, 'checkpoint' | 'places'>;

/** A query, a search for everybody, deletes that are held: whichever there are end. */
function cancel({ checkpoint, places }: Standing, command: Control, nowMs: number): Obeyed {
  const ended = withoutCompare(checkpoint, places, nowMs);
  const obeyed = obeyControl(ended ?? checkpoint, command, { nowMs, columns: null });

  return ended === null ? obeyed : { ...obeyed, refused: null };
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
