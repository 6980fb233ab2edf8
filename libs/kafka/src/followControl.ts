import { topics, type Control } from '@lockstep/change-events';
import type { IncomingMessage } from '@lockstep/ports';
import type { EventLogSettings } from './consumeSettings.ts';
import { followTopic } from './followTopic.ts';

export type ControlFollower = {
  /** Commands to others would only fill our memory. */
  readonly targets: ReadonlySet<string>;
  readonly inbox: {
    receive(control: Control): void;
    /** Says that everything that was there at the start has been received. */
    open(): void;
  };
};

/** Hands the commands on `lockstep.control` over until the signal; a message that is no command is passed over. */
export async function followControl(
  log: EventLogSettings,
  { inbox, targets }: ControlFollower,
  signal: AbortSignal,
): Promise<void> {
  const visit = ({ value }: IncomingMessage) => {
    const control = value as Partial<Control> | null;
    if (control?.controlId && control.target && targets.has(control.target))
      inbox.receive(control as Control);
  };
  const caughtUp = () => inbox.open();
  await followTopic(
    log,
    { topic: topics.control, from: 'beginning', caughtUp, persists: true },
    visit,
    signal,
  );
}
