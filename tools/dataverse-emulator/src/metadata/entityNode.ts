import { privilegesOf } from '../core/privilegeNames.ts';
import { userId } from '../core/actor.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import type { AlternateKey, TableDefinition } from '../core/tableDefinition.ts';
import { attributeNodes } from './attributeNode.ts';
import { labelJson, managedProperty, type Json, type MetadataNode } from './metadataNode.ts';
import { manyToManyNodes, manyToOneNodes, oneToManyNodes } from './relationshipNodes.ts';

function keyNode(table: TableDefinition, key: AlternateKey): MetadataNode {
  const json = {
    MetadataId: userId(`key/${table.name}/${key.name}`),
    HasChanged: null,
    LogicalName: key.name,
    SchemaName: key.schemaName,
    EntityLogicalName: table.name,
    KeyAttributes: key.columns,
    EntityKeyIndexStatus: key.status,
    DisplayName: labelJson(key.schemaName),
    IsManaged: false,
    AsyncJob: null,
  };
  return { type: 'EntityKeyMetadata', json, derived: new Set(), links: {} };
}

function privilegesJson(table: TableDefinition): readonly Json[] {
  return privilegesOf(table).map(({ name, operation }) => ({
    Name: name,
    PrivilegeType: operation,
    PrivilegeId: userId(`privilege/${name}`),
    CanBeBasic: table.ownership === 'UserOwned',
    CanBeLocal: table.ownership !== 'OrganizationOwned',
    CanBeDeep: table.ownership !== 'OrganizationOwned',
    CanBeGlobal: true,
  }));
}

function namesJson(table: TableDefinition): Json {
  return {
    LogicalName: table.name,
    SchemaName: table.schemaName,
    EntitySetName: table.set,
    LogicalCollectionName: table.isCustom ? table.set : `${table.name}s`,
    CollectionSchemaName: `${table.schemaName}s`,
    PrimaryIdAttribute: table.key,
    PrimaryNameAttribute: table.primaryName === table.key ? null : table.primaryName,
    ObjectTypeCode: table.objectTypeCode,
    DisplayName: labelJson(table.schemaName.replace(/^[a-z0-9]+_/, '')),
    DisplayCollectionName: labelJson(`${table.schemaName.replace(/^[a-z0-9]+_/, '')}s`),
    Description: labelJson(undefined),
  };
}

function entityJson(table: TableDefinition): Json {
  return {
    MetadataId: userId(`table/${table.name}`),
    HasChanged: null,
    ...namesJson(table),
    TableType: 'Standard',
    OwnershipType: table.ownership,
    ChangeTrackingEnabled: table.changeTracking,
    CanChangeTrackingBeEnabled: managedProperty('canchangetrackingbeenabled', !table.isIntersect),
    IsOptimisticConcurrencyEnabled: true,
    IsCustomEntity: table.isCustom,
    IsManaged: !table.isCustom,
    IsActivity: table.isActivity,
    IsIntersect: table.isIntersect,
    IsLogicalEntity: false,
    IsPrivate: false,
    IsValidForAdvancedFind: true,
    IsCustomizable: managedProperty('iscustomizable', true),
    CanCreateAttributes: managedProperty('cancreateattributes', !table.isIntersect),
    Privileges: privilegesJson(table),
  };
}

/** A table as metadata. */
export function entityNode(state: OrganizationState, table: TableDefinition): MetadataNode {
  return {
    type: 'EntityMetadata',
    json: entityJson(table),
    derived: new Set(),
    links: {
      Attributes: () => attributeNodes(table),
      ManyToOneRelationships: () => manyToOneNodes(state, table),
      OneToManyRelationships: () => oneToManyNodes(state, table),
      ManyToManyRelationships: () => manyToManyNodes(state, table),
      Keys: () => table.keys.map((key) => keyNode(table, key)),
    },
  };
}
