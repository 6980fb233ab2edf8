import { uncountedCodes } from './apiError.ts';
import type { Settings } from './settings.ts';

/** Counters of one instance, shared by all its integrations (facts section 6). */
export interface CallLimiter {
  /** Start times inside the rate window, oldest first. */
  readonly recent: number[];
  inFlight: number;
  /** Day in US Central time, YYYY-MM-DD. */
  day: string;
  callsByUser: Map<string, number>;
  errorsByCode: Map<string, number>;
}

const centralDay = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/Chicago',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** Counters at zero. */
export function createCallLimiter(): CallLimiter {
  return { recent: [], inFlight: 0, day: '', callsByUser: new Map(), errorsByCode: new Map() };
}

/** Starts a call: undefined when admitted, else the code that refuses it. Refused calls cost nothing (inferred). */
export function enterCall(
  limiter: CallLimiter,
  settings: Settings,
  now: number,
  user: string,
): string | undefined {
  rollDay(limiter, now);
  while ((limiter.recent[0] ?? now) <= now - settings.rateWindowMs) limiter.recent.shift();
  if (callsToday(limiter) >= settings.callsPerDayMax) return '607';
  if (limiter.recent.length >= settings.callsPerWindowMax) return '606';
  if (limiter.inFlight >= settings.concurrentCallsMax) return '615';
  limiter.recent.push(now);
  limiter.inFlight += 1;
  limiter.callsByUser.set(user, (limiter.callsByUser.get(user) ?? 0) + 1);
  return undefined;
}

/** Ends an admitted call; takes it off the books when its code is free of charge. */
export function leaveCall(
  limiter: CallLimiter,
  startedAt: number,
  user: string,
  codes: readonly string[],
): void {
  limiter.inFlight -= 1;
  if (!codes.some((code) => uncountedCodes.has(code))) return;
  const index = limiter.recent.lastIndexOf(startedAt);
  if (index >= 0) limiter.recent.splice(index, 1);
  limiter.callsByUser.set(user, Math.max(0, (limiter.callsByUser.get(user) ?? 0) - 1));
}

/** Counts response-level errors for stats/errors.json. */
export function countErrors(limiter: CallLimiter, now: number, codes: readonly string[]): void {
  rollDay(limiter, now);
  for (const code of codes) limiter.errorsByCode.set(code, (limiter.errorsByCode.get(code) ?? 0) + 1);
}

/** Counted calls since midnight US Central. */
export function callsToday(limiter: CallLimiter): number {
  return [...limiter.callsByUser.values()].reduce((sum, count) => sum + count, 0);
}

/** Starts the books of a new day when midnight US Central has passed. */
export function rollDay(limiter: CallLimiter, now: number): void {
  const day = centralDay.format(now);
  if (day === limiter.day) return;
  limiter.day = day;
  limiter.callsByUser = new Map();
  limiter.errorsByCode = new Map();
}
