import { badRequest, errorCodes } from './dataverseError.ts';
import { lookupTableAnnotation, type ColumnDefinition, type Row } from './columnDefinition.ts';
import type { OrganizationState } from './organizationState.ts';
import { oneToMany, type ManySide, type ManyToMany } from './relationships.ts';
import type { TableDefinition } from './tableDefinition.ts';

/** A collection-valued navigation property: the rows on its other side. */
export interface Collection {
  readonly table: TableDefinition;
  /** The rows related to the row of that id. */
  readonly rows: (id: string) => Generator<Row, void>;
  /** The lookup of the other side that makes the relation; undefined for many-to-many. */
  readonly lookup: { readonly column: ColumnDefinition; readonly navigation: string } | undefined;
  readonly manyToMany:
    { readonly relation: ManyToMany; readonly near: ManySide; readonly far: ManySide } | undefined;
}

/** Ids on one side by the ids on the other; made by one pass over the table when it is first asked for. */
function createGrouping(
  state: OrganizationState,
  table: string,
  read: (row: Row) => readonly [key: unknown, value: unknown],
): (id: string) => readonly string[] {
  let groups: Map<unknown, string[]> | undefined;
  const build = (): Map<unknown, string[]> => {
    const built = new Map<unknown, string[]>();
    for (const row of state.store.rows(table)) {
      const [key, value] = read(row);
      const group = built.get(key);
      if (group) group.push(String(value));
      else built.set(key, [String(value)]);
    }
    return built;
  };
  return (id) => (groups ??= build()).get(id) ?? [];
}

function rowsOf(
  state: OrganizationState,
  table: TableDefinition,
  ids: (id: string) => readonly string[],
): Collection['rows'] {
  return function* rows(id) {
    for (const each of ids(id)) {
      const row = state.store.row(table.name, each);
      if (row) yield row;
    }
  };
}

function manyCollection(
  state: OrganizationState,
  relation: ManyToMany,
  near: ManySide,
): Collection | undefined {
  const far = relation.sides[relation.sides[0] === near ? 1 : 0];
  const table = state.tables.get(far.table);
  if (!table) return undefined;
  const ids = createGrouping(state, relation.intersect, (row) => [row[near.column], row[far.column]]);
  return { table, rows: rowsOf(state, table, ids), lookup: undefined, manyToMany: { relation, near, far } };
}

function findMany(
  state: OrganizationState,
  table: TableDefinition,
  navigation: string,
): Collection | undefined {
  for (const relation of state.manyToMany.values()) {
    const near = relation.sides.find((side) => side.table === table.name && side.navigation === navigation);
    if (near) return manyCollection(state, relation, near);
  }
  return undefined;
}

function findChildren(
  state: OrganizationState,
  parent: TableDefinition,
  navigation: string,
): Collection | undefined {
  const relation = oneToMany(state.tables.values(), parent.name).find(
    ({ schemaName }) => schemaName === navigation,
  );
  const table = relation && state.tables.get(relation.table);
  if (!relation || !table) return undefined;
  const { property } = relation.column;
  const ids = createGrouping(state, table.name, (row) => [
    row[`${property}@${lookupTableAnnotation}`] === parent.name ? row[property] : undefined,
    row[table.key],
  ]);
  const lookup = { column: relation.column, navigation: relation.navigation };
  return { table, rows: rowsOf(state, table, ids), lookup, manyToMany: undefined };
}

/** The collection of that navigation property, undefined when the table has none of that name. */
export function findCollection(
  state: OrganizationState,
  table: TableDefinition,
  navigation: string,
): Collection | undefined {
  return findMany(state, table, navigation) ?? findChildren(state, table, navigation);
}

/** The same; throws 400 when there is none. */
export function collectionOf(
  state: OrganizationState,
  table: TableDefinition,
  navigation: string,
): Collection {
  const found = findCollection(state, table, navigation);
  if (!found)
    throw badRequest(
      errorCodes.undeclaredProperty,
      `Could not find a property named '${navigation}' on type 'Microsoft.Dynamics.CRM.${table.name}'.`,
    );
  return found;
}
