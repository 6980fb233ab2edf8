import type { Instance } from '../instance.ts';
import type { Origin } from '../origin.ts';
import { findObjects } from './objectIndex.ts';
import { createObject, deleteObject } from './objectStore.ts';
import type { ObjectRecord, ObjectTable } from './objectTable.ts';

/** Removes the opportunity roles of a person that is going. */
export function dropRoles(instance: Instance, leadId: number, origin: Origin): void {
  const { table, roles } = rolesOf(instance, leadId);
  for (const role of roles) if (table !== undefined) deleteObject(instance, table, role, origin);
}

/** Gives the opportunity roles of a merged person to the winner; one that the winner has already is dropped. */
export function moveRoles(
  instance: Instance,
  { loserId, winnerId }: { readonly loserId: number; readonly winnerId: number },
  origin: Origin,
): void {
  const { table, roles } = rolesOf(instance, loserId);
  if (table === undefined) return;
  for (const role of roles) {
    const fields: ObjectRecord['fields'] = { ...role.fields, leadId: winnerId };
    const { dedupeFields } = table.type;
    const isTaken = findObjects(
      table,
      dedupeFields,
      dedupeFields.map((name) => fields[name]),
    );
    deleteObject(instance, table, role, origin);
    if (isTaken.length === 0) createObject(instance, table, fields, origin);
  }
}

function rolesOf(
  { objects }: Instance,
  leadId: number,
): { table: ObjectTable | undefined; roles: readonly ObjectRecord[] } {
  const table = objects.tables.get('opportunityRole');
  return { table, roles: table === undefined ? [] : findObjects(table, ['leadId'], [leadId]) };
}
