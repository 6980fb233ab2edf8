import { addColumns, replaceColumn } from '../core/changeColumns.ts';
import { putManyToMany, putTable } from '../core/changeTables.ts';
import { column, type DeleteBehavior } from '../core/columnDefinition.ts';
import { userId } from '../core/actor.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { manyToOne } from '../core/relationships.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { intersectTable } from '../tables/intersectTables.ts';
import { badBody, labelText, schemaNameOf, type Body } from './columnsFromBody.ts';

function tableNamed(state: OrganizationState, body: Body, property: string): TableDefinition {
  const table = state.tables.get(String(body[property]));
  if (!table) throw badBody(`${property} '${String(body[property])}' is not a table.`);
  return table;
}

const deletes = ['Cascade', 'RemoveLink', 'Restrict', 'NoCascade'] as const;

/** What a body says of deletes. */
function deleteOf(body: Body): { readonly onDelete?: DeleteBehavior } {
  const { Delete: asked } = (body['CascadeConfiguration'] ?? {}) as Body;
  if (asked === undefined) return {};
  const onDelete = deletes.find((each) => each === asked);
  if (!onDelete) throw badBody(`CascadeConfiguration.Delete '${String(asked)}' is not known.`);
  return { onDelete };
}

/** A lookup comes with its relationship; the navigation property keeps the case of its schema name (facts, section 2.2). */
function addLookup(state: OrganizationState, body: Body): void {
  const target = tableNamed(state, body, 'ReferencedEntity');
  const table = tableNamed(state, body, 'ReferencingEntity');
  const lookup = (body['Lookup'] ?? {}) as Body;
  const property = schemaNameOf(lookup);
  const label = labelText(lookup['DisplayName']);
  const relationship = schemaNameOf(body);
  const made = column(property, 'Lookup', {
    isCustom: true,
    ...(label === undefined ? {} : { label }),
    navigation: [{ property, table: target.name, relationship, ...deleteOf(body) }],
  });
  addColumns(state, table, [made]);
  putTable(state, target);
}

function addManyToMany(state: OrganizationState, body: Body): void {
  const schemaName = schemaNameOf(body);
  const tables = [
    tableNamed(state, body, 'Entity1LogicalName'),
    tableNamed(state, body, 'Entity2LogicalName'),
  ] as const;
  const asked = body['IntersectEntityName'];
  const intersect = (typeof asked === 'string' ? asked : schemaName).toLowerCase();
  if (state.tables.has(intersect)) throw badBody(`An entity with the name '${intersect}' already exists.`);
  const [first, second] = tables;
  const columns = [`${first.schemaName}Id`, `${second.schemaName}Id`] as const;
  putTable(
    state,
    intersectTable({
      name: intersect,
      schemaName,
      set: `${intersect}set`,
      key: `${intersect}Id`,
      objectTypeCode: 11_000 + state.manyToMany.size,
      columns: first === second ? [`${columns[0]}One`, `${columns[1]}Two`] : columns,
    }),
  );
  const side = (
    table: TableDefinition,
    index: 0 | 1,
  ): { table: string; column: string; navigation: string } => ({
    table: table.name,
    column: (first === second
      ? `${columns[index]}${index === 0 ? 'One' : 'Two'}`
      : columns[index]
    ).toLowerCase(),
    navigation: schemaName,
  });
  putManyToMany(state, { schemaName, intersect, sides: [side(first, 0), side(second, 1)] });
}

/** Adds a relationship; answers its id. */
export function addRelationship(state: OrganizationState, body: Body): string {
  const schemaName = schemaNameOf(body);
  const isMany = /ManyToManyRelationshipMetadata$/.test(String(body['@odata.type']));
  if (isMany) addManyToMany(state, body);
  else addLookup(state, body);
  return userId(`relationship/${schemaName}`);
}

/** Changes what the deletes of a relationship do. Throws 400 for a relationship that is no lookup. */
export function changeRelationship(state: OrganizationState, schemaName: string, body: Body): void {
  for (const table of state.tables.values()) {
    const found = manyToOne(table).find((each) => each.schemaName === schemaName);
    if (!found) continue;
    const navigation = found.column.navigation?.map((each) =>
      each.property === found.navigation ? { ...each, ...deleteOf(body) } : each,
    );
    replaceColumn(state, table, { ...found.column, ...(navigation && { navigation }) });
    return;
  }
  throw badBody(`The relationship '${schemaName}' is not a lookup.`);
}
