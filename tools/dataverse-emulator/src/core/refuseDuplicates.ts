import { findAllByKey } from './alternateKeys.ts';
import type { Row } from './columnDefinition.ts';
import { DataverseError, errorCodes } from './dataverseError.ts';
import type { OrganizationState } from './organizationState.ts';
import type { TableDefinition } from './tableDefinition.ts';

const active = 0;

function isActive(state: OrganizationState, table: string, id: string): boolean {
  return (state.store.row(table, id)?.['statecode'] ?? active) === active;
}

/**
 * Throws 412 when the caller asked for duplicate detection and an active row is a duplicate by one of the rules (facts,
 * section 3.6). Without the header it is suppressed.
 */
export function refuseDuplicates(state: OrganizationState, table: TableDefinition, row: Row): void {
  if (!state.context?.detectsDuplicates) return;
  for (const rule of state.duplicateRules.values()) {
    if (rule.table !== table.name) continue;
    const others = findAllByKey(state, table, rule, row).filter((id) => id !== row[table.key]);
    if (others.some((id) => isActive(state, table.name, id)))
      throw new DataverseError(
        state.settings.duplicateStatus,
        errorCodes.duplicateRecord,
        'A record was not created or updated because a duplicate of the current record already exists.',
      );
  }
}
