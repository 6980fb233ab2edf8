import { isoTime, SyncError } from '@lockstep/change-events';

const form = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** A time without its zone would be another moment elsewhere; what is no time at all is some day of 2001 to `Date.parse`. */
export const timeWords =
  'must be a date, such as 2026-11-01, or a time with its zone, such as 2026-11-01T10:00:00Z.';

export const isTime = (text: string): boolean =>
  form.test(text) && isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text));

/** There is no 31st of February. */
const isDay = (day: string): boolean => new Date(`${day}T12:00:00Z`).getUTCDate() === Number(day.slice(8));

/** The moment that was typed; a date is its midnight in UTC. Throws CONFIG_INVALID under the name of its option. */
export function timeOf(option: string, text: string): string {
  if (!isTime(text)) throw new SyncError('CONFIG_INVALID', { [option]: timeWords });

  return isoTime(Date.parse(text));
}
