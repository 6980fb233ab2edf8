import { controlAnswer, pauseWarning } from '../controlAnswers.ts';
import { obeyControl, pendingCommands } from './obeyControl.ts';
import { commit, type Session } from './session.ts';

/** Carries out the next command; its answer and what it changed are one transaction. False when none waits. */
export async function answerCommand(session: Session): Promise<boolean> {
  const { options, checkpoint, definition } = session;
  const [command] = pendingCommands(options.commands?.() ?? [], checkpoint);
  if (command === undefined) return false;
  const columns = definition?.fields.map(({ name }) => name) ?? null;
  const { checkpoint: next, refused } = obeyControl(checkpoint, command, {
    nowMs: options.clock.now(),
    columns,
  });
  await commit(session, next, [controlAnswer(command, { refused, atMs: options.clock.now() })]);
  if (checkpoint.phase === 'STREAMING') session.reading = null;

  return true;
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
