import type { DynamicsWebApi } from 'dynamics-web-api';
import { openDynamicsWebApi } from './dynamicsWebApi.ts';
import { startClient, type OrganizationClient } from './organizationClient.ts';
import { visitTable } from './visitTable.ts';

/** The cache of definitions that Microsoft's sample keeps, with the npm client `dynamics-web-api`, unmodified. */
let organization: OrganizationClient;
let client: DynamicsWebApi;

beforeEach(async () => {
  organization = await startClient();
  client = openDynamicsWebApi(organization.emulator);
});
afterEach(() => organization.close());

type Item = Readonly<Record<string, unknown>>;

interface Table extends Item {
  readonly LogicalName: string;
  readonly Attributes?: readonly Item[];
}

interface Made extends Table {
  readonly MetadataId: string;
  readonly ManyToOneRelationships: readonly [{ readonly MetadataId: string }];
}

interface Changes {
  readonly ServerVersionStamp: string;
  readonly EntityMetadata: readonly Table[];
  readonly DeletedMetadata: {
    readonly Keys: readonly string[];
    readonly Values: readonly { readonly Items: readonly string[] }[];
  } | null;
}

const text = (value: string) => ({ Type: 'System.String', Value: value });
const equals = (name: string, value: string) => ({
  PropertyName: name,
  ConditionOperator: 'Equals',
  Value: text(value),
});
const all = (...Conditions: readonly Item[]) => ({ FilterOperator: 'And', Conditions });

const choicesOfContact = {
  Criteria: all(equals('LogicalName', 'contact')),
  Properties: { AllProperties: false, PropertyNames: ['Attributes'] },
  AttributeQuery: {
    Criteria: all(equals('AttributeType', 'Picklist')),
    Properties: { AllProperties: false, PropertyNames: ['SchemaName', 'OptionSet'] },
  },
};

const changes = (Query: Item, more: Item = {}): Promise<Changes> =>
  client.callFunction<Changes>({ functionName: 'RetrieveMetadataChanges', parameters: { Query, ...more } });

const addColumn = (type: string, SchemaName: string, more: Item = {}): Promise<unknown> =>
  organization.control('columns', {
    table: 'contact',
    column: { '@odata.type': `Microsoft.Dynamics.CRM.${type}AttributeMetadata`, SchemaName, ...more },
  });

const options = {
  OptionSet: {
    IsGlobal: false,
    OptionSetType: 'Picklist',
    Options: [{ Value: 1, Label: { LocalizedLabels: [] } }],
  },
};

const attributesOf = ({ EntityMetadata: [table] }: Changes): readonly Item[] => table?.Attributes ?? [];
const columnsOf = (answer: Changes): unknown[] => attributesOf(answer).map(({ LogicalName }) => LogicalName);
const deletedOf = ({ DeletedMetadata: deleted }: Changes, kind: string): readonly string[] =>
  deleted?.Values[deleted.Keys.indexOf(kind)]?.Items ?? [];

describe('RetrieveMetadataChanges', () => {
  it('gives what the query wants, then only what is new, then the ids of what is gone', async () => {
    const first = await changes(choicesOfContact);
    expect(first.EntityMetadata.map(({ LogicalName }) => LogicalName)).toEqual(['contact']);
    expect(columnsOf(first)).toContain('preferredcontactmethodcode');
    expect(columnsOf(first)).not.toContain('lastname');
    expect(attributesOf(first)[0]).toMatchObject({
      '@odata.type': '#Microsoft.Dynamics.CRM.ComplexPicklistAttributeMetadata',
      OptionSet: { Options: expect.any(Array) as unknown },
      HasChanged: null,
    });

    await addColumn('Picklist', 'new_Shirt', options);
    await addColumn('String', 'new_Motto', { MaxLength: 10 });
    const second = await changes(choicesOfContact, { ClientVersionStamp: first.ServerVersionStamp });
    expect(columnsOf(second)).toEqual(['new_shirt']);
    expect(attributesOf(second)[0]).toMatchObject({ HasChanged: true });
    expect(second.DeletedMetadata).toBeNull();

    const [{ MetadataId: id }] = attributesOf(second) as [Item];
    await organization.control('columns/contact/new_shirt', undefined, 'DELETE');
    const third = await changes(choicesOfContact, {
      ClientVersionStamp: second.ServerVersionStamp,
      DeletedMetadataFilters: 'Attribute',
    });
    expect(third.EntityMetadata).toEqual([]);
    expect(third.DeletedMetadata).toMatchObject({ Count: 1, Keys: ['Attribute'] });
    expect(deletedOf(third, 'Attribute')).toContain(id);
  });

  it('tells of tables, relationships and option sets that are gone, and of none that came back', async () => {
    const create = (): Promise<unknown> =>
      organization.call('EntityDefinitions', { method: 'POST', body: visitTable });
    const drop = (): Promise<unknown> =>
      organization.call("EntityDefinitions(LogicalName='new_visit')", { method: 'DELETE' });
    await create();
    const { ServerVersionStamp: ClientVersionStamp, EntityMetadata } = await changes({
      Criteria: all(equals('LogicalName', 'new_visit')),
      Properties: { PropertyNames: ['MetadataId', 'ManyToOneRelationships'] },
    });
    const [visited] = EntityMetadata as readonly [Made];
    await drop();
    const gone = { ClientVersionStamp, DeletedMetadataFilters: 'All' };
    const told = await changes(choicesOfContact, gone);
    expect(told.DeletedMetadata?.Keys).toEqual(['Default', 'Attribute', 'Relationship', 'OptionSet']);
    expect(deletedOf(told, 'Default')).toEqual([visited.MetadataId]);
    expect(deletedOf(told, 'Relationship')).toContain(visited.ManyToOneRelationships[0].MetadataId);

    await create();
    expect((await changes(choicesOfContact, gone)).DeletedMetadata).toMatchObject({ Count: 0 });
  });

  it('matches by every operator, by nested filters and by values within values', async () => {
    const named = async (Criteria: Item): Promise<unknown[]> => {
      const query = { Criteria, Properties: { PropertyNames: ['ObjectTypeCode'] } };
      return (await changes(query)).EntityMetadata.map(({ LogicalName }) => LogicalName);
    };
    const condition = (PropertyName: string, ConditionOperator: string, Value: unknown) => ({
      PropertyName,
      ConditionOperator,
      Value: { Type: 'System.String[]', Value },
    });
    const listed = condition('LogicalName', 'In', "['lead','contact','team']");
    expect(await named(all(listed))).toEqual(['lead', 'contact', 'team']);
    expect(await named(all(listed, condition('LogicalName', 'NotEquals', 'team')))).toEqual([
      'lead',
      'contact',
    ]);
    expect(await named(all(listed, condition('ObjectTypeCode', 'LessThan', 4)))).toEqual(['contact']);
    expect(
      await named({
        ...all(listed),
        Filters: [
          {
            FilterOperator: 'Or',
            Conditions: [equals('LogicalName', 'team'), condition('ObjectTypeCode', 'GreaterThan', 8)],
          },
        ],
      }),
    ).toEqual(['team']);
    const untracked = condition('CanChangeTrackingBeEnabled', 'Equals', 'false');
    expect(await named(all(untracked, condition('LogicalName', 'NotIn', "['accountleads']")))).toContain(
      'teammembership',
    );
  });

  it('refuses a stamp that is older than changes are known, or of before a restore, or garbage', async () => {
    const stampOf = async (): Promise<Item> => ({
      ClientVersionStamp: (await changes(choicesOfContact)).ServerVersionStamp,
    });
    const early = await stampOf();
    await organization.control('clock', { advanceMs: 91 * 86_400_000 });
    await organization.renewToken();
    client = openDynamicsWebApi(organization.emulator);
    await expect(changes(choicesOfContact, early)).rejects.toMatchObject({ code: '0x80044352' });
    const late = await stampOf();
    await organization.control('snapshots', { name: 'now' });
    await organization.control('restore', { snapshot: 'now' });
    await expect(changes(choicesOfContact, late)).rejects.toMatchObject({ code: '0x80044352' });
    await expect(changes(choicesOfContact, { ClientVersionStamp: 'x' })).rejects.toMatchObject({
      code: '0x80040203',
    });
    await expect(changes({ Criteria: all({ PropertyName: 'NoSuch' }) })).rejects.toMatchObject({
      status: 400,
    });
    const { body } = await organization.call('organizations?$select=expiresubscriptionsindays');
    expect(body.value[0]).toMatchObject({ expiresubscriptionsindays: 90 });
  });
});

describe('the functions about the organisation', () => {
  it('say its version, its names and where its services are', async () => {
    const { Version } = await client.callFunction<{ Version: string }>('RetrieveVersion');
    const { Detail } = await client.callFunction<{ Detail: Item }>({
      functionName: 'RetrieveCurrentOrganization',
      parameters: { AccessType: 'Default' },
    });
    const { OrganizationId } = await client.callFunction<Item>('WhoAmI');

    expect(Version).toMatch(/^9\.2\./);
    expect(Detail).toMatchObject({
      OrganizationId,
      OrganizationVersion: Version,
      State: 'Enabled',
      Endpoints: { Keys: expect.arrayContaining(['WebApplication']) as unknown },
    });
    await expect(client.callFunction('RetrieveCurrentOrganization')).rejects.toMatchObject({ status: 400 });
  });

  it('count the rows of tables, named in a list or by an alias', async () => {
    await organization.seed('lead', [{ lastname: 'Ek' }]);
    const count = async (target: string): Promise<unknown> =>
      (await organization.call(target)).body['EntityRecordCountCollection'];
    const wanted = { Count: 2, Keys: ['lead', 'account'], Values: [1, 0] };

    expect(await count("RetrieveTotalRecordCount(EntityNames=['lead','account'])")).toMatchObject(wanted);
    expect(await count("RetrieveTotalRecordCount(EntityNames=@p1)?@p1=['lead','account']")).toMatchObject(
      wanted,
    );
  });
});
