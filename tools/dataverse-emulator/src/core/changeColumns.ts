import { putTable } from './changeTables.ts';
import type { ColumnDefinition } from './columnDefinition.ts';
import { badRequest, DataverseError, errorCodes } from './dataverseError.ts';
import type { OrganizationState } from './organizationState.ts';
import { defineTable, type TableDefinition } from './tableDefinition.ts';

const columnsMax = 1000;

/** Adds columns to a table; every row is null in them. Throws 400 when a name is taken. */
export function addColumns(
  state: OrganizationState,
  table: TableDefinition,
  columns: readonly ColumnDefinition[],
): void {
  const taken = columns.find(({ name }) => table.byName.has(name));
  if (taken)
    throw badRequest('0x80044153', `An attribute with the specified name '${taken.name}' already exists.`);
  if (table.columns.length + columns.length > columnsMax)
    throw badRequest(errorCodes.invalidArgument, `A table has at most ${columnsMax} columns here.`);
  putTable(state, defineTable({ ...table, columns: [...table.columns, ...columns] }));
}

/** Puts a changed column in the place of the one of its name. */
export function replaceColumn(
  state: OrganizationState,
  table: TableDefinition,
  changed: ColumnDefinition,
): void {
  const columns = table.columns.map((column) => (column.name === changed.name ? changed : column));
  putTable(state, defineTable({ ...table, columns }));
}

/** The column of that name. Throws 404 when the table has none. */
export function requireColumn(table: TableDefinition, name: string): ColumnDefinition {
  const found = table.byName.get(name.toLowerCase());
  if (!found)
    throw new DataverseError(
      404,
      '0x80041103',
      `Could not find an attribute with specified name: '${name}'.`,
    );
  return found;
}

/** Takes a column away with its values and, for money, its twin. Throws 400 for the key and for columns of a key. */
export function removeColumn(state: OrganizationState, table: TableDefinition, name: string): void {
  const column = requireColumn(table, name);
  const isBound =
    column.name === table.key || table.keys.some(({ columns }) => columns.includes(column.name));
  if (isBound)
    throw badRequest('0x8004f01f', `The attribute '${column.name}' is in use and cannot be deleted.`);
  const gone = new Set([column.name, ...(column.type === 'Money' ? [`${column.name}_base`] : [])]);
  for (const each of table.columns.filter((candidate) => gone.has(candidate.name)))
    state.store.forget(table.name, each.property);
  putTable(state, defineTable({ ...table, columns: table.columns.filter((each) => !gone.has(each.name)) }));
}
