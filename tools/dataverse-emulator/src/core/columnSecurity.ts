import { lookupCells } from './readFields.ts';
import type { ColumnDefinition, Row } from './columnDefinition.ts';
import { DataverseError, errorCodes } from './dataverseError.ts';
import type { OrganizationState } from './organizationState.ts';
import type { TableDefinition } from './tableDefinition.ts';

/** What column security can allow; each is a column of `fieldpermission`. */
export type ColumnAccess = 'canread' | 'cancreate' | 'canupdate';

/** A principal: a user or a team. */
export interface Principal {
  readonly table: string;
  readonly id: string;
}

const allowed = 4;

function idsBeside(
  state: OrganizationState,
  intersect: string,
  from: readonly [string, string],
  to: string,
): string[] {
  const found: string[] = [];
  for (const row of state.store.rows(intersect)) if (row[from[0]] === from[1]) found.push(String(row[to]));
  return found;
}

/** The profiles of a principal; a user also has those of its teams. */
function profilesOf(state: OrganizationState, { table, id }: Principal): ReadonlySet<string> {
  const profile = 'fieldsecurityprofileid';
  if (table === 'team') return new Set(idsBeside(state, 'teamprofiles', ['teamid', id], profile));
  const teams = idsBeside(state, 'teammembership', ['systemuserid', id], 'teamid');
  return new Set([
    ...idsBeside(state, 'systemuserprofiles', ['systemuserid', id], profile),
    ...teams.flatMap((team) => idsBeside(state, 'teamprofiles', ['teamid', team], profile)),
  ]);
}

/** The permissions of a principal, whatever columns they are for. */
export function permissionsOf(state: OrganizationState, principal: Principal): readonly Row[] {
  const profiles = profilesOf(state, principal);
  return [...state.store.rows('fieldpermission')].filter((row) =>
    profiles.has(String(row['_fieldsecurityprofileid_value'])),
  );
}

function mayAccess(
  permissions: readonly Row[],
  table: TableDefinition,
  column: ColumnDefinition,
  access: ColumnAccess,
): boolean {
  return permissions.some(
    (row) =>
      row['entityname'] === table.name &&
      row['attributelogicalname'] === column.name &&
      row[access] === allowed,
  );
}

/** The columns as a user sees them: those it may not read are marked, and answer null (facts, section 1.1 and design of events). */
export function visibleColumns(
  state: OrganizationState,
  table: TableDefinition,
  columns: readonly ColumnDefinition[],
): readonly ColumnDefinition[] {
  if (!columns.some(({ isSecured }) => isSecured)) return columns;
  const permissions = permissionsOf(state, { table: 'systemuser', id: state.application.id });
  return columns.map((column) =>
    column.isSecured && !mayAccess(permissions, table, column, 'canread')
      ? { ...column, isHidden: true }
      : column,
  );
}

/** Throws 403 when the values hold a secured column that the writer may not set (facts, section 4.3). */
export function requireColumnAccess(
  state: OrganizationState,
  table: TableDefinition,
  write: { readonly userId: string; readonly access: 'cancreate' | 'canupdate'; readonly values: Row },
): void {
  const secured = table.columns.filter(({ isSecured, property }) => isSecured && property in write.values);
  if (secured.length === 0) return;
  const permissions = permissionsOf(state, { table: 'systemuser', id: write.userId });
  const refused = secured.find((column) => !mayAccess(permissions, table, column, write.access));
  if (!refused) return;
  const isCreate = write.access === 'cancreate';
  throw new DataverseError(
    403,
    isCreate ? errorCodes.columnCreateDenied : errorCodes.columnUpdateDenied,
    `Caller user with Id ${write.userId} does not have ${isCreate ? 'create' : 'update'} permissions for the ${refused.name} secured attribute on entity ${table.name}.`,
  );
}

/** The lookup of a permission to its profile, as a row stores it. */
export function profileCells(state: OrganizationState, profile: string): Row {
  const column = state.tables.get('fieldpermission')?.byName.get('fieldsecurityprofileid');
  return column ? lookupCells(column, { table: 'fieldsecurityprofile', id: profile }) : {};
}
