import type { Control } from '@lockstep/change-events';

/** The commands on `lockstep.control`, by target and in the order of the topic. */
export type ControlInbox = {
  /** Empty until the topic is read to its end: which of them are answered already is told by what comes after them. */
  commandsFor(target: string): readonly Control[];
  receive(control: Control): void;
  /** Says that everything that was there at the start has been received. */
  open(): void;
};

/** More than these unanswered ones to one table are a fault of whoever sends them; the newest count. */
const commandsPerTargetMax = 200;

/** `onCommand` is told of each target that has something new. */
export function createControlInbox(onCommand: (target: string) => void): ControlInbox {
  const commands = new Map<string, readonly Control[]>();
  let isOpen = false;

  return {
    commandsFor: (target) => (isOpen ? (commands.get(target) ?? []) : []),
    receive(control) {
      const former = commands.get(control.target) ?? [];
      commands.set(control.target, [...former, control].slice(-commandsPerTargetMax));
      if (isOpen) onCommand(control.target);
    },
    open() {
      isOpen = true;
      for (const target of commands.keys()) onCommand(target);
    },
  };
}
