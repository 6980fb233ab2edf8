const firstDelayMs = 250;
const delayMsMax = 10_000;

/** Exponential backoff with full jitter above one half; `failures` counts from 1, `random` is in [0, 1). */
export function retryDelayMs(failures: number, random: () => number): number {
  const ceilingMs = Math.min(delayMsMax, firstDelayMs * 2 ** (failures - 1));
  return Math.round(ceilingMs / 2 + (ceilingMs / 2) * random());
}

/** Resolves after `durationMs` or when `signal` aborts. */
export function sleep(durationMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, durationMs);
    signal.addEventListener('abort', wake);
  });
}

/** Resolves with `work`, or when `durationMs` have passed, whichever comes first. */
export async function withDeadline(work: Promise<unknown>, durationMs: number): Promise<void> {
  const done = new AbortController();
  await Promise.race([work.finally(() => done.abort()), sleep(durationMs, done.signal)]);
}
