import { isoTime, type Checkpoint, type Control } from '@lockstep/change-events';
import type { OutgoingMessage } from '@lockstep/ports';
import { stateOf } from './extract/tableState.ts';
import { notice } from './notices.ts';

type Answer = { readonly refused: string | null; readonly atMs: number };

/** The one notice that answers a command. */
export function controlAnswer(control: Control, { refused, atMs }: Answer): OutgoingMessage {
  const { controlId, action, target, actor } = control;
  const facts = {
    ...{ controlId, action },
    ...(actor !== null && { actor }),
    ...(refused !== null && { reason: refused }),
  };

  return notice(refused === null ? 'CONTROL_DONE' : 'CONTROL_REFUSED', target, { counts: {}, atMs, facts });
}

const dayMs = 24 * 60 * 60 * 1000;
const warningShare = 0.8;

export type PauseWatch = {
  /** For so long the source remembers what it will be asked for after the pause. */
  readonly keptMs: number;
  /** When this was told last. */
  readonly warnedMs: number | null;
  readonly nowMs: number;
};

/** Told once a day of a pause that will soon last longer than the source remembers; null while there is nothing to tell. */
export function pauseWarning(
  checkpoint: Checkpoint,
  { keptMs, warnedMs, nowMs }: PauseWatch,
): OutgoingMessage | null {
  const pausedMs = nowMs - Date.parse(stateOf(checkpoint).pausedAt ?? isoTime(nowMs));
  if (pausedMs < keptMs * warningShare || (warnedMs !== null && nowMs - warnedMs < dayMs)) return null;
  const counts = { pausedHours: Math.floor(pausedMs / 3_600_000) };

  return notice('PAUSE_NEAR_EXPIRY', `${checkpoint.source}/${checkpoint.table}`, { counts, atMs: nowMs });
}
