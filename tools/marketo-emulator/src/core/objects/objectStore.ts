import type { FieldValue } from '../fieldValue.ts';
import { readValue, secondsText } from '../fieldValue.ts';
import type { Instance, Origin } from '../instance.ts';
import type { SequencedLog } from '../sequencedLog.ts';
import { append, createSequencedLog, lastSequence } from '../sequencedLog.ts';
import type { CustomType } from './customTypes.ts';
import { reindexObject } from './objectIndex.ts';
import type { ObjectType } from './objectType.ts';
import { standardTypes } from './standardTypes.ts';

type Stored = Exclude<FieldValue, null>;

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

/** One committed state of an object other than a person. */
export interface ObjectStateEntry {
  readonly at: number;
  readonly origin: Origin;
  readonly operation: 'create' | 'update' | 'delete';
  readonly object: string;
  readonly id: string;
  readonly changed: Readonly<Record<string, { before: FieldValue; after: FieldValue }>>;
  /** After the commit; before it for a delete. */
  readonly fields: ObjectRecord['fields'];
  /** Number of the newest state of a person at that moment: puts the two logs in one order. */
  readonly personSequence: number;
}

/** All objects other than persons. */
export interface ObjectWorld {
  readonly tables: Map<string, ObjectTable>;
  /** By API name; those that are approved have a table too. */
  readonly customTypes: Map<string, CustomType>;
  readonly states: SequencedLog<ObjectStateEntry>;
  lastId: number;
  lastPosition: number;
}

const firstId = 500;

/** Empty tables of the standard types. */
export function createObjectWorld(): ObjectWorld {
  const tables = new Map(standardTypes.map((type) => [type.name, createObjectTable(type)]));
  return {
    tables,
    customTypes: new Map(),
    states: createSequencedLog(),
    lastId: firstId,
    lastPosition: 0,
  };
}

/** A table without records. */
export function createObjectTable(type: ObjectType): ObjectTable {
  return { type, records: new Map(), indexes: new Map() };
}

/** Stores a new record; answers its id. */
export function createObject(
  instance: Instance,
  table: ObjectTable,
  values: Readonly<Record<string, FieldValue>>,
  origin: Origin,
): Stored {
  const { objects } = instance;
  objects.lastPosition += 1;
  const id = newId(instance, table);
  const at = secondsText(instance.now());
  const position = objects.lastPosition;
  const system = { [table.type.idField]: id, createdAt: at, updatedAt: at };
  const after = { position, fields: { ...merged({}, values), ...system } };
  table.records.set(String(id), after);
  reindexObject(table, undefined, after);
  logState(instance, table, { operation: 'create', origin, before: undefined, after });
  return id;
}

/** Changes a record; a write that changes nothing leaves no trace. Answers whether anything changed. */
export function updateObject(
  instance: Instance,
  table: ObjectTable,
  write: { readonly before: ObjectRecord; readonly values: Readonly<Record<string, FieldValue>> },
  origin: Origin,
): boolean {
  const { before, values } = write;
  const fields = merged(before.fields, values);
  if (Object.keys(changesOf(table.type, before.fields, fields)).length === 0) return false;
  const after = { ...before, fields: { ...fields, updatedAt: secondsText(instance.now()) } };
  table.records.set(idText(table.type, before), after);
  reindexObject(table, before, after);
  logState(instance, table, { operation: 'update', origin, before, after });
  return true;
}

/** Removes a record. */
export function deleteObject(
  instance: Instance,
  table: ObjectTable,
  record: ObjectRecord,
  origin: Origin,
): void {
  table.records.delete(idText(table.type, record));
  reindexObject(table, record, undefined);
  logState(instance, table, { operation: 'delete', origin, before: record, after: record });
}

/** The id of a record, as its type has it. */
export function idOf(type: ObjectType, record: ObjectRecord): Stored {
  return record.fields[type.idField] ?? '';
}

/** A record with every field of its type, nulls and false included. */
export function viewObject(type: ObjectType, fields: ObjectRecord['fields']): Record<string, FieldValue> {
  return Object.fromEntries(
    [...type.fields.values()].map((field) => [field.name, readValue(field, fields[field.name])]),
  );
}

function newId(instance: Instance, table: ObjectTable): Stored {
  if (table.type.idField === 'marketoGUID') return instance.newId();
  instance.objects.lastId += 1;
  return instance.objects.lastId;
}

/** The id of a record as text: its key in the table. */
export function idText(type: ObjectType, record: ObjectRecord): string {
  return String(idOf(type, record));
}

function merged(
  before: ObjectRecord['fields'],
  values: Readonly<Record<string, FieldValue>>,
): Record<string, Stored> {
  const kept: [string, Stored][] = Object.entries({ ...before, ...values }).flatMap(([name, value]) =>
    value === null || value === false ? [] : [[name, value]],
  );
  return Object.fromEntries(kept);
}

function changesOf(
  type: ObjectType,
  before: ObjectRecord['fields'],
  after: ObjectRecord['fields'],
): ObjectStateEntry['changed'] {
  const changed = [...type.fields.values()].flatMap((field) => {
    const pair = { before: readValue(field, before[field.name]), after: readValue(field, after[field.name]) };
    return pair.before === pair.after || field.readOnly === true ? [] : [[field.name, pair] as const];
  });
  return Object.fromEntries(changed);
}

function logState(
  instance: Instance,
  { type }: ObjectTable,
  step: {
    readonly operation: ObjectStateEntry['operation'];
    readonly origin: Origin;
    readonly before: ObjectRecord | undefined;
    readonly after: ObjectRecord;
  },
): void {
  const { operation, origin, before, after } = step;
  const entry: ObjectStateEntry = {
    at: instance.now(),
    origin,
    operation,
    object: type.name,
    id: idText(type, after),
    changed: changesOf(type, before?.fields ?? {}, after.fields),
    fields: after.fields,
    personSequence: lastSequence(instance.states),
  };
  append(instance.objects.states, entry, instance.settings.stateLogMax);
}
