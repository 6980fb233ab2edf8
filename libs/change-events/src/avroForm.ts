import type { AvroSchema } from './avroTypes.ts';
import { toAvro } from './logicalTypes.ts';

/** Brings a value into Avro's own form (decimals as bytes, times as numbers). Throws on what has no such form. */
export type ToAvroForm = (value: unknown) => unknown;

type RecordSchema = { readonly fields: readonly { readonly name: string; readonly type: AvroSchema }[] };
type ObjectSchema = { readonly type: AvroSchema; readonly logicalType?: keyof typeof toAvro };
type Values = Readonly<Record<string, unknown>>;

/**
 * The way of a schema's values into Avro's form, null when they have it already. Done ahead of avsc, because avsc tries
 * a logical type inside a union twice per value: once to choose the branch, once to write it.
 */
export function toAvroForm(schema: AvroSchema): ToAvroForm | null {
  if (typeof schema === 'string') return null;
  if (Array.isArray(schema)) return ofUnion(schema as readonly AvroSchema[]);
  const { type, logicalType } = schema as ObjectSchema;
  if (logicalType !== undefined && Object.hasOwn(toAvro, logicalType)) return toAvro[logicalType];
  switch (type) {
    case 'record':
      return ofRecord(schema as RecordSchema);
    case 'array':
      return ofArray((schema as { items: AvroSchema }).items);
    case 'map':
      return ofMap((schema as { values: AvroSchema }).values);
    default:
      return toAvroForm(type);
  }
}

function ofUnion(branches: readonly AvroSchema[]): ToAvroForm | null {
  const others = branches.filter((branch) => branch !== 'null');
  const forms = others.map(toAvroForm).filter((form) => form !== null);
  const [form] = forms;
  if (!form) return null;
  if (others.length > 1) throw new RangeError('a union of values that need a form of their own');
  return (value) => (value === null || value === undefined ? null : form(value));
}

function ofRecord({ fields }: RecordSchema): ToAvroForm | null {
  const forms = fields.flatMap(({ name, type }) => {
    const form = toAvroForm(type);
    return form ? [{ name, form }] : [];
  });
  if (forms.length === 0) return null;
  return (value) => {
    if (typeof value !== 'object' || value === null) throw new RangeError('not a record');
    const copy: Record<string, unknown> = { ...(value as Values) };
    for (const { name, form } of forms) copy[name] = form(copy[name]);
    return copy;
  };
}

function ofArray(items: AvroSchema): ToAvroForm | null {
  const form = toAvroForm(items);
  return form && ((value) => (value as readonly unknown[]).map(form));
}

function ofMap(values: AvroSchema): ToAvroForm | null {
  const form = toAvroForm(values);
  if (!form) return null;
  return (value) =>
    Object.fromEntries(Object.entries(value as Values).map(([name, entry]) => [name, form(entry)]));
}
