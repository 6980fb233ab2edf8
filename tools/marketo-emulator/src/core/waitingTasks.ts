import type { Instance, WaitingTask } from './instance.ts';

const waitingMax = 100_000;

/** Runs something in that many milliseconds, or as soon as a control call moves the clock so far; at once beyond 100,000 that wait. */
export function runLater(instance: Instance, delayMs: number, run: () => Promise<void>): void {
  const task = { dueAt: instance.now() + delayMs, run };
  instance.waiting.add(task);
  const waitMs = instance.waiting.size > waitingMax ? 0 : delayMs;
  instance.later(waitMs, () => runWaiting(instance, task));
}

/** Runs what is due, oldest first. */
export async function runDue(instance: Instance): Promise<void> {
  const now = instance.now();
  const due = [...instance.waiting].filter(({ dueAt }) => dueAt <= now);
  due.sort((left, right) => left.dueAt - right.dueAt);
  for (const task of due) await runWaiting(instance, task);
}

async function runWaiting({ waiting }: Instance, task: WaitingTask): Promise<void> {
  if (waiting.delete(task)) await task.run();
}
