import type { FieldValue } from '../fieldValue.ts';
import { readValue, secondsText } from '../fieldValue.ts';
import type { Instance } from '../instance.ts';
import type { Origin } from '../origin.ts';
import { append, lastSequence } from '../sequencedLog.ts';
import { reindexObject } from './objectIndex.ts';
import type { ObjectRecord, ObjectTable, Stored } from './objectTable.ts';
import { idText } from './objectTable.ts';
import type { ObjectType } from './objectType.ts';
import type { ObjectStateEntry } from './objectWorld.ts';

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

function newId(instance: Instance, table: ObjectTable): Stored {
  if (table.type.idField === 'marketoGUID') return instance.newId();
  instance.objects.lastId += 1;
  return instance.objects.lastId;
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
