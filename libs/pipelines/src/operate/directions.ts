import type { Control, System } from '@lockstep/change-events';
import type { Clock, OutgoingMessage } from '@lockstep/ports';
import { controlAnswer } from '../controlAnswers.ts';

/** What an operator calls the writes to each system; the key of its commands on `lockstep.control`. */
export const directionTargets: Readonly<Record<string, System>> = {
  'reconciler/to-dynamics': 'dynamics',
  'reconciler/to-marketo': 'marketo',
};

export const targetOf = (system: System): string => `reconciler/to-${system}`;

/** Whether writes to each system flow. The newest command to a direction holds, over restarts; before one, the settings do. */
export type Directions = {
  withheld(): ReadonlySet<System>;
  /** Withholds at once, as a command to pause with this reason will do everywhere. */
  hold(system: System, reason: string): void;
  /** Why the writes to a system are withheld, where a brake did it. */
  heldFor(system: System): string | null;
  /** When somebody let writes flow again that a brake had held; null before that. */
  answeredAtMs(system: System): number | null;
  /** When an operator let the writes to a system flow, by the newest command; null where they are withheld, or nobody did. */
  flowingSinceMs(system: System): number | null;
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
  const reasons = new Map<System, string>();
  const answeredAtMs = new Map<System, number>();
  const flowingSinceMs = new Map<System, number>();
  const hold = (system: System, reason?: string | null): void => {
    flowingSinceMs.delete(system);
    withheld.add(system);
    if (reason) reasons.set(system, reason);
  };
  const resume = (system: System, at: string): void => {
    withheld.delete(system);
    flowingSinceMs.set(system, Date.parse(at));
    if (reasons.delete(system)) answeredAtMs.set(system, Date.parse(at));
  };
  let isCaughtUp = false;
  let unanswered: readonly Control[] = [];

  return {
    withheld: () => withheld,
    hold,
    heldFor: (system) => reasons.get(system) ?? null,
    answeredAtMs: (system) => answeredAtMs.get(system) ?? null,
    flowingSinceMs: (system) => flowingSinceMs.get(system) ?? null,
    obey(control) {
      const system = Object.hasOwn(directionTargets, control.target) && directionTargets[control.target];
      if (!system) return;
      if (control.action === 'pause') hold(system, control.reason);
      if (control.action === 'resume') resume(system, control.at);
      // A brake has told of itself.
      if (isCaughtUp && !control.reason) unanswered = [...unanswered, control].slice(-unansweredMax);
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

function answerTo(control: Control, atMs: number): OutgoingMessage {
  const isKnown = control.action === 'pause' || control.action === 'resume';

  return controlAnswer(control, { refused: isKnown ? null : 'ACTION_UNKNOWN', atMs });
}
