import { DataverseError, errorCodes } from './dataverseError.ts';
import type { EmulatorSettings } from './emulatorSettings.ts';

type Limits = EmulatorSettings['limits'];

interface Window {
  /** Start times of admitted calls and what they took, oldest first from `head`. */
  calls: { readonly atMs: number; durationMs: number; hasLeft: boolean }[];
  head: number;
  executionMs: number;
  running: number;
}

/** An admitted call. */
export interface Admission {
  readonly remainingRequests: number;
  readonly remainingExecutionMs: number;
  finish(durationMs: number): void;
}

/** Limits per user over a sliding window (facts, section 4.1). */
export interface ServiceProtection {
  /** Throws 429 with Retry-After in seconds. */
  admit(userId: string, atMs: number, limits: Limits): Admission;
}

function slide(window: Window, fromMs: number): void {
  for (
    let oldest = window.calls[window.head];
    oldest && oldest.atMs <= fromMs;
    oldest = window.calls[window.head]
  ) {
    window.executionMs -= oldest.durationMs;
    oldest.hasLeft = true;
    window.head += 1;
  }
  if (window.head > 10_000) {
    window.calls = window.calls.slice(window.head);
    window.head = 0;
  }
}

function refuse(window: Window, atMs: number, limits: Limits): DataverseError | undefined {
  const oldestMs = window.calls[window.head]?.atMs ?? atMs;
  const waitSeconds = Math.max(1, Math.ceil((oldestMs + limits.windowSeconds * 1000 - atMs) / 1000));
  const refusal = (code: string, message: string, seconds: number): DataverseError =>
    new DataverseError(429, code, message, { 'retry-after': String(seconds) });
  if (window.running >= limits.concurrentRequestsMax)
    return refusal(
      errorCodes.tooManyAtOnce,
      `Number of concurrent requests exceeded the limit of ${limits.concurrentRequestsMax}.`,
      1,
    );
  if (window.calls.length - window.head >= limits.requestsMax)
    return refusal(
      errorCodes.tooManyRequests,
      `Number of requests exceeded the limit of ${limits.requestsMax} over time window of ${limits.windowSeconds} seconds.`,
      waitSeconds,
    );
  if (window.executionMs >= limits.executionTimeMsMax)
    return refusal(
      errorCodes.tooMuchTime,
      `Combined execution time of incoming requests exceeded limit of ${limits.executionTimeMsMax} milliseconds over time window of ${limits.windowSeconds} seconds.`,
      waitSeconds,
    );
  return undefined;
}

/** Creates the limits of one web server with nothing used up. */
export function createServiceProtection(): ServiceProtection {
  const windows = new Map<string, Window>();
  return {
    admit(userId, atMs, limits) {
      const window = windows.get(userId) ?? { calls: [], head: 0, executionMs: 0, running: 0 };
      windows.set(userId, window);
      slide(window, atMs - limits.windowSeconds * 1000);
      const refusal = limits.isEnabled ? refuse(window, atMs, limits) : undefined;
      if (refusal) throw refusal;
      const call = { atMs, durationMs: 0, hasLeft: false };
      window.calls.push(call);
      window.running += 1;
      return {
        remainingRequests: Math.max(0, limits.requestsMax - (window.calls.length - window.head)),
        remainingExecutionMs: Math.max(0, limits.executionTimeMsMax - window.executionMs),
        finish(durationMs) {
          window.running -= 1;
          if (call.hasLeft) return;
          window.executionMs += durationMs;
          call.durationMs = durationMs;
        },
      };
    },
  };
}
