import { request } from 'undici';
import { dataverseToken } from './dataverseToken.ts';
import type { EmulatedDynamics } from './emulatedDynamics.ts';

const metadata = (type: string): string => `Microsoft.Dynamics.CRM.${type}`;
const label = (text: string) => ({
  '@odata.type': metadata('Label'),
  LocalizedLabels: [{ '@odata.type': metadata('LocalizedLabel'), Label: text, LanguageCode: 1033 }],
});

/** Makes the custom table `new_visit` with the column `new_name`, by the metadata API, as a maker's tool would. */
export function createVisitTable(dynamics: EmulatedDynamics): Promise<void> {
  return createTable(dynamics, 'Visit');
}

/** Makes a custom table `new_<name>` with the column `new_name`, and a lookup to a table for each of `lookups`. */
export async function createTable(
  dynamics: EmulatedDynamics,
  name: string,
  lookups: Readonly<Record<string, string>> = {},
): Promise<void> {
  await define(dynamics, 'EntityDefinitions', {
    '@odata.type': metadata('EntityMetadata'),
    SchemaName: `new_${name}`,
    DisplayName: label(name),
    OwnershipType: 'UserOwned',
    ChangeTrackingEnabled: true,
    Attributes: [
      {
        '@odata.type': metadata('StringAttributeMetadata'),
        SchemaName: 'new_Name',
        DisplayName: label('Name'),
        IsPrimaryName: true,
        MaxLength: 100,
      },
    ],
  });
  for (const [column, table] of Object.entries(lookups))
    await define(dynamics, 'RelationshipDefinitions', {
      '@odata.type': metadata('OneToManyRelationshipMetadata'),
      SchemaName: `new_${table}_${name}`,
      ReferencedEntity: table,
      ReferencingEntity: `new_${name.toLowerCase()}`,
      Lookup: {
        '@odata.type': metadata('LookupAttributeMetadata'),
        SchemaName: column,
        DisplayName: label(column),
      },
    });
}

/** Makes a column `new_<name>` of a table, of which several of `options`, labels by number, may be chosen. */
export async function createOptionsColumn(
  dynamics: EmulatedDynamics,
  { table, name, options }: { table: string; name: string; options: Readonly<Record<number, string>> },
): Promise<void> {
  await define(dynamics, `EntityDefinitions(LogicalName='${table}')/Attributes`, {
    '@odata.type': metadata('MultiSelectPicklistAttributeMetadata'),
    SchemaName: `new_${name}`,
    DisplayName: label(name),
    OptionSet: {
      '@odata.type': metadata('OptionSetMetadata'),
      IsGlobal: false,
      OptionSetType: 'Picklist',
      Options: Object.entries(options).map(([value, text]) => ({ Value: Number(value), Label: label(text) })),
    },
  });
}

/** Lets a text column of a table hold more, as a maker's tool would. */
export const widenColumn = (
  dynamics: EmulatedDynamics,
  { table, name, lengthMax }: { table: string; name: string; lengthMax: number },
): Promise<void> =>
  define(
    dynamics,
    `EntityDefinitions(LogicalName='${table}')/Attributes(LogicalName='${name}')`,
    { MaxLength: lengthMax },
    'PUT',
  );

async function define(
  dynamics: EmulatedDynamics,
  path: string,
  definition: object,
  method: 'POST' | 'PUT' = 'POST',
): Promise<void> {
  const { statusCode, body } = await request(`${dynamics.url}/api/data/v9.2/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await dataverseToken(dynamics)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(definition),
  });
  const text = await body.text();
  if (statusCode !== 204) throw new Error(`${path} were not made: ${statusCode} ${text}`);
}
