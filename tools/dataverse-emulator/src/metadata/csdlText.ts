import type { OrganizationState } from '../core/organizationState.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { collectionsOf, entityXml, navigationsOf, navigationXml, type CsdlNavigation } from './csdlEntity.ts';
import { metadataTypesXml, metadataSetsXml } from './csdlMetadataTypes.ts';
import { csdlComplexTypes, csdlEnumerations } from './csdlComplexTypes.ts';
import { csdlOperations, type CsdlOperation } from './csdlOperations.ts';
import { xml } from './xml.ts';

const vocabularies: Readonly<Record<string, string>> = {
  'Org.OData.Core.V1': 'Core',
  'Org.OData.Capabilities.V1': 'Capabilities',
};

function referencesXml(): string {
  return Object.entries(vocabularies)
    .map(([name, alias]) =>
      xml(
        'edmx:Reference',
        { Uri: `https://oasis-tcs.github.io/odata-vocabularies/vocabularies/${name}.xml` },
        xml('edmx:Include', { Namespace: name, Alias: alias }),
      ),
    )
    .join('');
}

function baseTypesXml(state: OrganizationState): string {
  return [
    xml('EntityType', { Name: 'crmbaseentity', Abstract: 'true' }),
    xml('EntityType', { Name: 'expando', BaseType: 'mscrm.crmbaseentity', OpenType: 'true' }),
    xml(
      'EntityType',
      { Name: 'principal', BaseType: 'mscrm.crmbaseentity' },
      xml('Key', {}, xml('PropertyRef', { Name: 'ownerid' })),
      xml('Property', { Name: 'ownerid', Type: 'Edm.Guid', Nullable: 'false' }),
      ...collectionsOf(state, 'owner').map(navigationXml),
    ),
  ].join('');
}

function complexTypesXml(): string {
  return Object.entries(csdlComplexTypes)
    .map(([name, { base, properties }]) =>
      xml(
        'ComplexType',
        { Name: name, BaseType: base && `mscrm.${base}` },
        ...Object.entries(properties).map(([property, type]) =>
          xml('Property', { Name: property, Type: type }),
        ),
      ),
    )
    .join('');
}

function enumerationsXml(): string {
  return Object.entries(csdlEnumerations)
    .map(([name, { isFlags, members }]) =>
      xml(
        'EnumType',
        { Name: name, IsFlags: isFlags ? 'true' : undefined },
        ...Object.entries(members).map(([member, value]) =>
          xml('Member', { Name: member, Value: String(value) }),
        ),
      ),
    )
    .join('');
}

function operationXml({ kind, name, isBound, parameters, returns }: CsdlOperation): string {
  return xml(
    kind,
    { Name: name, IsBound: isBound ? 'true' : undefined },
    ...parameters.map((each) =>
      xml('Parameter', {
        Name: each.name,
        Type: each.type,
        Nullable: each.nullable === false ? 'false' : undefined,
      }),
    ),
    returns === undefined ? '' : xml('ReturnType', { Type: returns, Nullable: 'false' }),
  );
}

function importsXml(operations: readonly CsdlOperation[]): string {
  return operations
    .filter(({ isBound }) => !isBound)
    .map(({ kind, name }) => xml(`${kind}Import`, { Name: name, [kind]: `mscrm.${name}` }))
    .join('');
}

function bindingXml(state: OrganizationState, { name, target }: CsdlNavigation): string {
  const set = target === 'owner' ? 'principals' : state.tables.get(target)?.set;
  return set === undefined ? '' : xml('NavigationPropertyBinding', { Path: name, Target: set });
}

const tracking = xml(
  'Annotation',
  { Term: 'Org.OData.Capabilities.V1.ChangeTracking' },
  xml('Record', {}, xml('PropertyValue', { Property: 'Supported', Bool: 'true' })),
);

function setXml(state: OrganizationState, table: TableDefinition, isAnnotated: boolean): string {
  return xml(
    'EntitySet',
    { Name: table.set, EntityType: `mscrm.${table.name}` },
    ...navigationsOf(state, table).map((each) => bindingXml(state, each)),
    isAnnotated && table.changeTracking ? tracking : '',
  );
}

function principalsXml(state: OrganizationState): string {
  const bindings = collectionsOf(state, 'owner').map((each) => bindingXml(state, each));
  return xml('EntitySet', { Name: 'principals', EntityType: 'mscrm.principal' }, ...bindings);
}

/** The CSDL document of the organisation as it is now; annotations only when asked for (facts, section 2.1). */
export function csdlText(state: OrganizationState, isAnnotated: boolean): string {
  const tables = [...state.tables.values()];
  const operations = csdlOperations(state);
  const container = xml(
    'EntityContainer',
    { Name: 'System' },
    ...tables.map((table) => setXml(state, table, isAnnotated)),
    principalsXml(state),
    metadataSetsXml,
    importsXml(operations),
  );
  const schema = xml(
    'Schema',
    { Namespace: 'Microsoft.Dynamics.CRM', Alias: 'mscrm', xmlns: 'http://docs.oasis-open.org/odata/ns/edm' },
    baseTypesXml(state),
    ...tables.map((table) => entityXml(state, table, isAnnotated)),
    complexTypesXml(),
    metadataTypesXml,
    enumerationsXml(),
    ...operations.map(operationXml),
    container,
  );
  return `<?xml version="1.0" encoding="utf-8"?>${xml(
    'edmx:Edmx',
    { Version: '4.0', 'xmlns:edmx': 'http://docs.oasis-open.org/odata/ns/edmx' },
    referencesXml(),
    xml('edmx:DataServices', {}, schema),
  )}`;
}
