import { controlAnswer, pauseWarning } from '../controlAnswers.ts';
import { obeyControl, pendingCommands, type Obeyed } from '../extract/obeyControl.ts';
import { stateOf, withState } from '../extract/tableState.ts';
import { deletesKeptMs } from './feedPlaces.ts';
import { commitState, type FeedSession, type NoticeOptions } from './feedSession.ts';

/** What an operator calls the reading of Marketo; the key of its commands on `lockstep.control`. */
export const readingTarget = 'marketo/person';

/** What is done to a table of Dynamics is done to the feeds; the others are about reads of a whole table. */
const obeyed: ReadonlySet<string> = new Set(['pause', 'resume']);

/** Carries out the next command to the reading of Marketo; its answer and what it changed are one transaction. False when none waits. */
export async function answerReading(options: NoticeOptions, session: FeedSession): Promise<boolean> {
  const { checkpoint } = session.state;
  const [command] = pendingCommands(options.commands?.() ?? [], checkpoint);
  if (command === undefined) return false;
  const nowMs = options.clock.now();
  const { checkpoint: next, refused }: Obeyed = obeyed.has(command.action)
    ? obeyControl(checkpoint, command, { nowMs, columns: null })
    : {
        checkpoint: withState(checkpoint, { controlId: command.controlId }),
        refused: 'ACTION_UNKNOWN',
      };
  await commitState(options, session, next, [controlAnswer(command, { refused, atMs: nowMs })]);

  return true;
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
