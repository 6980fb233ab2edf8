import type { DayBooks } from './callLimiter.ts';
import { callsOf, rollDay } from './callLimiter.ts';
import type { Instance } from './instance.ts';
import type { Operation } from './operation.ts';
import { get } from './operation.ts';

/** The counters of today and of the last seven days, today first; the order is inferred, as is that they need no permission. */
export const usageOperations: readonly Operation[] = [
  get('stats/usage', null, (instance) => ({ result: [usageOf(today(instance))] })),
  get('stats/usage/last7days', null, (instance) => ({ result: lastDays(instance).map(usageOf) })),
  get('stats/errors', null, (instance) => ({ result: [errorsOf(today(instance))] })),
  get('stats/errors/last7days', null, (instance) => ({ result: lastDays(instance).map(errorsOf) })),
];

function today({ limiter, now }: Instance): DayBooks {
  rollDay(limiter, now());
  return limiter.today;
}

function lastDays(instance: Instance): readonly DayBooks[] {
  return [today(instance), ...instance.limiter.past];
}

/** Counted calls by user. */
function usageOf(books: DayBooks): object {
  const users = [...books.callsByUser].map(([userId, count]) => ({ userId, count }));
  return { date: books.day, total: callsOf(books), users };
}

/** Response-level errors by code. */
function errorsOf({ day, errorsByCode }: DayBooks): object {
  const errors = [...errorsByCode].map(([errorCode, count]) => ({ errorCode, count }));
  const total = errors.reduce((sum, { count }) => sum + count, 0);
  return { date: day, total, errors };
}
