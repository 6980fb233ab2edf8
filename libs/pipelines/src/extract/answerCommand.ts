import { isSyncError } from '@lockstep/change-events';
import { controlAnswer, pauseWarning } from '../controlAnswers.ts';
import { obeyControl, pendingCommands, type Obeyed } from './obeyControl.ts';
import { commit, type Session } from './session.ts';
import { stateOf, withState } from './tableState.ts';

/** Carries out the next command; its answer and what it changed are one transaction. False when none waits. */
export async function answerCommand(session: Session, signal: AbortSignal): Promise<boolean> {
  const { options, checkpoint, definition } = session;
  const [command] = pendingCommands(options.commands?.() ?? [], checkpoint);
  if (command === undefined) return false;
  const columns = definition?.fields.map(({ name }) => name) ?? null;
  const obeyed = obeyControl(checkpoint, command, { nowMs: options.clock.now(), columns });
  const { checkpoint: next, refused } = await withValidQuery(session, obeyed, signal);
  await commit(session, next, [controlAnswer(command, { refused, atMs: options.clock.now() })]);
  if (checkpoint.phase === 'STREAMING') session.reading = null;

  return true;
}

/** A filter is asked for once before it is accepted: whoever waits for the answer is told when the server refuses it. A paused table asks nothing. */
async function withValidQuery(session: Session, obeyed: Obeyed, signal: AbortSignal): Promise<Obeyed> {
  const { options, checkpoint, definition } = session;
  const { query, pausedAt } = stateOf(obeyed.checkpoint);
  const isNew = query !== null && stateOf(checkpoint).query === null;
  if (!isNew || pausedAt !== null || definition === null) return obeyed;
  try {
    await options.reader.readWhere(definition, { filter: query.filter, position: null }, signal);

    return obeyed;
  } catch (error) {
    if (!isSyncError(error, 'QUERY_INVALID')) throw error;

    return { checkpoint: withState(obeyed.checkpoint, { query: null }), refused: 'QUERY_INVALID' };
  }
}

const trackingRetentionMsDefault = 7 * 24 * 60 * 60 * 1000;
const pausedIdleMs = 1_000;

/** A paused table reads nothing; when its delta link will soon be too old, that is said once a day. */
export async function stayPaused(session: Session): Promise<{ idleMs: number }> {
  const { options, checkpoint, pauseWarnedMs: warnedMs } = session;
  const { trackingRetentionMs: keptMs = trackingRetentionMsDefault, clock } = options;
  const nowMs = clock.now();
  const warning = pauseWarning(checkpoint, { keptMs, warnedMs, nowMs });
  if (warning !== null) {
    session.pauseWarnedMs = nowMs;
    await commit(session, checkpoint, [warning]);
  }

  return { idleMs: pausedIdleMs };
}
