import { requireColumn } from './changeColumns.ts';
import { putTable } from './changeTables.ts';
import type { ColumnType } from './columnDefinition.ts';
import { badRequest, DataverseError, errorCodes } from './dataverseError.ts';
import type { OrganizationState } from './organizationState.ts';
import { defineTable, type AlternateKey, type TableDefinition } from './tableDefinition.ts';

const keysMax = 10;
const columnsMax = 16;
const types: ReadonlySet<ColumnType> = new Set([
  'Decimal',
  'Integer',
  'String',
  'DateTime',
  'DateOnly',
  'Lookup',
  'Picklist',
]);

function refuse(reason: string): DataverseError {
  return badRequest(errorCodes.invalidArgument, reason);
}

/** Adds an alternate key; its index may take its time (facts, section 3.3). Throws 400 when the columns cannot be a key. */
export function addKey(
  state: OrganizationState,
  table: TableDefinition,
  schemaName: string,
  columns: readonly string[],
): void {
  const name = schemaName.toLowerCase();
  if (table.keys.some((key) => key.name === name)) throw refuse(`A key named '${name}' already exists.`);
  if (table.keys.length >= keysMax) throw refuse(`A table has at most ${keysMax} keys.`);
  if (columns.length === 0 || columns.length > columnsMax)
    throw refuse(`A key has 1 to ${columnsMax} columns.`);
  const found = columns.map((each) => requireColumn(table, each));
  const unfit = found.find(({ type, isSecured }) => !types.has(type) || isSecured);
  if (unfit) throw refuse(`The column '${unfit.name}' cannot be part of a key.`);
  const status = state.settings.areKeysIndexedAtOnce ? 'Active' : 'Pending';
  const key: AlternateKey = { name, schemaName, columns: found.map((each) => each.name), status };
  putTable(state, defineTable({ ...table, keys: [...table.keys, key] }));
}

function requireKey(table: TableDefinition, name: string): void {
  if (!table.keys.some((key) => key.name === name))
    throw new DataverseError(404, errorCodes.objectDoesNotExist, `There is no key '${name}'.`);
}

/** Sets how far the index of a key is. */
export function setKeyStatus(
  state: OrganizationState,
  table: TableDefinition,
  name: string,
  status: AlternateKey['status'],
): void {
  requireKey(table, name);
  const keys = table.keys.map((key) => (key.name === name ? { ...key, status } : key));
  putTable(state, defineTable({ ...table, keys }));
}

/** Takes a key away. */
export function removeKey(state: OrganizationState, table: TableDefinition, name: string): void {
  requireKey(table, name);
  putTable(state, defineTable({ ...table, keys: table.keys.filter((key) => key.name !== name) }));
}
