import type { FieldValue } from '../fieldValue.ts';
import { readValue } from '../fieldValue.ts';
import type { ObjectType } from './objectType.ts';

/** A value that a record can hold. */
export type Stored = Exclude<FieldValue, null>;

/** One record; immutable, every commit puts a new object in its place. Cleared fields are absent. */
export interface ObjectRecord {
  /** Order of creation; what pages go by. */
  readonly position: number;
  readonly fields: Readonly<Record<string, Stored>>;
}

/** The records of one type. */
export interface ObjectTable {
  type: ObjectType;
  /** By the text of the id. */
  readonly records: Map<string, ObjectRecord>;
  /** Look-up indexes, built at first use: joined field names, joined values, ids. */
  readonly indexes: Map<string, Map<string, Set<string>>>;
}

/** A table without records. */
export function createObjectTable(type: ObjectType): ObjectTable {
  return { type, records: new Map(), indexes: new Map() };
}

/** The id of a record, as its type has it. */
export function idOf(type: ObjectType, record: ObjectRecord): Stored {
  return record.fields[type.idField] ?? '';
}

/** The id of a record as text: its key in the table. */
export function idText(type: ObjectType, record: ObjectRecord): string {
  return String(idOf(type, record));
}

/** A record with every field of its type, nulls and false included. */
export function viewObject(type: ObjectType, fields: ObjectRecord['fields']): Record<string, FieldValue> {
  return Object.fromEntries(
    [...type.fields.values()].map((field) => [field.name, readValue(field, fields[field.name])]),
  );
}
