import type { ColumnDefinition, ColumnType } from '../core/columnDefinition.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { manyToOne, oneToMany } from '../core/relationships.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { xml } from './xml.ts';

/** A navigation property and where it leads. */
export interface CsdlNavigation {
  readonly name: string;
  readonly target: string;
  readonly isCollection: boolean;
  readonly partner: string;
  /** For a lookup: its property and the key it refers to. */
  readonly constraint?: { readonly property: string; readonly referenced: string };
}

const edmTypes: Readonly<Record<ColumnType, string>> = {
  String: 'Edm.String',
  Memo: 'Edm.String',
  MultiSelectPicklist: 'Edm.String',
  Integer: 'Edm.Int32',
  Picklist: 'Edm.Int32',
  State: 'Edm.Int32',
  Status: 'Edm.Int32',
  BigInt: 'Edm.Int64',
  Decimal: 'Edm.Decimal',
  Money: 'Edm.Decimal',
  Double: 'Edm.Double',
  Boolean: 'Edm.Boolean',
  DateTime: 'Edm.DateTimeOffset',
  DateOnly: 'Edm.Date',
  Uniqueidentifier: 'Edm.Guid',
  Lookup: 'Edm.Guid',
  Image: 'Edm.Binary',
  File: 'Edm.Guid',
};

/** Users and teams are principals: their key is `ownerid` (facts, section 2.3). */
export const principals: ReadonlySet<string> = new Set(['systemuser', 'team']);

/** The type of a table; owners are principals. */
export function typeOf(table: string): string {
  return table === 'owner' ? 'principal' : table;
}

function keyOf(state: OrganizationState, table: string): string {
  return table === 'owner' || principals.has(table)
    ? 'ownerid'
    : (state.tables.get(table)?.key ?? `${table}id`);
}

function lookupsOf(state: OrganizationState, table: TableDefinition): readonly CsdlNavigation[] {
  return manyToOne(table)
    .filter(({ target }) => target === 'owner' || state.tables.has(target))
    .map(({ navigation, target, schemaName, column }) => ({
      name: navigation,
      target,
      isCollection: false,
      partner: schemaName,
      constraint: { property: column.property, referenced: keyOf(state, target) },
    }));
}

/** The collections that lead from a table, or from the principal, to the lookups that point at it. */
export function collectionsOf(state: OrganizationState, table: string): readonly CsdlNavigation[] {
  const ones = oneToMany(state.tables.values(), table).map(({ schemaName, table: target, navigation }) => ({
    name: schemaName,
    target,
    isCollection: true,
    partner: navigation,
  }));
  const manys = [...state.manyToMany.values()].flatMap(({ sides: [first, second] }) =>
    [
      [first, second],
      [second, first],
    ].flatMap(([here, there]) =>
      here && there && here.table === table
        ? [{ name: here.navigation, target: there.table, isCollection: true, partner: there.navigation }]
        : [],
    ),
  );
  return [...ones, ...manys];
}

/** Every navigation property of a table, each name once. */
export function navigationsOf(state: OrganizationState, table: TableDefinition): readonly CsdlNavigation[] {
  const all = [...lookupsOf(state, table), ...collectionsOf(state, table.name)];
  return [...new Map(all.map((each) => [each.name, each])).values()];
}

/** A navigation property with its partner and constraint. */
export function navigationXml({ name, target, isCollection, partner, constraint }: CsdlNavigation): string {
  const type = `mscrm.${typeOf(target)}`;
  const bound = constraint && { Property: constraint.property, ReferencedProperty: constraint.referenced };
  return xml(
    'NavigationProperty',
    {
      Name: name,
      Type: isCollection ? `Collection(${type})` : type,
      Nullable: isCollection ? undefined : 'true',
      Partner: partner,
    },
    bound ? xml('ReferentialConstraint', bound) : '',
  );
}

function propertyXml(column: ColumnDefinition, isAnnotated: boolean): string {
  const type = edmTypes[column.type];
  const isReadOnly = column.type === 'Lookup' || (!column.isValidForCreate && !column.isValidForUpdate);
  const attributes = {
    Name: column.property,
    Type: type,
    Unicode: type === 'Edm.String' ? 'false' : undefined,
    Scale: type === 'Edm.Decimal' ? 'Variable' : undefined,
  };
  if (!isAnnotated) return xml('Property', attributes);
  const description = xml('Annotation', { Term: 'Org.OData.Core.V1.Description', String: column.label });
  const computed = xml('Annotation', { Term: 'Org.OData.Core.V1.Computed', Bool: 'true' });
  return xml('Property', attributes, description, isReadOnly ? computed : '');
}

/** A table as an entity type. */
export function entityXml(state: OrganizationState, table: TableDefinition, isAnnotated: boolean): string {
  const isPrincipal = principals.has(table.name);
  const base = isPrincipal ? 'mscrm.principal' : 'mscrm.crmbaseentity';
  return xml(
    'EntityType',
    { Name: table.name, BaseType: base },
    isPrincipal ? '' : xml('Key', {}, xml('PropertyRef', { Name: table.key })),
    ...table.columns.map((column) => propertyXml(column, isAnnotated)),
    ...navigationsOf(state, table).map(navigationXml),
  );
}
