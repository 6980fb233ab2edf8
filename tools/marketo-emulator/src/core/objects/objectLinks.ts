import type { Reason } from '../apiError.ts';
import type { FieldValue } from '../fieldValue.ts';
import type { Instance } from '../instance.ts';
import { findPersonIds } from '../personIndex.ts';
import { findObjects } from './objectIndex.ts';
import type { ObjectRecord, ObjectTable } from './objectTable.ts';
import type { ObjectLink } from './objectType.ts';

/** Fields of a person that name a record of another type. */
const personLinks = [
  { field: 'externalCompanyId', parent: 'company' },
  { field: 'externalSalesPersonId', parent: 'salesPerson' },
] as const;

/** The reason that skips a record one of whose parents does not exist. */
export function missingParent(
  instance: Instance,
  { type }: ObjectTable,
  values: Readonly<Record<string, FieldValue>>,
): Reason | undefined {
  return type.links.find((link) => {
    const value = values[link.field];
    return value !== undefined && value !== null && !parentExists(instance, link, value);
  })?.reason;
}

/** Whether a record cannot be deleted because another one, or a person, names it. */
export function isInUse(instance: Instance, table: ObjectTable, record: ObjectRecord): boolean {
  const { name } = table.type;
  const isHeld = [...instance.objects.tables.values()].some((child) =>
    child.type.links.some(
      (link) =>
        link.parent === name &&
        link.holdsParent &&
        findObjects(child, [link.field], [record.fields[link.parentField]]).length > 0,
    ),
  );
  return isHeld || isNamedByPerson(instance, name, record);
}

/** The reason that skips a person who names a company or salesperson that does not exist. */
export function missingPersonParent(
  instance: Instance,
  values: Readonly<Record<string, FieldValue>>,
): Reason | undefined {
  const missing = personLinks.find(({ field, parent }) => {
    const table = instance.objects.tables.get(parent);
    const value = values[field] ?? null;
    return value !== null && table !== undefined && findObjects(table, [field], [value]).length === 0;
  });
  return missing && { code: '1013', message: `Object '${missing.parent}' not found` };
}

function isNamedByPerson(instance: Instance, parent: string, record: ObjectRecord): boolean {
  const link = personLinks.find((candidate) => candidate.parent === parent);
  if (link === undefined) return false;
  return findPersonIds(instance, link.field, record.fields[link.field] ?? null).length > 0;
}

function parentExists(instance: Instance, link: ObjectLink, value: FieldValue): boolean {
  if (link.parent === 'lead') return findPersonIds(instance, link.parentField, value).length > 0;
  const table = instance.objects.tables.get(link.parent);
  return table !== undefined && findObjects(table, [link.parentField], [value]).length > 0;
}
