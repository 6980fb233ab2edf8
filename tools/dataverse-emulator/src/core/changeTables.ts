import { addMessageFilters, removeMessageFilters } from './messageRows.ts';
import { recordItemChange, recordTableChange } from './metadataChanges.ts';
import { userId } from './actor.ts';
import type { OrganizationState } from './organizationState.ts';
import type { ManyToMany } from './relationships.ts';
import type { TableDefinition } from './tableDefinition.ts';

/** A change of a table's metadata voids the table's outstanding delta tokens (facts, section 1.5). */
function voidTokens(state: OrganizationState, table: string): void {
  if (state.settings.doesMetadataChangeVoidTokens) voidTokensOf(state, table);
}

/** Voids what is handed out so far, and nothing that is handed out from now on: that is of a later version. */
export function voidTokensOf(state: OrganizationState, table: string): number {
  const upTo = state.store.passVersion();
  state.tokensVoidUpTo.set(table, upTo);

  return upTo;
}

/** Puts a new or changed table in place. */
export function putTable(state: OrganizationState, table: TableDefinition): void {
  const before = state.tables.get(table.name);
  state.tables.set(table.name, table);
  state.tablesBySet.set(table.set, table);
  addMessageFilters(state, table);
  recordTableChange(state.metadata, table.name, before, table);
  voidTokens(state, table.name);
}

/** Adds a many-to-many relationship. */
export function putManyToMany(state: OrganizationState, relationship: ManyToMany): void {
  state.manyToMany.set(relationship.schemaName, relationship);
  for (const { table: name } of relationship.sides) {
    const table = state.tables.get(name);
    recordTableChange(state.metadata, name, table, table);
    voidTokens(state, name);
  }
  recordItemChange(state.metadata, userId(`relationship/${relationship.schemaName}`));
}

/** Takes a table away with its rows; its versions stay used up. */
export function removeTable(state: OrganizationState, table: TableDefinition): void {
  for (const id of [...state.store.ids(table.name)]) state.store.remove(table.name, id);
  removeMessageFilters(state, table);
  state.tables.delete(table.name);
  state.tablesBySet.delete(table.set);
  recordTableChange(state.metadata, table.name, table, undefined);
  voidTokens(state, table.name);
}
