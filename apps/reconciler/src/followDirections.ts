import { topics, type Control, type System } from '@lockstep/change-events';
import { followTopic, type EventLogSettings } from '@lockstep/kafka';
import { createDirections, type Directions } from '@lockstep/pipelines';
import type { Config } from './config.ts';

/** As the settings say, until the commands are read. */
export function openDirections({ writeToDynamics, writeToMarketo }: Config): Directions {
  const start = new Set<System>([
    ...(writeToDynamics === 'observe' ? (['dynamics'] as const) : []),
    ...(writeToMarketo === 'observe' ? (['marketo'] as const) : []),
  ]);

  return createDirections(start);
}

/** Follows the commands until the signal; `ready` is told once those that were there are obeyed. */
export async function followDirections(
  log: EventLogSettings,
  { directions, ready }: { readonly directions: Directions; readonly ready: () => void },
  signal: AbortSignal,
): Promise<void> {
  const caughtUp = () => {
    directions.caughtUp();
    ready();
  };
  const options = { topic: topics.control, from: 'beginning', caughtUp, persists: true } as const;
  await followTopic(log, options, ({ value }) => obey(directions, value as Partial<Control> | null), signal);
}

/** A message that is no command is passed over. */
function obey(directions: Directions, control: Partial<Control> | null): void {
  if (control?.controlId && control.target && control.at) directions.obey(control as Control);
}
