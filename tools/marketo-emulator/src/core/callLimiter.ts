import { uncountedCodes } from './apiError.ts';
import type { Settings } from './settings.ts';

/** Counters of one instance, shared by all its integrations (facts section 6). */
export interface CallLimiter {
  /** Start times inside the rate window, oldest first. */
  readonly recent: number[];
  inFlight: number;
  today: DayBooks;
  /** The days before today on which there were calls, newest first; bounded. */
  past: readonly DayBooks[];
}

/** What happened from one midnight US Central to the next. */
export interface DayBooks {
  /** YYYY-MM-DD. */
  readonly day: string;
  readonly callsByUser: Map<string, number>;
  readonly errorsByCode: Map<string, number>;
}

const pastDaysMax = 6;

const centralDay = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/Chicago',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** Counters at zero. */
export function createCallLimiter(): CallLimiter {
  return { recent: [], inFlight: 0, today: booksOf(''), past: [] };
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
  if (callsOf(limiter.today) >= settings.callsPerDayMax) return '607';
  if (limiter.recent.length >= settings.callsPerWindowMax) return '606';
  if (limiter.inFlight >= settings.concurrentCallsMax) return '615';
  limiter.recent.push(now);
  limiter.inFlight += 1;
  const { callsByUser } = limiter.today;
  callsByUser.set(user, (callsByUser.get(user) ?? 0) + 1);
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
  const { callsByUser } = limiter.today;
  callsByUser.set(user, Math.max(0, (callsByUser.get(user) ?? 0) - 1));
}

/** Counts response-level errors for stats/errors.json. */
export function countErrors(limiter: CallLimiter, now: number, codes: readonly string[]): void {
  rollDay(limiter, now);
  const { errorsByCode } = limiter.today;
  for (const code of codes) errorsByCode.set(code, (errorsByCode.get(code) ?? 0) + 1);
}

/** Counted calls of a day. */
export function callsOf({ callsByUser }: DayBooks): number {
  return [...callsByUser.values()].reduce((sum, count) => sum + count, 0);
}

/** The day in US Central time, YYYY-MM-DD. */
export function centralDayOf(now: number): string {
  return centralDay.format(now);
}

/** Starts the books of a new day when midnight US Central has passed. */
export function rollDay(limiter: CallLimiter, now: number): void {
  const day = centralDayOf(now);
  if (day === limiter.today.day) return;
  if (limiter.today.day !== '') limiter.past = [limiter.today, ...limiter.past].slice(0, pastDaysMax);
  limiter.today = booksOf(day);
}

function booksOf(day: string): DayBooks {
  return { day, callsByUser: new Map(), errorsByCode: new Map() };
}
