import type { FieldValue } from './fieldValue.ts';
import type { Instance, Person } from './instance.ts';

/** Ids of the persons whose field holds the value, ascending. */
export function findPersonIds(instance: Instance, fieldName: string, value: FieldValue): number[] {
  if (fieldName === 'id') return instance.persons.has(Number(value)) ? [Number(value)] : [];
  if (value === null) return [];
  const index = instance.indexes.get(fieldName) ?? buildIndex(instance, fieldName);
  return [...(index.get(keyOf(instance, fieldName, value)) ?? [])].sort((left, right) => left - right);
}

/** Keeps the built indexes true when a person takes another's place; either side may be missing. */
export function reindex(instance: Instance, before: Person | undefined, after: Person | undefined): void {
  for (const [fieldName, index] of instance.indexes) {
    const oldValue = before?.fields[fieldName];
    const newValue = after?.fields[fieldName];
    if (oldValue === newValue) continue;
    if (before !== undefined) removeFrom(index, keyIn(instance, fieldName, before), before.id);
    if (after !== undefined) addTo(index, keyIn(instance, fieldName, after), after.id);
  }
}

/** The form in which keys compare: case of an email is ignored unless the settings say otherwise. */
export function keyOf(instance: Instance, fieldName: string, value: Exclude<FieldValue, null>): string {
  const isFolded = fieldName === 'email' && instance.settings.emailMatchIgnoresCase;
  return isFolded ? String(value).toLowerCase() : String(value);
}

function buildIndex(instance: Instance, fieldName: string): Map<string, Set<number>> {
  const index = new Map<string, Set<number>>();
  for (const person of instance.persons.values()) {
    addTo(index, keyIn(instance, fieldName, person), person.id);
  }
  instance.indexes.set(fieldName, index);
  return index;
}

function keyIn(instance: Instance, fieldName: string, person: Person): string | undefined {
  const value = person.fields[fieldName];
  return value === undefined ? undefined : keyOf(instance, fieldName, value);
}

function addTo(index: Map<string, Set<number>>, key: string | undefined, id: number): void {
  if (key === undefined) return;
  const ids = index.get(key);
  if (ids === undefined) index.set(key, new Set([id]));
  else ids.add(id);
}

function removeFrom(index: Map<string, Set<number>>, key: string | undefined, id: number): void {
  if (key === undefined) return;
  const ids = index.get(key);
  ids?.delete(id);
  if (ids?.size === 0) index.delete(key);
}
