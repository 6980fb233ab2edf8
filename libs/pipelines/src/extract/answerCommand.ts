import { isoTime, type Control } from '@lockstep/change-events';
import type { OutgoingMessage } from '@lockstep/ports';
import { obeyControl, pendingCommands, type RefusedReason } from './obeyControl.ts';
import { commit, tableNotice, type Session } from './session.ts';
import { stateOf } from './tableState.ts';

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
  await commit(session, next, [answer(session, command, refused)]);
  if (checkpoint.phase === 'STREAMING') session.reading = null;

  return true;
}

function answer(
  session: Session,
  { controlId, action, actor }: Control,
  refused: RefusedReason | null,
): OutgoingMessage {
  const facts = {
    ...{ controlId, action },
    ...(actor !== null && { actor }),
    ...(refused !== null && { reason: refused }),
  };

  return tableNotice(session, refused === null ? 'CONTROL_DONE' : 'CONTROL_REFUSED', { facts });
}

const dayMs = 24 * 60 * 60 * 1000;
const trackingRetentionMsDefault = 7 * dayMs;
const warningShare = 0.8;
const pausedIdleMs = 1_000;

/** A paused table reads nothing; when its delta link will soon be too old, that is said once a day. */
export async function stayPaused(session: Session): Promise<{ idleMs: number }> {
  const { options, checkpoint } = session;
  const { trackingRetentionMs = trackingRetentionMsDefault, clock } = options;
  const pausedMs = clock.now() - Date.parse(stateOf(checkpoint).pausedAt ?? isoTime(clock.now()));
  const warned = session.pauseWarnedMs !== null && clock.now() - session.pauseWarnedMs < dayMs;
  if (pausedMs >= trackingRetentionMs * warningShare && !warned) {
    session.pauseWarnedMs = clock.now();
    const counts = { pausedHours: Math.floor(pausedMs / 3_600_000) };
    await commit(session, checkpoint, [tableNotice(session, 'PAUSE_NEAR_EXPIRY', { counts })]);
  }

  return { idleMs: pausedIdleMs };
}
