import { callsToday, rollDay } from './callLimiter.ts';
import type { Instance } from './instance.ts';

/** Rows of stats/usage.json: counted calls since midnight US Central, by user. */
export function describeUsage(instance: Instance): object[] {
  const { limiter } = instance;
  rollDay(limiter, instance.now());
  const users = [...limiter.callsByUser].map(([userId, count]) => ({ userId, count }));
  return [{ date: limiter.day, total: callsToday(limiter), users }];
}

/** Rows of stats/errors.json: response-level errors since midnight US Central, by code. */
export function describeErrors(instance: Instance): object[] {
  const { limiter } = instance;
  rollDay(limiter, instance.now());
  const errors = [...limiter.errorsByCode].map(([errorCode, count]) => ({ errorCode, count }));
  const total = errors.reduce((sum, { count }) => sum + count, 0);
  return [{ date: limiter.day, total, errors }];
}
