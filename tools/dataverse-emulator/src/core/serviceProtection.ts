import { DataverseError, errorCodes } from './dataverseError.ts';
import type { EmulatorSettings } from './emulatorSettings.ts';

type Limits = EmulatorSettings['limits'];

interface Window {
  /** Start times of admitted calls and what they took, oldest first from `head`. */
  calls: { readonly atMs: number; durationMs: number; hasLeft: boolean }[];
  head: number;
  executionMs: number;
  running: number;
  /** Calls refused since the last that was admitted. */
  refused: number;
}

/** An admitted call. */
export interface Admission {
  readonly remainingRequests: number;
  readonly remainingExecutionMs: number;
  finish(durationMs: number): void;
}

/** Who calls, and which web server got the call: each server counts on its own. */
export interface Arrival {
  readonly userId: string;
  readonly server: number;
}

/** Limits per user and web server over a sliding window (facts, section 4.1). */
export interface ServiceProtection {
  /** The server for a call: the one its affinity cookie names, else the next in turn. */
  serverFor(affinity: string | undefined, servers: number): number;
  /** Throws 429 with Retry-After in seconds. */
  admit(arrival: Arrival, atMs: number, limits: Limits): Admission;
}

const windowsMax = 10_000;

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

/** Who keeps pushing is told to wait longer: a second more for each refused call, up to the window (facts, section 4.1). */
function refusal(
  window: Window,
  limits: Limits,
  waitSeconds: number,
  kind: [string, string],
): DataverseError {
  const seconds = Math.max(waitSeconds, Math.min(limits.windowSeconds, waitSeconds + window.refused));
  window.refused += 1;
  return new DataverseError(429, kind[0], kind[1], { 'retry-after': String(seconds) });
}

function refuse(window: Window, atMs: number, limits: Limits): DataverseError | undefined {
  const oldestMs = window.calls[window.head]?.atMs ?? atMs;
  const waitSeconds = Math.max(1, Math.ceil((oldestMs + limits.windowSeconds * 1000 - atMs) / 1000));
  const span = `over time window of ${limits.windowSeconds} seconds.`;
  if (window.running >= limits.concurrentRequestsMax)
    return refusal(window, limits, 1, [
      errorCodes.tooManyAtOnce,
      `Number of concurrent requests exceeded the limit of ${limits.concurrentRequestsMax}.`,
    ]);
  if (window.calls.length - window.head >= limits.requestsMax)
    return refusal(window, limits, waitSeconds, [
      errorCodes.tooManyRequests,
      `Number of requests exceeded the limit of ${limits.requestsMax} ${span}`,
    ]);
  if (window.executionMs >= limits.executionTimeMsMax)
    return refusal(window, limits, waitSeconds, [
      errorCodes.tooMuchTime,
      `Combined execution time of incoming requests exceeded limit of ${limits.executionTimeMsMax} milliseconds ${span}`,
    ]);
  return undefined;
}

function admission(window: Window, atMs: number, limits: Limits): Admission {
  const call = { atMs, durationMs: 0, hasLeft: false };
  window.calls.push(call);
  window.running += 1;
  window.refused = 0;
  return {
    remainingRequests: Math.max(0, limits.requestsMax - (window.calls.length - window.head)),
    remainingExecutionMs: Math.max(0, limits.executionTimeMsMax - window.executionMs),
    finish(durationMs) {
      window.running -= 1;
      if (call.hasLeft) return;
      const countedMs = limits.simulatedCallMs > 0 ? limits.simulatedCallMs : durationMs;
      window.executionMs += countedMs;
      call.durationMs = countedMs;
    },
  };
}

/** Creates web servers with nothing used up. */
export function createServiceProtection(): ServiceProtection {
  const windows = new Map<string, Window>();
  let turn = 0;
  return {
    serverFor(affinity, servers) {
      const named = Number(affinity);
      if (Number.isInteger(named) && named >= 0 && named < servers) return named;
      turn = (turn + 1) % servers;
      return turn;
    },
    admit({ userId, server }, atMs, limits) {
      const key = `${server}/${userId}`;
      const [oldest] = windows.keys();
      if (windows.size >= windowsMax && oldest !== undefined) windows.delete(oldest);
      const window = windows.get(key) ?? { calls: [], head: 0, executionMs: 0, running: 0, refused: 0 };
      windows.set(key, window);
      slide(window, atMs - limits.windowSeconds * 1000);
      const refused = limits.isEnabled ? refuse(window, atMs, limits) : undefined;
      if (refused) throw refused;
      return admission(window, atMs, limits);
    },
  };
}
