import { isLosslessNumber, parse } from 'lossless-json';
import { badRequest, errorCodes, rowMissing } from '../../core/dataverseError.ts';
import type { Row } from '../../core/columnDefinition.ts';
import type { OrganizationState } from '../../core/organizationState.ts';
import type { TableDefinition } from '../../core/tableDefinition.ts';
import type { Call } from '../call.ts';

/** A JSON object of a body. */
export type Members = Readonly<Record<string, unknown>>;

/** Whether the value is a JSON object. */
export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

/** The parameters of an action. Throws 400 when the body is not a JSON object. */
export function parametersOf(call: Call): Members {
  let body: unknown;
  try {
    body = parse(call.body);
  } catch {
    body = undefined;
  }
  if (!isMembers(body)) throw badRequest(errorCodes.undeclaredProperty, 'The body is not a JSON object.');
  return body;
}

/** A whole number parameter; absent is undefined. */
export function wholeOf(value: unknown): number | undefined {
  return isLosslessNumber(value) ? Number(value.value) : typeof value === 'number' ? value : undefined;
}

/** The table that `@odata.type` names. Throws 400 when it is missing or unknown. */
export function typeOf(state: OrganizationState, members: Members): TableDefinition {
  const name = /^#?Microsoft\.Dynamics\.CRM\.(\w+)$/.exec(String(members['@odata.type']))?.[1];
  const table = name === undefined ? undefined : state.tables.get(name);
  if (!table)
    throw badRequest(errorCodes.undeclaredProperty, "Each row needs an '@odata.type' that names its table.");
  return table;
}

/** The row of that id, lower case. Throws 404. */
export function requireRow(state: OrganizationState, table: TableDefinition, id: unknown): Row {
  const row = typeof id === 'string' ? state.store.row(table.name, id.toLowerCase()) : undefined;
  if (!row) throw rowMissing(table.name, String(id));
  return row;
}

/** A table that an operation cannot do without. */
export function requireTable(state: OrganizationState, name: string): TableDefinition {
  const table = state.tables.get(name);
  if (!table) throw badRequest('0x80041102', `There is no table '${name}'.`);
  return table;
}

/** A body without its annotations and keys of that name. */
export function columnsOf(members: Members, ...without: readonly string[]): Members {
  return Object.fromEntries(
    Object.entries(members).filter(
      ([name]) => !without.includes(name) && name !== '@odata.type' && name !== '@odata.id',
    ),
  );
}

/** A lookup as a privileged writer sets it. */
export function lookupMembers(column: string, table: string, id: unknown): Members {
  return {
    [`_${column}_value`]: id,
    [`_${column}_value@Microsoft.Dynamics.CRM.lookuplogicalname`]: table,
  };
}

/** Those members that are columns of the table. */
export function knownMembers(table: TableDefinition, members: Members): Members {
  return Object.fromEntries(
    Object.entries(members).filter(
      ([name, value]) =>
        value !== undefined && value !== null && table.byProperty.has(name.split('@')[0] ?? ''),
    ),
  );
}
