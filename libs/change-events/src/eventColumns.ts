import type { AvroSchema } from './avroTypes.ts';

type Field = { readonly name: string; readonly type: AvroSchema };
type RecordSchema = { readonly name: string; readonly fields: readonly Field[] };

const isRecord = (schema: unknown): schema is RecordSchema =>
  Array.isArray((schema as Partial<RecordSchema> | null)?.fields);

/** The record under `fields` of a change event's schema; null for every other schema. */
function fieldsOf(schema: AvroSchema): RecordSchema | null {
  if (!isRecord(schema) || schema.name !== 'ChangeEvent') return null;
  const type = schema.fields.find(({ name }) => name === 'fields')?.type;
  const branches = Array.isArray(type) ? (type as unknown[]) : [type];
  return branches.find(isRecord) ?? null;
}

/** Names of the columns that a change event's schema has; null for every other schema. */
export const columnsOf = (schema: AvroSchema): readonly string[] | null =>
  fieldsOf(schema)?.fields.map(({ name }) => name) ?? null;

/** The schema without the columns that `has` denies: what it lacks is unknown to readers, never null (design section 4). */
export function narrowSchema(schema: AvroSchema, has: (column: string) => boolean): AvroSchema {
  const record = fieldsOf(schema);
  if (!record || !isRecord(schema)) return schema;
  const narrowed = { ...record, fields: record.fields.filter(({ name }) => has(name)) };
  const fields = schema.fields.map((field) =>
    field.name === 'fields' ? { ...field, type: ['null', narrowed] } : field,
  );
  return { ...schema, fields };
}

/** True when `event` has fields, but not all of `columns`. */
export function lacksColumns(columns: readonly string[], event: unknown): boolean {
  const fields = (event as { fields?: Readonly<Record<string, unknown>> | null } | null)?.fields;
  if (!fields || hasInOrder(columns, fields)) return false;
  return columns.some((column) => fields[column] === undefined);
}

/** What nearly every event has; going through properties is quicker than looking them up. */
function hasInOrder(columns: readonly string[], fields: Readonly<Record<string, unknown>>): boolean {
  let found = 0;
  for (const name in fields) {
    if (name !== columns[found] || fields[name] === undefined) return false;
    found += 1;
  }
  return found === columns.length;
}
