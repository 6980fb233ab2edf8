import { startClient, type Answered, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
beforeEach(async () => {
  client = await startClient();
});
afterEach(() => client.close());

const metadata = (type: string): string => `Microsoft.Dynamics.CRM.${type}`;

function label(text: string): unknown {
  return {
    '@odata.type': metadata('Label'),
    LocalizedLabels: [{ '@odata.type': metadata('LocalizedLabel'), Label: text, LanguageCode: 1033 }],
  };
}

function post(path: string, body: unknown): Promise<Answered> {
  return client.call(path, { method: 'POST', body });
}

function attribute(type: string, SchemaName: string, parts: object = {}): object {
  return {
    '@odata.type': metadata(`${type}AttributeMetadata`),
    SchemaName,
    DisplayName: label(SchemaName),
    ...parts,
  };
}

const vehicle = "EntityDefinitions(LogicalName='new_vehicle')";

function createVehicle(parts: object = {}): Promise<Answered> {
  return post('EntityDefinitions', {
    '@odata.type': metadata('EntityMetadata'),
    SchemaName: 'new_Vehicle',
    DisplayName: label('Vehicle'),
    OwnershipType: 'UserOwned',
    ChangeTrackingEnabled: true,
    Attributes: [attribute('String', 'new_Name', { IsPrimaryName: true, MaxLength: 100 })],
    ...parts,
  });
}

describe('custom tables', () => {
  it('take rows, are tracked and described as soon as they are made', async () => {
    const made = await createVehicle();
    expect(made.status).toBe(204);
    expect((await client.call(String(made.headers['odata-entityid']))).body).toMatchObject({
      LogicalName: 'new_vehicle',
      EntitySetName: 'new_vehicles',
      PrimaryNameAttribute: 'new_name',
      IsCustomEntity: true,
    });
    const row = { new_name: 'Van' };
    const created = await client.call('new_vehicles', {
      method: 'POST',
      body: row,
      headers: { prefer: 'return=representation' },
    });
    expect(created.body).toMatchObject({ ...row, statecode: 0, statuscode: 1 });
    const tracked = await client.call('new_vehicles', { headers: { prefer: 'odata.track-changes' } });
    expect(tracked.body.value).toMatchObject([row]);
    expect((await client.call('')).body.value).toContainEqual(
      expect.objectContaining({ name: 'new_vehicles' }),
    );
    expect((await createVehicle()).status).toBe(400);
  });

  it('can belong to the organisation, and go again', async () => {
    await createVehicle({ OwnershipType: 'OrganizationOwned' });
    const { body } = await client.call(`${vehicle}/Attributes`);
    expect(body.value.map((each) => each['LogicalName'])).not.toContain('ownerid');
    expect((await client.call(vehicle, { method: 'DELETE' })).status).toBe(204);
    expect((await client.call('new_vehicles')).status).toBe(404);
    const stock = await client.call("EntityDefinitions(LogicalName='lead')", { method: 'DELETE' });
    expect(stock.status).toBe(400);
  });

  it('have tracking switched on and never off', async () => {
    await createVehicle({ ChangeTrackingEnabled: false });
    const track = (): Promise<Answered> =>
      client.call('new_vehicles', { headers: { prefer: 'odata.track-changes' } });
    const put = (ChangeTrackingEnabled: boolean): Promise<Answered> =>
      client.call(vehicle, { method: 'PUT', body: { ChangeTrackingEnabled } });
    expect((await track()).code).toBe('0x80072491');
    expect((await put(true)).status).toBe(204);
    expect((await track()).status).toBe(200);
    expect((await put(false)).status).toBe(400);
  });
});

describe('custom columns', () => {
  const options = [
    { Value: 1, Label: label('Red') },
    { Value: 9, Label: label('Blue') },
  ];

  it.each([
    ['String', {}, 'x', 'new_col'],
    ['Memo', {}, 'x', 'new_col'],
    ['Integer', {}, 7, 'new_col'],
    ['Decimal', { Precision: 3 }, 1.5, 'new_col'],
    ['Double', {}, 1.25, 'new_col'],
    ['Money', {}, 12.5, 'new_col'],
    ['Boolean', {}, true, 'new_col'],
    ['Picklist', { OptionSet: { Options: options, IsGlobal: false } }, 9, 'new_col'],
    ['MultiSelectPicklist', { OptionSet: { Options: options, IsGlobal: false } }, '1,9', 'new_col'],
    ['DateTime', { DateTimeBehavior: { Value: 'UserLocal' } }, '2026-01-02T03:04:05Z', 'new_col'],
    ['DateTime', { DateTimeBehavior: { Value: 'TimeZoneIndependent' } }, '2026-01-02T03:04:05Z', 'new_col'],
    ['DateTime', { DateTimeBehavior: { Value: 'DateOnly' } }, '2026-01-02', 'new_col'],
  ] as const)('of type %s with %j hold a value', async (type, parts, value, name) => {
    await createVehicle();
    const made = await post(`${vehicle}/Attributes`, attribute(type, 'new_Col', parts));
    expect([made.status, made.text]).toEqual([204, '']);
    const row = await client.call('new_vehicles', {
      method: 'POST',
      body: { new_name: 'Van', [name]: value },
      headers: { prefer: 'return=representation' },
    });
    expect(row.body[name]).toEqual(value);
    const described = await client.call(
      `${vehicle}/Attributes(LogicalName='new_col')/${metadata(`${type}AttributeMetadata`)}`,
    );
    expect(described.body).toMatchObject({ SchemaName: 'new_Col', IsCustomAttribute: true });
  });

  // Such a column was made, and every write of it ended in a 500.
  it.each([
    ['Decimal', 11],
    ['Money', 5],
    ['Double', 6],
    ['Decimal', -1],
  ])('of type %s cannot have %d digits after the point', async (type, Precision) => {
    await createVehicle();
    const made = await post(`${vehicle}/Attributes`, attribute(type, 'new_Col', { Precision }));
    expect([made.status, made.code]).toEqual([400, '0x80040203']);
  });

  it('come as lookups with a relationship, whose navigation property keeps its case', async () => {
    await createVehicle();
    const made = await post('RelationshipDefinitions', {
      '@odata.type': metadata('OneToManyRelationshipMetadata'),
      SchemaName: 'new_contact_new_vehicle',
      ReferencedEntity: 'contact',
      ReferencedAttribute: 'contactid',
      ReferencingEntity: 'new_vehicle',
      Lookup: attribute('Lookup', 'new_DriverId'),
    });
    expect(made.status).toBe(204);
    const [contact] = await client.seed('contact', [{ lastname: 'Ek' }]);
    const bind = (property: string): Promise<Answered> =>
      post('new_vehicles', { new_name: 'Van', [`${property}@odata.bind`]: `contacts(${contact})` });
    expect((await bind('new_driverid')).status).toBe(400);
    expect((await bind('new_DriverId')).status).toBe(204);
    expect((await client.call('new_vehicles')).body.value).toMatchObject([{ _new_driverid_value: contact }]);
    const many = await client.call(`${vehicle}/ManyToOneRelationships`);
    expect(many.body.value).toContainEqual(
      expect.objectContaining({
        SchemaName: 'new_contact_new_vehicle',
        ReferencingEntityNavigationPropertyName: 'new_DriverId',
      }),
    );
  });

  it('are put under column security, made longer, and deleted', async () => {
    await createVehicle();
    const path = `${vehicle}/Attributes(LogicalName='new_name')`;
    const write = (name: string): Promise<Answered> => post('new_vehicles', { new_name: name });
    expect((await write('x'.repeat(120))).code).toBe('0x80044331');
    await client.call(path, { method: 'PUT', body: { MaxLength: 150 } });
    expect((await write('x'.repeat(120))).status).toBe(204);
    await client.call(path, { method: 'PUT', body: { IsSecured: true } });
    expect((await write('x')).code).toBe('0x8004f502');
    expect((await client.call('new_vehicles')).body.value).toMatchObject([{ new_name: null }]);
    await post(`${vehicle}/Attributes`, attribute('String', 'new_Col'));
    const gone = `${vehicle}/Attributes(LogicalName='new_col')`;
    expect((await client.call(gone, { method: 'DELETE' })).status).toBe(204);
    expect((await client.call(gone)).status).toBe(404);
  });

  it('need a prefix, a known type and a free name', async () => {
    await createVehicle();
    const status = async (type: string, name: string): Promise<number> =>
      (await post(`${vehicle}/Attributes`, attribute(type, name))).status;
    expect(await status('String', 'Colour')).toBe(400);
    expect(await status('Lookup', 'new_Col')).toBe(400);
    expect(await status('String', 'new_Name')).toBe(400);
    expect(await status('Picklist', 'new_Col')).toBe(400);
  });
});

describe('alternate keys and many-to-many relationships', () => {
  it('make a key whose index is pending until it is built, and drop it', async () => {
    await client.control('settings', { areKeysIndexedAtOnce: false });
    await createVehicle();
    const made = await post(`${vehicle}/Keys`, { SchemaName: 'new_NameKey', KeyAttributes: ['new_name'] });
    expect(made.status).toBe(204);
    const keys = async (): Promise<Answered['body']['value']> =>
      (await client.call(`${vehicle}/Keys`)).body.value;
    expect(await keys()).toMatchObject([{ KeyAttributes: ['new_name'], EntityKeyIndexStatus: 'Pending' }]);
    await client.control('keys/new_vehicle/new_namekey', { status: 'Active' });
    expect(await keys()).toMatchObject([{ LogicalName: 'new_namekey', EntityKeyIndexStatus: 'Active' }]);
    const key = `${vehicle}/Keys(LogicalName='new_namekey')`;
    expect((await client.call(key, { method: 'DELETE' })).status).toBe(204);
    expect(await keys()).toEqual([]);
    const refused = await post(`${vehicle}/Keys`, { SchemaName: 'new_K', KeyAttributes: ['statecode'] });
    expect(refused.status).toBe(400);
  });

  it('make an intersect table between two tables', async () => {
    await createVehicle();
    const made = await post('RelationshipDefinitions', {
      '@odata.type': metadata('ManyToManyRelationshipMetadata'),
      SchemaName: 'new_vehicle_lead',
      Entity1LogicalName: 'new_vehicle',
      Entity2LogicalName: 'lead',
      IntersectEntityName: 'new_vehicle_lead',
    });
    expect(made.status).toBe(204);
    const { body } = await client.call(`${vehicle}/ManyToManyRelationships`);
    expect(body.value).toMatchObject([
      { IntersectEntityName: 'new_vehicle_lead', Entity1IntersectAttribute: 'new_vehicleid' },
    ]);
    expect((await client.call('new_vehicle_leadset')).status).toBe(200);
  });
});
