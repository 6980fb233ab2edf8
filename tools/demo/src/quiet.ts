import { setTimeout as sleep } from 'node:timers/promises';
import type { Controls } from './controls.ts';

const pollIntervalMs = 100;

export type QuietOptions = {
  /** Neither system takes a write for this long. */
  readonly quietMs: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

/** Waits until neither system has taken a write for a while. Resolves false when that does not come in time. */
export async function awaitQuiet(controls: Controls, options: QuietOptions): Promise<boolean> {
  const { quietMs, timeoutMs, signal } = options;
  const startedAtMs = performance.now();
  let movedAtMs = startedAtMs;
  let last = '';
  while (performance.now() - movedAtMs < quietMs) {
    if (performance.now() - startedAtMs > timeoutMs) return false;
    const sequences = await Promise.all([controls.lastState('dataverse'), controls.lastState('marketo')]);
    const now = sequences.join('/');
    if (now !== last) movedAtMs = performance.now();
    last = now;
    await sleep(pollIntervalMs, undefined, { signal });
  }
  return true;
}
