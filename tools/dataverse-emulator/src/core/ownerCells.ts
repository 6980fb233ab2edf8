import { lookupTableAnnotation, type CellValue, type Row } from './columnDefinition.ts';
import type { OrganizationState } from './organizationState.ts';
import type { TableDefinition } from './tableDefinition.ts';

function cells(column: string, target: { readonly table: string; readonly id: string } | undefined): Row {
  return {
    [`_${column}_value`]: target?.id ?? null,
    [`_${column}_value@${lookupTableAnnotation}`]: target?.table ?? null,
  };
}

/** The read-only twins of an owner: which one is filled depends on its kind (facts, section 6). */
export function ownerCells(
  state: OrganizationState,
  table: TableDefinition,
  row: Row,
): Readonly<Record<string, CellValue>> {
  const id = row['_ownerid_value'];
  if (typeof id !== 'string' || !table.byName.has('owninguser')) return {};
  const kind = row[`_ownerid_value@${lookupTableAnnotation}`];
  return {
    ...cells('owninguser', kind === 'systemuser' ? { table: 'systemuser', id } : undefined),
    ...cells('owningteam', kind === 'team' ? { table: 'team', id } : undefined),
    ...cells('owningbusinessunit', { table: 'businessunit', id: state.identity.businessUnitId }),
  };
}
