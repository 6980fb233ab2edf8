import { setTimeout as sleep } from 'node:timers/promises';
import type { Expected } from './expectations.ts';
import type { Step } from './scenario.ts';

/** How one step went; `ms` is null when it was not seen in time. */
export type StepResult = { readonly title: string; readonly ms: number | null };

export type Play = {
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
  /** Explains a dispute once it is settled; false when no explanation can be found. */
  readonly explain: (dispute: NonNullable<Step['dispute']>) => Promise<boolean>;
};

const pollIntervalMs = 50;
const deadlineMs = 30_000;

/** Plays the steps one after the other. Returns how each went; `expected` is brought up to date on the way. */
export async function playScenario(
  steps: readonly Step[],
  expected: Map<string, Expected>,
  play: Play,
): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  for (const [index, step] of steps.entries()) {
    play.print(`  ${index + 1}. ${step.does}`);
    play.print(`     expected: ${step.expects}`);
    const ms = await playStep(step, play);
    for (const change of step.expected(expected)) expected.set(change.id, change);
    results.push({ title: step.title, ms });
    play.print(ms === null ? `     NOT SEEN within ${deadlineMs / 1_000} s` : `     seen after ${ms} ms`);
  }
  return results;
}

async function playStep(step: Step, { signal, explain }: Play): Promise<number | null> {
  const startedAtMs = performance.now();
  await step.act();
  while (!(await step.isSeen())) {
    if (performance.now() - startedAtMs > deadlineMs) return null;
    await sleep(pollIntervalMs, undefined, { signal });
  }
  const ms = Math.round(performance.now() - startedAtMs);
  return step.dispute === undefined || (await explain(step.dispute)) ? ms : null;
}
