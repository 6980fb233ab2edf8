import { putByte, putBytes, putDouble, putLong, putText, type Sink } from './avroSink.ts';
import type { AvroSchema } from './avroTypes.ts';
import { toAvro } from './logicalTypes.ts';

/** Writes a value in our form as Avro. Throws on what the schema does not take; then the message is to be dropped. */
export type AvroWriter = (sink: Sink, value: unknown) => void;

type Named = { readonly name: string; readonly type: AvroSchema };
type ObjectSchema = { readonly type: AvroSchema; readonly logicalType?: keyof typeof toAvro };
type Values = Readonly<Record<string, unknown>>;

/**
 * Puts the writer of a schema together, once. avsc writes the same bytes, but has to look at every value of a union twice
 * and wants decimals and times in Avro's own form, so in a copy of the record. Of the types, enumerations, fixed and
 * references by name are not among our schemas (decision 12).
 */
export function avroWriter(schema: AvroSchema): AvroWriter {
  if (typeof schema === 'string') return ofPrimitive(schema);
  if (Array.isArray(schema)) return ofUnion(schema as readonly AvroSchema[]);
  const { type, logicalType } = schema as ObjectSchema;
  if (logicalType !== undefined && Object.hasOwn(toAvro, logicalType)) return logical[logicalType];
  switch (type) {
    case 'record':
      return ofRecord((schema as { fields: readonly Named[] }).fields);
    case 'array':
      return ofArray((schema as { items: AvroSchema }).items);
    case 'map':
      return ofMap((schema as { values: AvroSchema }).values);
    default:
      return avroWriter(type);
  }
}

const logical: Readonly<Record<keyof typeof toAvro, AvroWriter>> = {
  decimal: (sink, value) => putBytes(sink, toAvro.decimal(value)),
  'timestamp-millis': (sink, value) => putLong(sink, toAvro['timestamp-millis'](value)),
  date: (sink, value) => putLong(sink, toAvro.date(value)),
};

const primitives: Readonly<Record<string, AvroWriter>> = {
  null: (_sink, value) => demand(value === null || value === undefined),
  boolean: (sink, value) => putByte(sink, Number(taken(value, typeof value === 'boolean'))),
  int: (sink, value) => putLong(sink, taken(value as number, (Number(value) | 0) === value)),
  long: (sink, value) => putLong(sink, taken(value as number, Number.isSafeInteger(value))),
  double: (sink, value) => putDouble(sink, taken(value as number, typeof value === 'number')),
  string: (sink, value) => putText(sink, taken(value as string, typeof value === 'string')),
  bytes: (sink, value) => putBytes(sink, taken(value as Uint8Array, value instanceof Uint8Array)),
};

function demand(isTaken: boolean): void {
  if (!isTaken) throw new RangeError('a value that its schema does not take');
}

function taken<T>(value: T, isTaken: boolean): T {
  demand(isTaken);

  return value;
}

function ofPrimitive(name: string): AvroWriter {
  const writer = Object.hasOwn(primitives, name) ? primitives[name] : undefined;
  if (writer === undefined) throw new RangeError(`no writer for the type ${name}`);

  return writer;
}

function ofRecord(fields: readonly Named[]): AvroWriter {
  const writers = fields.map(({ name, type }) => ({ name, write: avroWriter(type) }));

  return (sink, value) => {
    demand(typeof value === 'object' && value !== null);
    for (const { name, write } of writers) write(sink, (value as Values)[name]);
  };
}

function ofArray(items: AvroSchema): AvroWriter {
  const write = avroWriter(items);

  return (sink, value) => {
    demand(Array.isArray(value));
    const list = value as readonly unknown[];
    if (list.length > 0) putLong(sink, list.length);
    for (const item of list) write(sink, item);
    putByte(sink, 0);
  };
}

function ofMap(values: AvroSchema): AvroWriter {
  const write = avroWriter(values);

  return (sink, value) => {
    demand(typeof value === 'object' && value !== null);
    const entries = Object.entries(value as Values);
    if (entries.length > 0) putLong(sink, entries.length);
    for (const [name, entry] of entries) {
      putText(sink, name);
      write(sink, entry);
    }
    putByte(sink, 0);
  };
}

/** The union that nearly every field is. */
function ofNullable(schema: AvroSchema): AvroWriter {
  const write = avroWriter(schema);

  return (sink, value) => {
    const isNull = value === null || value === undefined;
    putByte(sink, isNull ? 0 : 2);
    if (!isNull) write(sink, value);
  };
}

type Kind = 'null' | 'boolean' | 'number' | 'string' | 'bytes' | 'array' | 'object';

/** What is absent is null: every field that may be absent has null for its default. */
function ofUnion(branches: readonly AvroSchema[]): AvroWriter {
  const [first, second] = branches;
  if (first === 'null' && second !== undefined && branches.length === 2) return ofNullable(second);
  const byKind = new Map(
    branches.map((branch, index) => [kindOf(branch), { index, write: avroWriter(branch) }] as const),
  );
  if (byKind.size < branches.length) throw new RangeError('a union whose branches look alike');

  return (sink, value) => {
    const branch = byKind.get(kindOfValue(value));
    if (branch === undefined) throw new RangeError('a value of no branch');
    putLong(sink, branch.index);
    branch.write(sink, value);
  };
}

function kindOf(schema: AvroSchema): Kind {
  if (typeof schema === 'string') return kinds[schema] ?? 'object';
  const { type, logicalType } = schema as ObjectSchema;
  // Decimals and times are text in our form.
  if (logicalType !== undefined && Object.hasOwn(toAvro, logicalType)) return 'string';

  return type === 'array' ? 'array' : kindOf(type);
}

const kinds: Readonly<Record<string, Kind>> = {
  ...{ null: 'null', boolean: 'boolean', string: 'string', bytes: 'bytes' },
  ...{ int: 'number', long: 'number', double: 'number' },
};

function kindOfValue(value: unknown): Kind {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Uint8Array) return 'bytes';
  if (Array.isArray(value)) return 'array';

  return kindsOfValues[typeof value] ?? 'object';
}

const kindsOfValues: Readonly<Record<string, Kind>> = {
  boolean: 'boolean',
  number: 'number',
  string: 'string',
};
