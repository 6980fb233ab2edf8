import type { ColumnDefinition } from '../core/columnDefinition.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { defineTable, type TableDefinition } from '../core/tableDefinition.ts';
import {
  authorColumns,
  commonColumns,
  importColumns,
  keyColumn,
  stateColumns,
} from '../tables/commonColumns.ts';
import { activeStates, activeStatuses } from '../tables/optionSets.ts';
import { badBody, columnsFromBody, schemaNameOf, type Body } from './columnsFromBody.ts';

const firstObjectTypeCode = 10_000;

/** The name of a set: the plural of the table's name (facts, section 6). */
export function pluralOf(name: string): string {
  if (/[^aeiou]y$/.test(name)) return name.replace(/y$/, 'ies');
  return /(s|x|z|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
}

function standingColumns(key: string, isUserOwned: boolean): readonly ColumnDefinition[] {
  if (isUserOwned) return commonColumns(key, activeStates, activeStatuses);
  return [keyColumn(key), ...authorColumns, ...stateColumns(activeStates, activeStatuses), ...importColumns];
}

/** The table that a body of table metadata asks for; it needs an attribute that is its primary name. */
export function customTable(state: OrganizationState, body: Body): TableDefinition {
  const schemaName = schemaNameOf(body);
  const name = schemaName.toLowerCase();
  const { OwnershipType: ownership, Attributes: attributes, EntitySetName: set } = body;
  if (state.tables.has(name)) throw badBody(`An entity with the name '${name}' already exists.`);
  if (ownership !== 'UserOwned' && ownership !== 'OrganizationOwned')
    throw badBody('OwnershipType must be UserOwned or OrganizationOwned.');
  const bodies = Array.isArray(attributes) ? (attributes as readonly Body[]) : [];
  const primary = bodies.find((each) => each['IsPrimaryName'] === true);
  if (!primary) throw badBody('An attribute with IsPrimaryName is needed.');
  const empty = defineTable({
    name,
    schemaName,
    set: typeof set === 'string' ? set : pluralOf(name),
    key: `${name}id`,
    primaryName: schemaNameOf(primary).toLowerCase(),
    objectTypeCode:
      firstObjectTypeCode + [...state.tables.values()].filter(({ isCustom }) => isCustom).length,
    changeTracking: body['ChangeTrackingEnabled'] === true,
    ownership,
    isCustom: true,
    columns: standingColumns(`${schemaName}Id`, ownership === 'UserOwned'),
  });
  const columns = bodies.flatMap((each) => columnsFromBody(empty, each));
  return defineTable({ ...empty, columns: [...empty.columns, ...columns] });
}
