import {
  attributeProperties,
  attributeTypes,
  entityProperties,
  relationshipProperties,
} from './csdlMetadataTypes.ts';

/** A complex type: property names and types, and the type that it is derived from. */
export interface CsdlComplexType {
  readonly base?: string;
  readonly properties: Readonly<Record<string, string>>;
}

type Properties = CsdlComplexType['properties'];

const counted = { Count: 'Edm.Int32', IsReadOnly: 'Edm.Boolean' };
const part = { Criteria: 'mscrm.MetadataFilterExpression', Properties: 'mscrm.MetadataPropertiesExpression' };
const item = { MetadataId: 'Edm.Guid', HasChanged: 'Edm.Boolean' };

const answers: Readonly<Record<string, Properties>> = {
  WhoAmIResponse: { BusinessUnitId: 'Edm.Guid', UserId: 'Edm.Guid', OrganizationId: 'Edm.Guid' },
  RetrieveVersionResponse: { Version: 'Edm.String' },
  RetrieveTotalRecordCountResponse: { EntityRecordCountCollection: 'mscrm.EntityRecordCountCollection' },
  EntityRecordCountCollection: {
    ...counted,
    Keys: 'Collection(Edm.String)',
    Values: 'Collection(Edm.Int64)',
  },
  RetrieveCurrentOrganizationResponse: { Detail: 'mscrm.OrganizationDetail' },
  OrganizationDetail: {
    OrganizationId: 'Edm.Guid',
    FriendlyName: 'Edm.String',
    OrganizationVersion: 'Edm.String',
    EnvironmentId: 'Edm.String',
    DatacenterId: 'Edm.Guid',
    Geo: 'Edm.String',
    TenantId: 'Edm.String',
    UrlName: 'Edm.String',
    UniqueName: 'Edm.String',
    Endpoints: 'mscrm.EndpointCollection',
    SchemaType: 'Edm.String',
    State: 'mscrm.OrganizationState',
  },
  EndpointCollection: {
    ...counted,
    Keys: 'Collection(mscrm.EndpointType)',
    Values: 'Collection(Edm.String)',
  },
  AddMemberListResponse: { Id: 'Edm.Guid' },
  CreateMultipleResponse: { Ids: 'Collection(Edm.Guid)' },
  AttributePrivilege: {
    AttributeId: 'Edm.Guid',
    CanCreate: 'Edm.Int32',
    CanRead: 'Edm.Int32',
    CanUpdate: 'Edm.Int32',
  },
  RetrievePrincipalAttributePrivilegesResponse: {
    AttributePrivileges: 'Collection(mscrm.AttributePrivilege)',
  },
  RolePrivilege: {
    Depth: 'mscrm.PrivilegeDepth',
    PrivilegeId: 'Edm.Guid',
    BusinessUnitId: 'Edm.Guid',
    PrivilegeName: 'Edm.String',
    RecordFilterId: 'Edm.Guid',
    RecordFilterUniqueName: 'Edm.String',
  },
  RetrieveUserSetOfPrivilegesByNamesResponse: {
    RolePrivileges: 'Collection(mscrm.RolePrivilege)',
  },
};

const queries: Readonly<Record<string, Properties>> = {
  EntityQueryExpression: {
    ...part,
    AttributeQuery: 'mscrm.AttributeQueryExpression',
    RelationshipQuery: 'mscrm.RelationshipQueryExpression',
    KeyQuery: 'mscrm.EntityKeyQueryExpression',
    LabelQuery: 'mscrm.LabelQueryExpression',
  },
  AttributeQueryExpression: part,
  RelationshipQueryExpression: part,
  EntityKeyQueryExpression: part,
  LabelQueryExpression: { FilterLanguages: 'Collection(Edm.Int32)', MissingLabelBehavior: 'Edm.Int32' },
  MetadataPropertiesExpression: { AllProperties: 'Edm.Boolean', PropertyNames: 'Collection(Edm.String)' },
  MetadataFilterExpression: {
    Conditions: 'Collection(mscrm.MetadataConditionExpression)',
    FilterOperator: 'mscrm.LogicalOperator',
    Filters: 'Collection(mscrm.MetadataFilterExpression)',
  },
  MetadataConditionExpression: {
    PropertyName: 'Edm.String',
    ConditionOperator: 'mscrm.MetadataConditionOperator',
    Value: 'mscrm.Object',
  },
  Object: { Type: 'Edm.String', Value: 'Edm.String' },
};

const changes: Readonly<Record<string, Properties>> = {
  RetrieveMetadataChangesResponse: {
    ServerVersionStamp: 'Edm.String',
    DeletedMetadata: 'mscrm.DeletedMetadataCollection',
    EntityMetadata: 'Collection(mscrm.ComplexEntityMetadata)',
  },
  DeletedMetadataCollection: {
    ...counted,
    Keys: 'Collection(mscrm.DeletedMetadataFilters)',
    Values: 'Collection(mscrm.GuidCollection)',
  },
  GuidCollection: { ...counted, Items: 'Collection(Edm.Guid)' },
  ComplexEntityMetadata: {
    ...item,
    ...entityProperties,
    Attributes: 'Collection(mscrm.ComplexAttributeMetadata)',
    ManyToOneRelationships: 'Collection(mscrm.ComplexOneToManyRelationshipMetadata)',
    OneToManyRelationships: 'Collection(mscrm.ComplexOneToManyRelationshipMetadata)',
    ManyToManyRelationships: 'Collection(mscrm.ComplexManyToManyRelationshipMetadata)',
    Keys: 'Collection(mscrm.ComplexEntityKeyMetadata)',
  },
  ComplexAttributeMetadata: { ...item, ...attributeProperties },
  ...Object.fromEntries(
    Object.entries(relationshipProperties).map(([name, own]) => [`Complex${name}`, { ...item, ...own }]),
  ),
};

const labels: Readonly<Record<string, Properties>> = {
  LocalizedLabel: { Label: 'Edm.String', LanguageCode: 'Edm.Int32', IsManaged: 'Edm.Boolean' },
  Label: {
    LocalizedLabels: 'Collection(mscrm.LocalizedLabel)',
    UserLocalizedLabel: 'mscrm.LocalizedLabel',
  },
  BooleanManagedProperty: {
    Value: 'Edm.Boolean',
    CanBeChanged: 'Edm.Boolean',
    ManagedPropertyLogicalName: 'Edm.String',
  },
};

const plain = Object.entries({ ...answers, ...queries, ...changes, ...labels }).map(
  ([name, properties]): readonly [string, CsdlComplexType] => [name, { properties }],
);

const derived = Object.entries(attributeTypes).map(
  ([type, properties]): readonly [string, CsdlComplexType] => [
    `Complex${type}AttributeMetadata`,
    { base: 'ComplexAttributeMetadata', properties },
  ],
);

/** Complex types that operations take and return, and that metadata consists of. */
export const csdlComplexTypes: Readonly<Record<string, CsdlComplexType>> = Object.fromEntries([
  ...plain,
  ...derived,
]);

/** Enumerations of those types. */
export const csdlEnumerations: Readonly<
  Record<string, { readonly isFlags?: boolean; readonly members: Readonly<Record<string, number>> }>
> = {
  LogicalOperator: { members: { And: 0, Or: 1 } },
  MetadataConditionOperator: {
    members: { Equals: 0, NotEquals: 1, In: 2, NotIn: 3, GreaterThan: 4, LessThan: 5 },
  },
  DeletedMetadataFilters: {
    isFlags: true,
    members: { Default: 1, Attribute: 2, Relationship: 4, Label: 8, OptionSet: 16, All: 31 },
  },
  PrivilegeDepth: { members: { Basic: 0, Local: 1, Deep: 2, Global: 3 } },
  EndpointAccessType: { members: { Default: 0, Internet: 1, Intranet: 2 } },
  EndpointType: { members: { OrganizationService: 0, OrganizationDataService: 1, WebApplication: 2 } },
  OrganizationState: { members: { Enabled: 0, Disabled: 1 } },
};
