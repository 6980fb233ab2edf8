import type { AvroSchema } from './avroTypes.ts';
import { toAvro } from './logicalTypes.ts';

/** What is written for a node of a schema. */
export type AvroKind =
  | 'null'
  | 'boolean'
  | 'int'
  | 'long'
  | 'double'
  | 'string'
  | 'bytes'
  | keyof typeof toAvro
  | 'record'
  | 'array'
  | 'map'
  | 'union';

/**
 * A node of a schema, looked at once. Every node has the same properties in the same order, so that one loop over them
 * runs at full speed.
 */
export type AvroPlan = {
  readonly kind: AvroKind;
  /** It stands in a union of null and itself; what is absent is null there. */
  readonly isNullable: boolean;
  /** Of a record: its fields in order; of a union: the kinds of values that its branches take. */
  readonly names: readonly string[];
  /** Fields of a record, branches of a union, or what the array or map holds. */
  readonly parts: readonly AvroPlan[];
};

type Named = { readonly name: string; readonly type: AvroSchema };
type ObjectSchema = { readonly type: AvroSchema; readonly logicalType?: string };

/** Enumerations, fixed and references by name are not among our schemas and refused with RangeError (decision 12). */
export function avroPlan(schema: AvroSchema, isNullable = false): AvroPlan {
  if (typeof schema === 'string') return plan(primitiveOf(schema), isNullable);
  if (Array.isArray(schema)) return ofUnion(schema as readonly AvroSchema[]);
  const { type, logicalType = '' } = schema as ObjectSchema;
  if (Object.hasOwn(toAvro, logicalType)) return plan(logicalType as keyof typeof toAvro, isNullable);
  switch (type) {
    case 'record':
      return ofRecord((schema as { fields: readonly Named[] }).fields, isNullable);
    case 'array':
      return plan('array', isNullable, [avroPlan((schema as { items: AvroSchema }).items)]);
    case 'map':
      return plan('map', isNullable, [avroPlan((schema as { values: AvroSchema }).values)]);
    default:
      return avroPlan(type, isNullable);
  }
}

function plan(
  kind: AvroKind,
  isNullable: boolean,
  parts: readonly AvroPlan[] = [],
  names: readonly string[] = [],
): AvroPlan {
  return { kind, isNullable, names, parts };
}

const primitives: ReadonlySet<string> = new Set<AvroKind>([
  ...(['null', 'boolean', 'int', 'long', 'double', 'string', 'bytes'] as const),
]);

function primitiveOf(name: string): AvroKind {
  if (!primitives.has(name)) throw new RangeError(`no writer for the type ${name}`);

  return name as AvroKind;
}

const ofRecord = (fields: readonly Named[], isNullable: boolean): AvroPlan =>
  plan(
    'record',
    isNullable,
    fields.map(({ type }) => avroPlan(type)),
    fields.map(({ name }) => name),
  );

/** A union of null and one other is what nearly every field is. */
function ofUnion(branches: readonly AvroSchema[]): AvroPlan {
  const [first, second] = branches;
  if (first === 'null' && second !== undefined && branches.length === 2) return avroPlan(second, true);
  const parts = branches.map((branch) => avroPlan(branch));
  const names = parts.map(({ kind }) => valueKinds[kind]);
  if (new Set(names).size < names.length) throw new RangeError('a union whose branches look alike');

  return plan('union', false, parts, names);
}

/** How a value in our form looks, by which its branch of a union is found. Decimals and times are text. */
export type ValueKind = 'null' | 'boolean' | 'number' | 'string' | 'bytes' | 'array' | 'object';

const valueKinds: Readonly<Record<AvroKind, ValueKind>> = {
  ...{ null: 'null', boolean: 'boolean', string: 'string', bytes: 'bytes', array: 'array' },
  ...{ int: 'number', long: 'number', double: 'number' },
  ...{ decimal: 'string', 'timestamp-millis': 'string', date: 'string' },
  ...{ record: 'object', map: 'object', union: 'object' },
};
