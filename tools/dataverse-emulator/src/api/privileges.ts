import { DataverseError, errorCodes } from '../core/dataverseError.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';

/** Throws 403 when the setting took the privilege `prv<operation><table>` away, 405 for a table that is read-only here. */
export function requirePrivilege(
  state: OrganizationState,
  operation: 'Read' | 'Create' | 'Write' | 'Delete',
  table: TableDefinition,
): void {
  const privilege = `prv${operation}${table.name}`;
  if (state.settings.missingPrivileges.includes(privilege))
    throw new DataverseError(
      403,
      errorCodes.missingPrivilege,
      `Principal user (Id=${state.application.id}, type=8) is missing ${privilege} privilege on entity '${table.name}'.`,
    );
  if (operation !== 'Read' && !table.isWritable)
    throw new DataverseError(405, errorCodes.notSupported, `The emulator does not write '${table.name}'.`);
}
