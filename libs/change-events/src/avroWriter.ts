import { avroPlan, type AvroPlan, type ValueKind } from './avroPlan.ts';
import { putByte, putBytes, putDouble, putLong, putText, type Sink } from './avroSink.ts';
import type { AvroSchema } from './avroTypes.ts';
import { toAvro } from './logicalTypes.ts';

/** Writes a value in our form as Avro. Throws on what the schema does not take; then the message is to be dropped. */
export type AvroWriter = (sink: Sink, value: unknown) => void;

type Values = Readonly<Record<string, unknown>>;

/**
 * avsc writes the same bytes, but has to look at every value of a union twice and wants decimals and times in Avro's own
 * form, so in a copy of the record (decision 12).
 */
export function avroWriter(schema: AvroSchema): AvroWriter {
  const plan = avroPlan(schema);

  return (sink, value) => putValue(sink, plan, value);
}

/** What is absent is null: every field that may be absent has null for its default. */
export function putValue(sink: Sink, plan: AvroPlan, value: unknown): void {
  if (plan.isNullable) {
    const isNull = value === null || value === undefined;
    putByte(sink, isNull ? 0 : 2);
    if (isNull) return;
  }
  switch (plan.kind) {
    case 'string':
      return putText(sink, taken(value as string, typeof value === 'string'));
    case 'long':
      return putLong(sink, taken(value as number, Number.isSafeInteger(value)));
    case 'boolean':
      return putByte(sink, Number(taken(value, typeof value === 'boolean')));
    case 'timestamp-millis':
      return putLong(sink, toAvro['timestamp-millis'](value));
    case 'record':
      return putRecord(sink, plan, value);
    default:
      return putOther(sink, plan, value);
  }
}

/** What is rarer. */
function putOther(sink: Sink, plan: AvroPlan, value: unknown): void {
  switch (plan.kind) {
    case 'null':
      return demand(value === null || value === undefined);
    case 'int':
      return putLong(sink, taken(value as number, (Number(value) | 0) === value));
    case 'double':
      return putDouble(sink, taken(value as number, typeof value === 'number'));
    case 'bytes':
      return putBytes(sink, taken(value as Uint8Array, value instanceof Uint8Array));
    case 'decimal':
      return putBytes(sink, toAvro.decimal(value));
    case 'date':
      return putLong(sink, toAvro.date(value));
    case 'array':
      return putArray(sink, plan, value);
    case 'map':
      return putMap(sink, plan, value);
    default:
      return putUnion(sink, plan, value);
  }
}

function demand(isTaken: boolean): void {
  if (!isTaken) throw new RangeError('a value that its schema does not take');
}

function taken<T>(value: T, isTaken: boolean): T {
  demand(isTaken);

  return value;
}

/** As long as properties come in the order of the fields, going through them is quicker than looking each one up. */
function putRecord(sink: Sink, { names, parts }: AvroPlan, value: unknown): void {
  demand(typeof value === 'object' && value !== null);
  const values = value as Values;
  let done = 0;
  for (const name in values) {
    if (name !== names[done]) break;
    putValue(sink, parts[done] as AvroPlan, values[name]);
    done += 1;
  }
  for (; done < names.length; done += 1)
    putValue(sink, parts[done] as AvroPlan, values[names[done] as string]);
}

function putArray(sink: Sink, { parts }: AvroPlan, value: unknown): void {
  demand(Array.isArray(value));
  const list = value as readonly unknown[];
  if (list.length > 0) putLong(sink, list.length);
  for (const item of list) putValue(sink, parts[0] as AvroPlan, item);
  putByte(sink, 0);
}

function putMap(sink: Sink, { parts }: AvroPlan, value: unknown): void {
  demand(typeof value === 'object' && value !== null);
  const values = value as Values;
  const names = Object.keys(values);
  if (names.length > 0) putLong(sink, names.length);
  for (const name of names) {
    putText(sink, name);
    putValue(sink, parts[0] as AvroPlan, values[name]);
  }
  putByte(sink, 0);
}

function putUnion(sink: Sink, { names, parts }: AvroPlan, value: unknown): void {
  const index = names.indexOf(kindOf(value));
  if (index < 0) throw new RangeError('a value of no branch');
  putLong(sink, index);
  putValue(sink, parts[index] as AvroPlan, value);
}

function kindOf(value: unknown): ValueKind {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Uint8Array) return 'bytes';
  if (Array.isArray(value)) return 'array';

  return kindsOfValues[typeof value] ?? 'object';
}

const kindsOfValues: Readonly<Record<string, ValueKind>> = {
  boolean: 'boolean',
  number: 'number',
  string: 'string',
};
