import type { Scalar } from '@lockstep/change-events';
import type { MarketoField, MarketoFieldType } from '@lockstep/ports';

/** Why a value does not fit its field; `cut` is its beginning that does, null where that would be another value. */
export type Misfit = { readonly code: string; readonly detail: string; readonly cut: string | null };

type Value = Exclude<Scalar, null>;

const integerMax = 2 ** 31 - 1;
const isText = (value: Value): value is string => typeof value === 'string';

const isOfType: Readonly<Record<MarketoFieldType, (value: Value) => boolean>> = {
  string: isText,
  text: isText,
  email: isText,
  integer: (value) => Number.isInteger(value) && Math.abs(Number(value)) <= integerMax,
  number: (value) => Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
  date: (value) => isText(value) && /^\d{4}-\d\d-\d\d$/.test(value),
  timestamp: (value) => isText(value) && !Number.isNaN(Date.parse(value)),
  other: () => true,
};

const misfit = (code: string, detail: string, cut: string | null = null): Misfit => ({ code, detail, cut });

/** Null for a value that Marketo will take; the codes are those with which it would refuse it (marketo-rest 2.4). */
export function misfitOf(field: MarketoField | undefined, value: Scalar): Misfit | null {
  if (!field?.isWritable) return misfit('1006', 'the field does not exist or is read-only');
  if (value === null || value === '') return null;
  if (!isOfType[field.type](value)) return misfit('1001', `the value is no ${field.type}`);

  return isText(value) ? misfitOfText(field, value) : null;
}

function misfitOfText({ type, lengthMax }: MarketoField, value: string): Misfit | null {
  if (type === 'email' && !/^[\x21-\x7e]+$/.test(value))
    return misfit('1003', 'an address must be ASCII, without spaces');
  const sizeOf = type === 'text' ? Buffer.byteLength : lengthOf;
  if (lengthMax === null || sizeOf(value) <= lengthMax) return null;
  // The beginning of an address is somebody else's, and that of a date is another one.
  const isCuttable = type === 'string' || type === 'text';

  return misfit(
    '1077',
    `the value is longer than the field (${lengthMax})`,
    isCuttable ? cutTo(value, lengthMax, sizeOf) : null,
  );
}

/** In UTF-16 units, the larger of the two ways to count: which one Marketo takes is not known. */
const lengthOf = (text: string): number => text.length;

/** Cut between two code points; without a space at its end, which Marketo might not keep. */
function cutTo(value: string, sizeMax: number, sizeOf: (text: string) => number): string {
  let size = 0;
  let end = 0;
  for (const point of value) {
    size += sizeOf(point);
    if (size > sizeMax) break;
    end += point.length;
  }

  return value.slice(0, end).trimEnd();
}
