import { replaceColumn, requireColumn } from './changeColumns.ts';
import { profileCells } from './columnSecurity.ts';
import { userId } from './actor.ts';
import type { OrganizationState } from './organizationState.ts';
import type { TableDefinition } from './tableDefinition.ts';
import { system } from './users.ts';
import { createRow, updateRow } from './writeRow.ts';

/** What the application user shall be able to do with one column. */
export interface ColumnGrant {
  readonly column: string;
  readonly secured: boolean;
  readonly canRead: boolean;
  readonly canCreate: boolean;
  readonly canUpdate: boolean;
}

/** Creates or updates a standing row. */
function put(
  state: OrganizationState,
  name: string,
  id: string,
  cells: Readonly<Record<string, unknown>>,
): void {
  const table = state.tables.get(name);
  if (!table) return;
  const body = { ...cells, [table.key]: id };
  const request = { table, body, actor: system, isPrivileged: true };
  if (state.store.row(name, id)) updateRow(state, request, id);
  else createRow(state, request, id);
}

/** An intersect row; its columns are read-only even for the privileged writer, so it goes straight to the store. */
function associate(state: OrganizationState, profile: string): void {
  const id = userId(`association/${state.application.id}/${profile}`);
  if (state.store.row('systemuserprofiles', id)) return;
  state.store.save('systemuserprofiles', id, (versionnumber) => ({
    systemuserprofileid: id,
    systemuserid: state.application.id,
    fieldsecurityprofileid: profile,
    versionnumber,
  }));
}

/** Puts a column under column security or takes it out, and gives the application user these permissions through a profile. */
export function grantColumn(state: OrganizationState, table: TableDefinition, grant: ColumnGrant): void {
  const column = requireColumn(table, grant.column);
  const profile = userId('profile/application');
  const permission = (isAllowed: boolean): number => (isAllowed ? 4 : 0);
  put(state, 'fieldsecurityprofile', profile, { name: 'Application user' });
  put(state, 'fieldpermission', userId(`permission/${table.name}/${column.name}`), {
    entityname: table.name,
    attributelogicalname: column.name,
    canread: permission(grant.canRead),
    cancreate: permission(grant.canCreate),
    canupdate: permission(grant.canUpdate),
    ...profileCells(state, profile),
  });
  associate(state, profile);
  if ((column.isSecured ?? false) !== grant.secured)
    replaceColumn(state, table, { ...column, isSecured: grant.secured });
}
