import type { FieldValue } from '../fieldValue.ts';
import type { ObjectRecord, ObjectTable } from './objectTable.ts';
import { idText } from './objectTable.ts';
import type { ObjectType } from './objectType.ts';

/** Records whose fields hold the values, in the order of creation. */
export function findObjects(
  table: ObjectTable,
  names: readonly string[],
  values: readonly (FieldValue | undefined)[],
): ObjectRecord[] {
  if (values.some((value) => value === null || value === undefined)) return [];
  const ids = (table.indexes.get(names.join('+')) ?? buildIndex(table, names)).get(keyText(values));
  const records = [...(ids ?? [])].flatMap((id) => table.records.get(id) ?? []);
  return records.sort((left, right) => left.position - right.position);
}

function keyText(values: readonly (FieldValue | undefined)[]): string {
  return JSON.stringify(values.map(String));
}

function buildIndex(table: ObjectTable, names: readonly string[]): Map<string, Set<string>> {
  const index = new Map<string, Set<string>>();
  table.indexes.set(names.join('+'), index);
  for (const record of table.records.values()) enter(index, table.type, names, record);
  return index;
}

/** Keeps the built indexes true when a record takes another's place; either side may be missing. */
export function reindexObject(
  table: ObjectTable,
  before: ObjectRecord | undefined,
  after: ObjectRecord | undefined,
): void {
  for (const [joined, index] of table.indexes) {
    const names = joined.split('+');
    if (before !== undefined) leave(index, table.type, names, before);
    if (after !== undefined) enter(index, table.type, names, after);
  }
}

function enter(
  index: Map<string, Set<string>>,
  type: ObjectType,
  names: readonly string[],
  record: ObjectRecord,
): void {
  const key = keyIn(names, record);
  const ids = index.get(key) ?? new Set();
  index.set(key, ids.add(idText(type, record)));
}

function leave(
  index: Map<string, Set<string>>,
  type: ObjectType,
  names: readonly string[],
  record: ObjectRecord,
): void {
  const key = keyIn(names, record);
  const ids = index.get(key);
  ids?.delete(idText(type, record));
  if (ids?.size === 0) index.delete(key);
}

function keyIn(names: readonly string[], record: ObjectRecord): string {
  return keyText(names.map((name) => record.fields[name]));
}
