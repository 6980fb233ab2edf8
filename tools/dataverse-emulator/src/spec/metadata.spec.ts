import { startClient, type Answered, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.close());

type Item = Record<string, unknown>;

function get(path: string): Promise<Answered> {
  return client.call(encodeURI(path), { headers: { consistency: 'Strong' } });
}

async function listed(path: string): Promise<Item[]> {
  const { status, body } = await get(path);
  expect(status).toBe(200);
  return body.value;
}

const casts = (type: string): string =>
  `EntityDefinitions(LogicalName='lead')/Attributes/Microsoft.Dynamics.CRM.${type}AttributeMetadata`;

describe('definitions of tables', () => {
  it('lists every table of the sync with its set, key and tracking', async () => {
    const tables = await listed(
      'EntityDefinitions?$select=LogicalName,EntitySetName,PrimaryIdAttribute&$filter=ChangeTrackingEnabled eq true and IsCustomEntity eq false',
    );
    expect(tables).toContainEqual(
      expect.objectContaining({ LogicalName: 'teammembership', EntitySetName: 'teammemberships' }),
    );
    expect(tables).toContainEqual(
      expect.objectContaining({ LogicalName: 'task', PrimaryIdAttribute: 'activityid' }),
    );
    expect(tables.every((table) => typeof table['MetadataId'] === 'string' && !('SchemaName' in table))).toBe(
      true,
    );
  });

  it('filters by enum values, managed properties, functions and logic', async () => {
    const names = async (filter: string): Promise<unknown[]> =>
      (await listed(`EntityDefinitions?$select=LogicalName&$filter=${filter}`)).map(
        (each) => each['LogicalName'],
      );
    expect(await names("OwnershipType eq Microsoft.Dynamics.CRM.OwnershipTypes'OrganizationOwned'")).toEqual([
      'connectionrole',
      'transactioncurrency',
      'fieldsecurityprofile',
      'sdkmessage',
      'sdkmessagefilter',
      'serviceendpoint',
      'sdkmessageprocessingstep',
      'sdkmessageprocessingstepimage',
    ]);
    expect(await names('CanChangeTrackingBeEnabled/Value eq false')).toContain('teammembership');
    expect(
      await names("(startswith(LogicalName,'lea') or LogicalName eq 'team') and not (ObjectTypeCode gt 100)"),
    ).toEqual(['lead', 'team']);
    expect((await get('EntityDefinitions?$filter=LogicalName eq')).code).toBe('0x80040203');
  });

  it('finds a table by name and by id, and says which it does not know', async () => {
    const lead = (await get("EntityDefinitions(LogicalName='lead')?$select=LogicalName")).body;
    const again = (await get(`EntityDefinitions(${String(lead['MetadataId'])})`)).body;
    expect(again).toMatchObject({ LogicalName: 'lead', SchemaName: 'Lead', ObjectTypeCode: 4 });
    expect(JSON.stringify(again['Privileges'])).toContain('"Name":"prvReadLead","PrivilegeType":"Read"');
    const unknown = await get("EntityDefinitions(LogicalName='nosuch')");
    expect([unknown.status, unknown.code]).toEqual([404, '0x80041102']);
    expect((await get("EntityDefinitions(LogicalName='lead')/LogicalName")).body.value).toBe('lead');
  });
});

describe('attributes', () => {
  it('gives of each type its own properties through a cast', async () => {
    const of = async (type: string, name: string): Promise<Item | undefined> =>
      (await listed(casts(type))).find((each) => each['LogicalName'] === name);
    expect(await of('String', 'lastname')).toMatchObject({ MaxLength: 50 });
    expect(await of('Money', 'revenue')).toMatchObject({
      PrecisionSource: 2,
      Precision: 2,
      CalculationOf: null,
    });
    expect(await of('Money', 'revenue_base')).toMatchObject({
      CalculationOf: 'revenue',
      IsValidForUpdate: false,
    });
    expect(await of('Decimal', 'exchangerate')).toMatchObject({ Precision: 10 });
    expect(await of('DateTime', 'estimatedclosedate')).toMatchObject({
      Format: 'DateOnly',
      DateTimeBehavior: { Value: 'DateOnly' },
    });
    expect(await of('Lookup', 'customerid')).toMatchObject({
      Targets: ['account', 'contact'],
      AttributeTypeName: { Value: 'CustomerType' },
    });
    expect(await of('Lookup', 'ownerid')).toMatchObject({ Targets: ['systemuser', 'team'] });
    expect(await of('String', 'subject')).toMatchObject({ RequiredLevel: { Value: 'ApplicationRequired' } });
  });

  it('refuses a derived property without a cast, and the abstract cast', async () => {
    const path = "EntityDefinitions(LogicalName='lead')/Attributes";
    expect((await get(`${path}?$select=LogicalName,MaxLength`)).code).toBe('0x80048d19');
    expect((await get(`${path}/Microsoft.Dynamics.CRM.EnumAttributeMetadata`)).status).toBe(400);
  });

  it('answers one attribute with a cast and its option set', async () => {
    const { body } = await get(
      "EntityDefinitions(LogicalName='lead')/Attributes(LogicalName='statuscode')/Microsoft.Dynamics.CRM.StatusAttributeMetadata?$select=LogicalName&$expand=OptionSet($select=Options),GlobalOptionSet",
    );
    expect(Object.keys(body).sort()).toEqual(
      ['@odata.context', 'GlobalOptionSet', 'LogicalName', 'MetadataId', 'OptionSet'].sort(),
    );
    expect(JSON.stringify(body['OptionSet'])).toContain('"State":2');
    expect(body['GlobalOptionSet']).toBeNull();
    const missing = await get("EntityDefinitions(LogicalName='lead')/Attributes(LogicalName='nosuch')");
    expect([missing.status, missing.code]).toEqual([404, '0x80041103']);
  });

  it('lists the virtual name columns as what they are', async () => {
    const attributes = await listed("EntityDefinitions(LogicalName='lead')/Attributes");
    const name = attributes.find((each) => each['LogicalName'] === 'leadsourcecodename');
    expect(name).toMatchObject({
      AttributeOf: 'leadsourcecode',
      AttributeTypeName: { Value: 'VirtualType' },
      IsValidODataAttribute: false,
    });
    expect((await client.call('leads?$select=leadsourcecodename')).status).toBe(400);
  });

  it('expands attributes with a nested selection and filter', async () => {
    const { body } = await get(
      "EntityDefinitions(LogicalName='lead')?$select=LogicalName&$expand=Attributes($select=LogicalName;$filter=IsValidForUpdate eq false and AttributeType eq Microsoft.Dynamics.CRM.AttributeTypeCode'BigInt')",
    );
    expect(body['Attributes']).toEqual([
      {
        '@odata.type': '#Microsoft.Dynamics.CRM.BigIntAttributeMetadata',
        LogicalName: 'versionnumber',
        MetadataId: expect.any(String) as string,
      },
    ]);
  });
});

describe('relationships', () => {
  it('shows a lookup from both sides under one name', async () => {
    const many = await listed("EntityDefinitions(LogicalName='lead')/ManyToOneRelationships");
    const one = await listed("EntityDefinitions(LogicalName='account')/OneToManyRelationships");
    const isWanted = (each: Item): boolean => each['SchemaName'] === 'lead_parent_account';
    expect(many.find(isWanted)).toMatchObject({
      ReferencingAttribute: 'parentaccountid',
      ReferencingEntityNavigationPropertyName: 'parentaccountid',
      ReferencedEntity: 'account',
      ReferencedEntityNavigationPropertyName: 'lead_parent_account',
    });
    expect(one.find(isWanted)).toEqual(many.find(isWanted));
  });

  it('gives each kind through a cast of the relationship definitions', async () => {
    const many = await listed(
      "RelationshipDefinitions/Microsoft.Dynamics.CRM.ManyToManyRelationshipMetadata?$filter=SchemaName eq 'teammembership_association'",
    );
    expect(many).toMatchObject([
      { Entity1LogicalName: 'team', Entity2LogicalName: 'systemuser', IntersectEntityName: 'teammembership' },
    ]);
    const { body } = await get(
      "RelationshipDefinitions(SchemaName='lead_customer_contacts')/Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata",
    );
    expect(body['ReferencingEntityNavigationPropertyName']).toBe('customerid_contact');
  });
});

describe('tables', () => {
  it('takes rows of each kind through the API', async () => {
    const post = (set: string, row: Item): Promise<Answered> =>
      client.call(set, { method: 'POST', body: row, headers: { prefer: 'return=representation' } });
    const user = (await client.call("systemusers?$filter=fullname eq 'sales user'")).body.value[0];
    const administratorId = String(user?.['systemuserid']);
    const unit = (await client.call('businessunits')).body.value[0];
    const team = await post('teams', {
      name: 'North',
      'administratorid@odata.bind': `systemusers(${administratorId})`,
      'businessunitid@odata.bind': `businessunits(${String(unit?.['businessunitid'])})`,
    });
    expect(team.body).toMatchObject({ teamtype: 0, isdefault: false });
    const lead = await post('leads', {
      lastname: 'Ek',
      'ownerid@odata.bind': `teams(${String(team.body['teamid'])})`,
    });
    expect(lead.body).toMatchObject({
      _owningteam_value: team.body['teamid'],
      _owninguser_value: null,
      _owningbusinessunit_value: unit?.['businessunitid'],
    });
    const task = await post('tasks', {
      subject: 'Call',
      'regardingobjectid_lead_task@odata.bind': `leads(${String(lead.body['leadid'])})`,
    });
    expect(task.body).toMatchObject({ activitytypecode: 'task', statuscode: 2 });
    for (const set of ['opportunities', 'campaigns', 'lists', 'connectionroles'])
      expect((await post(set, { [set === 'lists' ? 'listname' : 'name']: 'x' })).status).toBe(201);
  });

  it('refuses a row without a column that has to be filled', async () => {
    const answer = await client.call('teams', { method: 'POST', body: { name: 'South' } });
    expect([answer.status, answer.code]).toEqual([400, '0x80040203']);
  });

  it('writes memberships by association only', async () => {
    const answer = await client.call('teammemberships', { method: 'POST', body: {} });
    expect(answer.status).toBe(405);
    expect((await client.call('teammemberships')).status).toBe(200);
  });
});
