import { DataverseError, errorCodes } from '../core/dataverseError.ts';
import { userId } from '../core/actor.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import type { Row } from '../core/columnDefinition.ts';
import { mayReadRow } from '../core/readAccess.ts';
import { privilegeName, type Operation } from '../core/privilegeNames.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';

/** The 403 of a missing privilege; its text names privilege and table as the service's does. */
function missing(state: OrganizationState, operation: Operation, table: TableDefinition): DataverseError {
  const name = privilegeName(operation, table);
  const caller = state.application.id;
  return new DataverseError(
    403,
    errorCodes.missingPrivilege,
    `Principal user (Id=${caller}, type=8, roleCount=1, accessMode='4 Non-interactive') is missing ${name} privilege (Id=${userId(`privilege/${name}`)}) on OTC=${table.objectTypeCode} for entity '${table.name}' (LocalizedName='${table.schemaName}'). context.Caller=${caller}.`,
  );
}

/** Whether the setting, or the caller's own, takes the privilege away. */
export function lacks(state: OrganizationState, operation: Operation, table: TableDefinition): boolean {
  const names = [privilegeName(operation, table), `prv${operation}${table.name}`].map((name) =>
    name.toLowerCase(),
  );
  const own = state.context?.application.missingPrivileges ?? [];
  return [...state.settings.missingPrivileges, ...own].some((each) => names.includes(each.toLowerCase()));
}

/** Throws 403 when the setting took the privilege away, 405 for a table that is written by association only. */
export function requirePrivilege(
  state: OrganizationState,
  operation: 'Read' | 'Create' | 'Write' | 'Delete',
  table: TableDefinition,
): void {
  if (lacks(state, operation, table)) throw missing(state, operation, table);
  if (operation !== 'Read' && !table.isWritable)
    throw new DataverseError(
      405,
      errorCodes.notSupported,
      `The '${operation}' method does not support entities of type '${table.name}'.`,
    );
}

/** Throws 403 when the caller may not read the whole table: a tracked read needs that (facts, section 1.4). */
export function requireOrganizationRead(state: OrganizationState, table: TableDefinition): void {
  if (state.settings.readScopes[table.name] === 'user') throw missing(state, 'Read', table);
}

/** Throws 403 when the row is outside of what the caller may read. */
export function requireRowRead(state: OrganizationState, table: TableDefinition, row: Row): void {
  if (!mayReadRow(state, table, row)) throw missing(state, 'Read', table);
}
