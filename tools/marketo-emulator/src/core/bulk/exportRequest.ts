import { apiError } from '../apiError.ts';
import { partOf } from '../partOf.ts';
import { timeOf } from '../timeOf.ts';
import { formatOf, type BulkFormat } from './delimitedText.ts';

/** A span of time, both ends included, in milliseconds since 1970. */
export interface DateRange {
  readonly startAt: number;
  readonly endAt: number;
}

const rangeMsMax = 31 * 86_400_000;
const datetimePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:?\d{2})$/;

/** The file format that a body asks for, CSV without one. Throws 1003 for an unknown one (as all codes here, inferred). */
export function formatIn(body: unknown): BulkFormat {
  const format = formatOf(partOf(body, 'format') ?? 'CSV');
  if (format === undefined) throw apiError('1003', "Invalid value for parameter 'format'");
  return format;
}

/** The fields that a body asks for; throws 1006 for a name that is not among the known. */
export function fieldsIn(body: unknown, isKnown: (name: string) => boolean): readonly string[] {
  const fields = partOf(body, 'fields');
  if (!Array.isArray(fields)) return [];
  const unknown = fields.map(String).find((name) => !isKnown(name));
  if (unknown !== undefined) throw apiError('1006', `Field '${unknown}' not found`);
  return fields.map(String);
}

/** The row of headers: the fields, as far as `columnHeaderNames` does not rename them. */
export function headersIn(body: unknown, fields: readonly string[]): readonly string[] {
  const names = partOf(body, 'columnHeaderNames');
  return fields.map((field) => String(partOf(names, field) ?? field));
}

/** A span of at most 31 days, without milliseconds; throws 1003 for anything else. */
export function rangeOf(range: unknown): DateRange {
  const [startAt, endAt] = [zonedTimeOf(partOf(range, 'startAt')), zonedTimeOf(partOf(range, 'endAt'))];
  if (!(startAt <= endAt)) throw apiError('1003', 'Invalid date range');
  if (endAt - startAt > rangeMsMax) throw apiError('1003', 'Date range must be 31 days or fewer');
  return { startAt, endAt };
}

/** Whether a time, seen in whole seconds, lies in a span. */
export function isWithin({ startAt, endAt }: DateRange, at: number): boolean {
  const second = Math.floor(at / 1000) * 1000;
  return second >= startAt && second <= endAt;
}

function zonedTimeOf(text: unknown): number {
  return typeof text === 'string' && datetimePattern.test(text) ? timeOf(text) : Number.NaN;
}
