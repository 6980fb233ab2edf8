import type { Control, System } from '@lockstep/change-events';
import type { Clock, OutgoingMessage } from '@lockstep/ports';
import { notice } from '../notices.ts';

/** What an operator calls the writes to each system; the key of its commands on `lockstep.control`. */
export const directionTargets: Readonly<Record<string, System>> = {
  'reconciler/to-dynamics': 'dynamics',
  'reconciler/to-marketo': 'marketo',
};

/** Whether writes to each system flow. The newest command to a direction holds, over restarts; before one, the settings do. */
export type Directions = {
  withheld(): ReadonlySet<System>;
  /** Takes a command of the topic; commands to others are passed over. */
  obey(control: Control): void;
  /** From now on commands are new, and are answered. */
  caughtUp(): void;
  /** The answers to commands that came lately, once each; for the one process that answers. */
  answers(clock: Pick<Clock, 'now'>): readonly OutgoingMessage[];
};

const unansweredMax = 20;
/** Older ones were answered by whoever held the lease before. */
const answeredWithinMs = 60_000;

/** `start` holds the systems to which nothing is written before an operator says so. */
export function createDirections(start: ReadonlySet<System>): Directions {
  const withheld = new Set(start);
  let isCaughtUp = false;
  let unanswered: readonly Control[] = [];

  return {
    withheld: () => withheld,
    obey(control) {
      const system = directionTargets[control.target];
      if (system === undefined) return;
      if (control.action === 'pause') withheld.add(system);
      if (control.action === 'resume') withheld.delete(system);
      if (isCaughtUp) unanswered = [...unanswered, control].slice(-unansweredMax);
    },
    caughtUp: () => void (isCaughtUp = true),
    answers(clock) {
      const nowMs = clock.now();
      const recent = unanswered.filter(({ at }) => Date.parse(at) + answeredWithinMs >= nowMs);
      unanswered = [];
      return recent.map((control) => answerTo(control, nowMs));
    },
  };
}

function answerTo({ action, target, controlId, actor }: Control, atMs: number): OutgoingMessage {
  const isKnown = action === 'pause' || action === 'resume';
  const facts = {
    ...{ controlId, action },
    ...(actor !== null && { actor }),
    ...(!isKnown && { reason: 'ACTION_UNKNOWN' }),
  };

  return notice(isKnown ? 'CONTROL_DONE' : 'CONTROL_REFUSED', target, { counts: {}, atMs, facts });
}
