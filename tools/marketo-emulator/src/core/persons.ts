import type { FieldChange } from './changeActivities.ts';
import { logChange } from './changeActivities.ts';
import type { FieldDefinition } from './fieldDefinitions.ts';
import type { FieldValue, FieldValues } from './fieldValue.ts';
import { readValue, secondsText } from './fieldValue.ts';
import type { Instance, Person, StateEntry } from './instance.ts';
import { leaveLists } from './lists/staticLists.ts';
import { withCompanyValues, withoutDetach } from './objects/companyValues.ts';
import { dropRoles } from './objects/roles.ts';
import type { Origin } from './origin.ts';
import { logDeletedLead, logNewLead } from './personActivities.ts';
import { reindex } from './personIndex.ts';
import { append } from './sequencedLog.ts';

/** Stores a new person and logs it; answers its id. */
export function createPerson(instance: Instance, values: FieldValues, origin: Origin): number {
  const at = instance.now();
  instance.lastPersonId += 1;
  const id = instance.lastPersonId;
  const blank: Person = { id, changedAt: at, fields: {} };
  const changes = changesOf(instance, blank, withCompanyValues(instance, undefined, values));
  const person = withChanges({ id, changedAt: at, fields: initialFields(instance, at) }, changes);
  instance.persons.set(id, person);
  reindex(instance, undefined, person);
  logNewLead(instance, person, at, origin);
  if (instance.settings.logInitialValues) logChanges(instance, id, changes, { at, origin });
  logState(instance, { at, origin, operation: 'create', id, changed: changedOf(changes), person });
  return id;
}

/** Changes a person; a write that changes nothing leaves no trace. Answers whether anything changed. */
export function updatePerson(
  instance: Instance,
  person: Person,
  values: FieldValues,
  origin: Origin,
): boolean {
  const given = withoutDetach(person, values);
  const changes = changesOf(instance, person, withCompanyValues(instance, person, given));
  if (changes.length === 0) return false;
  const at = instance.now();
  const changed = withChanges({ ...person, changedAt: at }, changes);
  const isVisible = instance.settings.customFieldsMoveUpdatedAt || changes.some(({ field }) => !field.custom);
  const after = isVisible
    ? { ...changed, fields: { ...changed.fields, updatedAt: secondsText(at) } }
    : changed;
  instance.persons.set(person.id, after);
  reindex(instance, person, after);
  logChanges(instance, person.id, changes, { at, origin });
  logState(instance, {
    at,
    origin,
    operation: 'update',
    id: person.id,
    changed: changedOf(changes),
    person: after,
  });
  return true;
}

/** Removes a person and logs it, unless it goes on as part of another. */
export function deletePerson(instance: Instance, person: Person, origin: Origin, isLogged = true): void {
  const at = instance.now();
  instance.persons.delete(person.id);
  dropRoles(instance, person.id, origin);
  leaveLists(instance, person.id);
  reindex(instance, person, undefined);
  if (isLogged) logDeletedLead(instance, person, at);
  logState(instance, { at, origin, operation: 'delete', id: person.id, changed: {}, person });
}

/** A person with the named fields, explicit nulls and false booleans; unknown names are left out. */
export function viewPerson(
  instance: Instance,
  person: Person,
  fieldNames: Iterable<string>,
): Record<string, FieldValue> {
  const view: Record<string, FieldValue> = { id: person.id };
  for (const name of fieldNames) {
    const field = instance.fields.get(name);
    if (field !== undefined && name !== 'id') view[name] = readValue(field, person.fields[name]);
  }
  return view;
}

// A fresh person's updatedAt may lie a second before its createdAt (facts 2.2); here every even id does.
function initialFields(instance: Instance, at: number): Person['fields'] {
  const isSkewed = instance.lastPersonId % 2 === 0;
  const initial = [...instance.fields.values()].flatMap(({ name, initial: value }) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return {
    ...Object.fromEntries(initial),
    createdAt: secondsText(at),
    updatedAt: secondsText(isSkewed ? at - 1000 : at),
  };
}

function changesOf(instance: Instance, person: Person, values: FieldValues): FieldChange[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const field = instance.fields.get(name);
    if (field === undefined || name === 'id') return [];
    const before = readValue(field, person.fields[name]);
    const after = readValue(field, value);
    return before === after ? [] : [{ field, before, after }];
  });
}

function withChanges(person: Person, changes: readonly FieldChange[]): Person {
  const fields: Record<string, Exclude<FieldValue, null>> = { ...person.fields };
  for (const { field, after } of changes) setOrClear(fields, field, after);
  return { ...person, fields };
}

function setOrClear(
  fields: Record<string, Exclude<FieldValue, null>>,
  field: FieldDefinition,
  value: FieldValue,
): void {
  if (value === null || value === false) delete fields[field.name];
  else fields[field.name] = value;
}

function logChanges(
  instance: Instance,
  id: number,
  changes: readonly FieldChange[],
  { at, origin }: { at: number; origin: Origin },
): void {
  for (const change of changes) logChange(instance, { id, at, origin, change });
}

function changedOf(changes: readonly FieldChange[]): StateEntry['changed'] {
  return Object.fromEntries(changes.map(({ field, before, after }) => [field.name, { before, after }]));
}

function logState(instance: Instance, entry: StateEntry): void {
  append(instance.states, entry, instance.settings.stateLogMax);
}
