import type { DynamicsWebApi } from 'dynamics-web-api';
import { openDynamicsWebApi } from './dynamicsWebApi.ts';
import { startClient, type OrganizationClient } from './organizationClient.ts';

/** The metadata functions of the npm client `dynamics-web-api`, unmodified. */
let organization: OrganizationClient;
let client: DynamicsWebApi;

beforeAll(async () => {
  organization = await startClient();
  client = openDynamicsWebApi(organization.emulator);
});
afterAll(() => organization.close());

type Row = Record<string, unknown>;

describe('the metadata functions of dynamics-web-api', () => {
  it('read one column by its cast, with its options', async () => {
    const column = await client.retrieveAttribute<Row>({
      entityKey: "LogicalName='lead'",
      attributeKey: "LogicalName='leadsourcecode'",
      castType: 'Microsoft.Dynamics.CRM.PicklistAttributeMetadata',
      select: ['LogicalName'],
      expand: [{ property: 'OptionSet' }],
    });
    const options = (column['OptionSet'] as { Options: { Value: number }[] }).Options;
    expect(options.map(({ Value }) => Value)).toContain(8);
  });

  it('read tables with nested selections and filters', async () => {
    const { value } = await client.retrieveEntities<Row>({
      select: ['LogicalName'],
      filter: "LogicalName eq 'contact'",
      expand: [
        { property: 'Attributes', select: ['LogicalName'], filter: "LogicalName eq 'birthdate'" },
        { property: 'ManyToOneRelationships', select: ['ReferencingEntityNavigationPropertyName'] },
      ],
    });
    expect(value).toHaveLength(1);
    expect(value[0]?.['Attributes']).toMatchObject([{ LogicalName: 'birthdate' }]);
    expect(value[0]?.['ManyToOneRelationships']).toContainEqual(
      expect.objectContaining({ ReferencingEntityNavigationPropertyName: 'parentcustomerid_account' }),
    );
  });

  it('read relationships and global option sets', async () => {
    const relationships = await client.retrieveRelationships<Row>({
      castType: 'Microsoft.Dynamics.CRM.ManyToManyRelationshipMetadata',
      select: ['SchemaName'],
    });
    expect(relationships.value.map(({ SchemaName }) => SchemaName)).toContain('teammembership_association');
    const sets = await client.retrieveGlobalOptionSets<Row>({ select: ['Name'] });
    expect(Array.isArray(sets.value)).toBe(true);
  });
});
