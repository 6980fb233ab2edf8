import type { ColumnDefinition, Row } from './columnDefinition.ts';
import { visibleColumns } from './columnSecurity.ts';
import { DataverseError, errorCodes } from './dataverseError.ts';
import type { OrganizationState } from './organizationState.ts';
import type { TableDefinition } from './tableDefinition.ts';

/** Whether the caller may read a row: with read of user scope only those it owns (facts, section 1.4). */
export function mayReadRow(state: OrganizationState, table: TableDefinition, row: Row): boolean {
  const isOwnOnly = state.settings.readScopes[table.name] === 'user' && table.byName.has('ownerid');
  return !isOwnOnly || row['_ownerid_value'] === state.application.id;
}

/** Reads a cell for a filter or an order. A secured column must not be guessed by asking for its values. */
export function cellReader(
  state: OrganizationState,
  table: TableDefinition,
  column: ColumnDefinition,
): (row: Row) => Row[string] {
  const [visible] = visibleColumns(state, table, [column]);
  if (!visible?.isHidden) return (row) => row[column.property] ?? null;
  if (state.settings.securedColumnsInQueries === 'null') return () => null;
  throw new DataverseError(
    403,
    errorCodes.columnReadDenied,
    `Caller user with Id ${state.application.id} does not have read permissions for the ${column.name} secured attribute on entity ${table.name}.`,
  );
}
