import { xml } from './xml.ts';

type Properties = Readonly<Record<string, string>>;

function property([name, type]: readonly [string, string]): string {
  return xml('Property', { Name: name, Type: type });
}

function collection([name, type]: readonly [string, string]): string {
  return xml('NavigationProperty', { Name: name, Type: `Collection(mscrm.${type})`, ContainsTarget: 'true' });
}

function derived(name: string, base: string, properties: Properties, navigations: Properties = {}): string {
  return xml(
    'EntityType',
    { Name: name, BaseType: `mscrm.${base}` },
    ...Object.entries(properties).map(property),
    ...Object.entries(navigations).map(collection),
  );
}

function enumeration(name: string, members: Readonly<Record<string, number>>): string {
  const printed = Object.entries(members).map(([member, value]) =>
    xml('Member', { Name: member, Value: String(value) }),
  );
  return xml('EnumType', { Name: name }, ...printed);
}

const names = { LogicalName: 'Edm.String', SchemaName: 'Edm.String' };

/** What is said of a table. */
export const entityProperties: Properties = {
  ...names,
  EntitySetName: 'Edm.String',
  PrimaryIdAttribute: 'Edm.String',
  PrimaryNameAttribute: 'Edm.String',
  ObjectTypeCode: 'Edm.Int32',
  OwnershipType: 'mscrm.OwnershipTypes',
  ChangeTrackingEnabled: 'Edm.Boolean',
  CanChangeTrackingBeEnabled: 'mscrm.BooleanManagedProperty',
  IsCustomEntity: 'Edm.Boolean',
  IsIntersect: 'Edm.Boolean',
  DisplayName: 'mscrm.Label',
};

const entityMetadata = derived('EntityMetadata', 'MetadataBase', entityProperties, {
  Attributes: 'AttributeMetadata',
  ManyToOneRelationships: 'OneToManyRelationshipMetadata',
  OneToManyRelationships: 'OneToManyRelationshipMetadata',
  ManyToManyRelationships: 'ManyToManyRelationshipMetadata',
  Keys: 'EntityKeyMetadata',
});

/** What is said of every column. */
export const attributeProperties: Properties = {
  ...names,
  EntityLogicalName: 'Edm.String',
  AttributeOf: 'Edm.String',
  AttributeType: 'mscrm.AttributeTypeCode',
  DisplayName: 'mscrm.Label',
  IsSecured: 'Edm.Boolean',
  IsValidForCreate: 'Edm.Boolean',
  IsValidForRead: 'Edm.Boolean',
  IsValidForUpdate: 'Edm.Boolean',
};

const attributeMetadata = derived('AttributeMetadata', 'MetadataBase', attributeProperties);

/** What is said of a column of one type only. */
export const attributeTypes: Readonly<Record<string, Properties>> = {
  String: { MaxLength: 'Edm.Int32' },
  Memo: { MaxLength: 'Edm.Int32' },
  Integer: { MinValue: 'Edm.Int32', MaxValue: 'Edm.Int32' },
  BigInt: { MinValue: 'Edm.Int64', MaxValue: 'Edm.Int64' },
  Decimal: { Precision: 'Edm.Int32' },
  Double: { Precision: 'Edm.Int32' },
  Money: { Precision: 'Edm.Int32', PrecisionSource: 'Edm.Int32' },
  Boolean: { DefaultValue: 'Edm.Boolean' },
  Picklist: { DefaultFormValue: 'Edm.Int32' },
  MultiSelectPicklist: { DefaultFormValue: 'Edm.Int32' },
  State: { DefaultFormValue: 'Edm.Int32' },
  Status: { DefaultFormValue: 'Edm.Int32' },
  Lookup: { Targets: 'Collection(Edm.String)' },
  DateTime: {},
  UniqueIdentifier: {},
  Image: {},
  File: {},
};

/** What is said of relationships and keys. */
export const relationshipProperties = {
  OneToManyRelationshipMetadata: {
    ReferencedEntity: 'Edm.String',
    ReferencedAttribute: 'Edm.String',
    ReferencingEntity: 'Edm.String',
    ReferencingAttribute: 'Edm.String',
    ReferencingEntityNavigationPropertyName: 'Edm.String',
  },
  ManyToManyRelationshipMetadata: {
    Entity1LogicalName: 'Edm.String',
    Entity2LogicalName: 'Edm.String',
    IntersectEntityName: 'Edm.String',
  },
  EntityKeyMetadata: { ...names, KeyAttributes: 'Collection(Edm.String)' },
} satisfies Readonly<Record<string, Properties>>;

const {
  OneToManyRelationshipMetadata: oneToMany,
  ManyToManyRelationshipMetadata: manyToMany,
  EntityKeyMetadata: key,
} = relationshipProperties;

const relationshipTypes = [
  derived('RelationshipMetadataBase', 'MetadataBase', { SchemaName: 'Edm.String' }),
  derived('OneToManyRelationshipMetadata', 'RelationshipMetadataBase', oneToMany),
  derived('ManyToManyRelationshipMetadata', 'RelationshipMetadataBase', manyToMany),
  derived('EntityKeyMetadata', 'MetadataBase', key),
  derived('OptionSetMetadataBase', 'MetadataBase', { Name: 'Edm.String', IsGlobal: 'Edm.Boolean' }),
];

const codes = [
  'Boolean',
  'Customer',
  'DateTime',
  'Decimal',
  'Double',
  'Integer',
  'Lookup',
  'Memo',
  'Money',
  'Owner',
  'PartyList',
  'Picklist',
  'State',
  'Status',
  'String',
  'Uniqueidentifier',
  'CalendarRules',
  'Virtual',
  'BigInt',
  'ManagedProperty',
  'EntityName',
];

const enumerations = [
  enumeration('OwnershipTypes', {
    None: 0,
    UserOwned: 1,
    TeamOwned: 2,
    BusinessOwned: 4,
    OrganizationOwned: 8,
  }),
  enumeration('AttributeTypeCode', Object.fromEntries(codes.map((code, value) => [code, value]))),
];

/** The types of the metadata itself: those members of them that say what a table is. */
export const metadataTypesXml = [
  xml(
    'EntityType',
    { Name: 'MetadataBase', BaseType: 'mscrm.crmbaseentity', Abstract: 'true' },
    xml('Key', {}, xml('PropertyRef', { Name: 'MetadataId' })),
    xml('Property', { Name: 'MetadataId', Type: 'Edm.Guid', Nullable: 'false' }),
    xml('Property', { Name: 'HasChanged', Type: 'Edm.Boolean' }),
  ),
  entityMetadata,
  attributeMetadata,
  ...Object.entries(attributeTypes).map(([type, properties]) =>
    derived(`${type}AttributeMetadata`, 'AttributeMetadata', properties),
  ),
  ...relationshipTypes,
  ...enumerations,
].join('');

/** The sets of the metadata. */
export const metadataSetsXml = [
  xml('EntitySet', { Name: 'EntityDefinitions', EntityType: 'mscrm.EntityMetadata' }),
  xml('EntitySet', { Name: 'RelationshipDefinitions', EntityType: 'mscrm.RelationshipMetadataBase' }),
  xml('EntitySet', { Name: 'GlobalOptionSetDefinitions', EntityType: 'mscrm.OptionSetMetadataBase' }),
].join('');
