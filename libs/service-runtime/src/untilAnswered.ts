import { retryForever } from './retryForever.ts';
import type { Service } from './startService.ts';
import { systemClock, type Clock } from './systemClock.ts';

export type Question<Answer> = {
  /** Whom it is put to, as the health page names it while there is no answer. */
  readonly component: string;
  readonly ask: () => Promise<Answer>;
  readonly clock?: Clock;
};

/**
 * Puts a question of the start again and again while it fails by what passes by itself, such as a broker that is away. Null when
 * the signal came first. Throws a failure of another fate.
 */
export async function untilAnswered<Answer>(
  { log, readiness }: Pick<Service, 'log' | 'readiness'>,
  { component, ask, clock = systemClock }: Question<Answer>,
  signal: AbortSignal,
): Promise<Answer | null> {
  const ended = new AbortController();
  const answers: Answer[] = [];
  const step = async () => {
    answers.push(await ask());
    ended.abort();

    return { idleMs: 0 };
  };
  const until = AbortSignal.any([signal, ended.signal]);
  const asking = retryForever({
    ...{ component, step, log, readiness, clock, random: Math.random },
    signal: until,
  });
  // A stop does not wait for a question that nobody answers.
  await Promise.race([asking, aborted(signal)]);

  return answers[0] ?? null;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
