import { lookupTableAnnotation, type CellValue, type Row } from './columnDefinition.ts';
import type { OrganizationState } from './organizationState.ts';
import { lookupCells, type FieldValues } from './readFields.ts';
import type { TableDefinition } from './tableDefinition.ts';

/** A body in which lookups are named by their property. */
type Body = Readonly<Record<string, CellValue>>;

const link = '_relatedconnectionid_value';
const crossed: readonly (readonly [string, string])[] = [
  ['_record1id_value', '_record2id_value'],
  ['_record2id_value', '_record1id_value'],
  ['_record1roleid_value', '_record2roleid_value'],
  ['_record2roleid_value', '_record1roleid_value'],
];
const shared = ['description', 'effectivestart', 'effectiveend', 'statecode', 'statuscode'];

/** Whether rows of the table come in pairs: every connection has one that says the same from the other side (facts, section 6). */
export function hasTwins(state: OrganizationState, table: TableDefinition): boolean {
  return table.name === 'connection' && state.settings.areConnectionsReciprocal;
}

/** Whether a new row needs a twin; one that names its twin is the other half. */
export function needsTwin(
  state: OrganizationState,
  { table, body }: { readonly table: TableDefinition; readonly body: Readonly<Record<string, unknown>> },
): boolean {
  return hasTwins(state, table) && (body[link] ?? null) === null;
}

/** The lookup that leads from a row to its twin. */
export function twinLink(table: TableDefinition, id: string): FieldValues {
  const column = table.byProperty.get(link);
  return column ? lookupCells(column, { table: table.name, id }) : {};
}

/** What the twin of a row says: the same with its sides exchanged. */
function twinCells(row: Row): Body {
  const cells: Record<string, CellValue> = {};
  for (const name of shared) cells[name] = row[name] ?? null;
  for (const [to, from] of crossed)
    for (const suffix of ['', `@${lookupTableAnnotation}`]) cells[to + suffix] = row[from + suffix] ?? null;
  return cells;
}

/** The body of a new twin. */
export function newTwinBody(table: TableDefinition, row: Row): Body {
  return { ...twinCells(row), ...twinLink(table, String(row[table.key])), ismaster: false };
}

/** The twin of a row and what it has to take over from it, undefined when it says the same already. */
export function staleTwin(
  state: OrganizationState,
  table: TableDefinition,
  row: Row,
): { readonly id: string; readonly body: Body } | undefined {
  const id = String(row[link]);
  const twin = state.store.row(table.name, id);
  if (!twin) return undefined;
  const cells = Object.entries(twinCells(row));
  const stale = cells.filter(([name, value]) => (twin[name] ?? null) !== value);
  if (stale.length === 0) return undefined;
  // A lookup goes with the table that it leads to.
  const properties = new Set(stale.map(([name]) => name.split('@')[0]));
  return { id, body: Object.fromEntries(cells.filter(([name]) => properties.has(name.split('@')[0]))) };
}

/** The id of a row's twin, undefined when it has none. */
export function twinOf(state: OrganizationState, table: TableDefinition, row: Row): string | undefined {
  const id = hasTwins(state, table) ? row[link] : undefined;
  return typeof id === 'string' && state.store.version(table.name, id) !== undefined ? id : undefined;
}
