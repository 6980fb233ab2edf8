import { addMessageFilters, removeMessageFilters } from './messageRows.ts';
import type { OrganizationState } from './organizationState.ts';
import type { ManyToMany } from './relationships.ts';
import type { TableDefinition } from './tableDefinition.ts';

/** Counts a change of a table's metadata; it voids the table's outstanding delta tokens (facts, section 1.5). */
function recordChange(state: OrganizationState, table: string): void {
  state.metadata.version += 1;
  state.metadata.changedAt.set(table, state.metadata.version);
  if (state.settings.doesMetadataChangeVoidTokens)
    state.tokensVoidUpTo.set(table, state.store.highWaterMark());
}

/** Puts a new or changed table in place. */
export function putTable(state: OrganizationState, table: TableDefinition): void {
  state.tables.set(table.name, table);
  state.tablesBySet.set(table.set, table);
  addMessageFilters(state, table);
  recordChange(state, table.name);
}

/** Adds a many-to-many relationship. */
export function putManyToMany(state: OrganizationState, relationship: ManyToMany): void {
  state.manyToMany.set(relationship.schemaName, relationship);
  for (const { table } of relationship.sides) recordChange(state, table);
}

/** Takes a table away with its rows; its versions stay used up. */
export function removeTable(state: OrganizationState, table: TableDefinition): void {
  for (const id of [...state.store.ids(table.name)]) state.store.remove(table.name, id);
  removeMessageFilters(state, table);
  state.tables.delete(table.name);
  state.tablesBySet.delete(table.set);
  recordChange(state, table.name);
}
