const pattern = /^\d{4}-\d{2}-\d{2}(T([01]\d|2[0-3]):\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
const zone = /(Z|[+-]\d{2}:?\d{2})$/;

/** Milliseconds since 1970 of a date or a datetime, in UTC where it names no zone (inferred); NaN for what is neither. */
export function timeOf(text: unknown): number {
  if (typeof text !== 'string' || !pattern.test(text) || !isDay(text.slice(0, 10))) return Number.NaN;
  return Date.parse(text.length === 10 || zone.test(text.slice(10)) ? text : `${text}Z`);
}

/** Whether a month has that day: 31 February rolls over to 2 March instead of failing to parse. */
export function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
