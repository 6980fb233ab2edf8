import { invalid, objectsOf } from './readValues.ts';

/**
 * The calls that Marketo has counted of all users on `day`; 0 when its answer is of another day, as around midnight.
 * Throws MARKETO_ANSWER_INVALID.
 */
export function readUsage(result: unknown, day: string): number {
  const row = objectsOf(result).find(({ date }) => date === day);
  if (!row) return 0;
  const total = row['total'];
  if (!Number.isSafeInteger(total)) throw invalid('total');

  return total as number;
}
