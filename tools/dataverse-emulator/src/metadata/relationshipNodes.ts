import { userId } from '../core/actor.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import {
  manyToOne,
  oneToMany,
  type ManySide,
  type ManyToMany,
  type OneToMany,
} from '../core/relationships.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { managedProperty, type Json, type MetadataNode } from './metadataNode.ts';

function sharedJson(schemaName: string, type: string): Json {
  return {
    MetadataId: userId(`relationship/${schemaName}`),
    HasChanged: null,
    SchemaName: schemaName,
    RelationshipType: type,
    IsCustomRelationship:
      /^[a-z][a-z0-9]{1,7}_/.test(schemaName) && !/^(lk|business|team|owner)_/.test(schemaName),
    IsManaged: false,
    IsValidForAdvancedFind: true,
    IsCustomizable: managedProperty('iscustomizable', true),
    SecurityTypes: 'None',
  };
}

/** A lookup as a relationship; seen from either side it is the same object. */
export function oneToManyNode(state: OrganizationState, found: OneToMany): MetadataNode {
  const target =
    found.target === 'owner' ? 'ownerid' : (state.tables.get(found.target)?.key ?? `${found.target}id`);
  const json = {
    ...sharedJson(found.schemaName, 'OneToManyRelationship'),
    ReferencedEntity: found.target,
    ReferencedAttribute: target,
    ReferencedEntityNavigationPropertyName: found.schemaName,
    ReferencingEntity: found.table,
    ReferencingAttribute: found.column.name,
    ReferencingEntityNavigationPropertyName: found.navigation,
    RelationshipBehavior: 1,
    IsHierarchical: false,
    CascadeConfiguration: {
      Assign: 'NoCascade',
      Delete: found.onDelete,
      // A merge moves the children of all relationships but those of authors and owners.
      Merge: found.onDelete === 'NoCascade' ? 'NoCascade' : 'Cascade',
      Reparent: 'NoCascade',
      Share: 'NoCascade',
      Unshare: 'NoCascade',
      RollupView: 'NoCascade',
    },
  };
  return { type: 'OneToManyRelationshipMetadata', json, derived: new Set(Object.keys(json)), links: {} };
}

/** A lookup is called by its column, not by the property that holds its id. */
const columnOf = ({ column }: ManySide): string => column.replace(/^_(.+)_value$/, '$1');

/** A many-to-many relationship. */
export function manyToManyNode({ schemaName, intersect, sides }: ManyToMany): MetadataNode {
  const [first, second] = sides;
  const json = {
    ...sharedJson(schemaName, 'ManyToManyRelationship'),
    Entity1LogicalName: first.table,
    Entity1IntersectAttribute: columnOf(first),
    Entity1NavigationPropertyName: first.navigation,
    Entity2LogicalName: second.table,
    Entity2IntersectAttribute: columnOf(second),
    Entity2NavigationPropertyName: second.navigation,
    IntersectEntityName: intersect,
  };
  return { type: 'ManyToManyRelationshipMetadata', json, derived: new Set(Object.keys(json)), links: {} };
}

/** Lookups of a table. */
export function manyToOneNodes(state: OrganizationState, table: TableDefinition): readonly MetadataNode[] {
  return manyToOne(table).map((each) => oneToManyNode(state, each));
}

/** Lookups of any table that lead to a table. */
export function oneToManyNodes(state: OrganizationState, table: TableDefinition): readonly MetadataNode[] {
  return oneToMany(state.tables.values(), table.name).map((each) => oneToManyNode(state, each));
}

/** Many-to-many relationships in which a table takes part. */
export function manyToManyNodes(state: OrganizationState, table: TableDefinition): readonly MetadataNode[] {
  return [...state.manyToMany.values()]
    .filter(({ sides }) => sides.some((side) => side.table === table.name))
    .map(manyToManyNode);
}

/** Every relationship of the organisation. */
export function allRelationshipNodes(state: OrganizationState): readonly MetadataNode[] {
  return [
    ...[...state.tables.values()].flatMap((table) => manyToOneNodes(state, table)),
    ...[...state.manyToMany.values()].map(manyToManyNode),
  ];
}
