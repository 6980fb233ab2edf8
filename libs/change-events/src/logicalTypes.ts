import avsc, { type Schema } from 'avsc';
import { decimalScale } from './avroTypes.ts';
import { isoTime, timeMs } from './isoTime.ts';

const scaleFactor = 10n ** BigInt(decimalScale);

function bytesToBigInt(bytes: Buffer): bigint {
  if (bytes.length === 0) return 0n;
  if (bytes.length <= 6) return BigInt(bytes.readIntBE(0, bytes.length));
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
}

/** Big-endian two's complement, as short as it can be. */
function bigIntToBytes(value: bigint): Buffer {
  if (BigInt.asIntN(64, value) === value) {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeBigInt64BE(value);
    return bytes.subarray(firstByte(bytes));
  }
  let length = 9;
  while (BigInt.asIntN(length * 8, value) !== value) length += 1;
  return Buffer.from(
    BigInt.asUintN(length * 8, value)
      .toString(16)
      .padStart(length * 2, '0'),
    'hex',
  );
}

/** Leading bytes that only repeat the sign are left out. */
function firstByte(bytes: Buffer): number {
  const sign = (bytes[0] ?? 0) >= 0x80 ? 0xff : 0;
  let first = 0;
  while (first < 7 && bytes[first] === sign && ((bytes[first + 1] ?? 0) >= 0x80 ? 0xff : 0) === sign)
    first += 1;
  return first;
}

/** `1200.50` and `1.2005e3` are one value: `1200.5`. Throws on text that is no decimal or has over ten decimals. */
export function canonicalDecimal(text: string): string {
  return canonicalForm.test(text) ? text : fromUnscaled(toUnscaled(text));
}

/** No zeros but those that count, and no minus before nothing. */
const canonicalForm = /^(?:0|-?[1-9]\d*|-?(?:0|[1-9]\d*)\.\d{0,9}[1-9])$/;

/** What our canonical form of most decimals looks like. */
const plainDecimal = /^-?\d+(?:\.\d{1,10})?$/;

function toUnscaled(text: string): bigint {
  if (!plainDecimal.test(text)) return parseDecimal(text);
  const point = text.indexOf('.');
  const [whole, fraction] = point < 0 ? [text, ''] : [text.slice(0, point), text.slice(point + 1)];
  return BigInt(whole + fraction.padEnd(decimalScale, '0'));
}

function parseDecimal(text: string): bigint {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2}))?$/.exec(text.trim());
  const [, sign, whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (whole + fraction === '') throw new RangeError('not a decimal');
  const unscaled = shift(BigInt(whole + fraction), decimalScale - fraction.length + Number(exponent));
  return sign === '-' ? -unscaled : unscaled;
}

function shift(digits: bigint, places: number): bigint {
  if (places >= 0) return digits * 10n ** BigInt(places);
  const divisor = 10n ** BigInt(-places);
  if (digits % divisor !== 0n) throw new RangeError('more than ten decimals');
  return digits / divisor;
}

function fromUnscaled(unscaled: bigint): string {
  const size = unscaled < 0n ? -unscaled : unscaled;
  const fraction = (size % scaleFactor).toString().padStart(decimalScale, '0').replace(/0+$/, '');
  const text = `${size / scaleFactor}${fraction === '' ? '' : `.${fraction}`}`;
  return unscaled < 0n ? `-${text}` : text;
}

const dayMs = 24 * 60 * 60 * 1000;

/** Our form of a value to Avro's own. Throws on what is no such value. */
export const toAvro = {
  decimal: (value: unknown): Buffer => {
    if (typeof value !== 'string') throw new RangeError('not a decimal');
    return bigIntToBytes(toUnscaled(value));
  },
  'timestamp-millis': (value: unknown): number => {
    const time = typeof value === 'string' ? timeMs(value) : NaN;
    if (Number.isNaN(time)) throw new RangeError('not a time');
    return time;
  },
  date: (value: unknown): number => {
    const time = typeof value === 'string' ? timeMs(`${value}T00:00:00Z`) : NaN;
    if (Number.isNaN(time)) throw new RangeError('not a date');
    return time / dayMs;
  },
} as const;

/** Decimal of fixed scale 10 as a canonical string. */
class DecimalType extends avsc.types.LogicalType {
  protected override _fromValue(value: Buffer): string {
    return fromUnscaled(bytesToBigInt(value));
  }
  protected override _toValue(value: unknown): Buffer {
    return toAvro.decimal(value);
  }
}

/** Milliseconds since 1970 as ISO text. */
class TimestampType extends avsc.types.LogicalType {
  protected override _fromValue(value: number): string {
    return isoTime(value);
  }
  protected override _toValue(value: unknown): number {
    return toAvro['timestamp-millis'](value);
  }
}

/** Days since 1970 as `YYYY-MM-DD`. */
class DateType extends avsc.types.LogicalType {
  protected override _fromValue(value: number): string {
    return isoTime(value * dayMs).slice(0, 10);
  }
  protected override _toValue(value: unknown): number {
    return toAvro.date(value);
  }
}

type LogicalTypeClass = new (schema: Schema, options?: unknown) => avsc.types.LogicalType;

export const logicalTypes: Record<string, LogicalTypeClass> = {
  decimal: DecimalType,
  'timestamp-millis': TimestampType,
  date: DateType,
};
