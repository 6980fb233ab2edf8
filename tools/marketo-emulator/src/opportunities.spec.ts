import type { TestClient } from './testClient.ts';
import { withEmulator } from './testClient.ts';
import type { ObjectOutcome } from './testObjects.ts';
import { codes, sync } from './testObjects.ts';

const chairs = { externalOpportunityId: 'O-1', name: 'Chairs', amount: '1604.47' };

async function withPerson(client: TestClient): Promise<number> {
  const [person] = await client.upsert([{ email: 'a@x.co' }]);
  return person?.id ?? 0;
}

test('opportunities are found by GUID or external id and answer typed values', () =>
  withEmulator(async (client) => {
    const [created] = await sync(client, 'opportunities.json', [chairs]);
    const guid = created?.marketoGUID ?? '';
    const fields = 'fields=name,amount,isWon,closeDate';
    const byId = await client.get(`opportunities.json?filterType=idField&filterValues=${guid}&${fields}`);
    const byKey = await client.get('opportunities.json?filterType=externalOpportunityId&filterValues=O-1');

    expect(guid).toMatch(/^[0-9a-f-]{36}$/);
    expect(byId.result).toEqual([
      { seq: 0, marketoGUID: guid, name: 'Chairs', amount: 1604.47, isWon: false, closeDate: null },
    ]);
    expect(Object.keys(byKey.result?.[0] ?? {})).toEqual([
      'seq',
      'marketoGUID',
      'externalOpportunityId',
      'updatedAt',
      'createdAt',
    ]);
  }));

test('an opportunity needs a name, and names only companies and salespersons that exist', () =>
  withEmulator(async (client) => {
    await sync(client, 'companies.json', [{ externalCompanyId: 'A-1' }]);
    await sync(client, 'salespersons.json', [{ externalSalesPersonId: 'S-1' }]);
    const outcomes = await sync(client, 'opportunities.json', [
      { externalOpportunityId: 'O-0' },
      { ...chairs, externalOpportunityId: 'O-1', externalCompanyId: 'none' },
      { ...chairs, externalOpportunityId: 'O-2', externalSalesPersonId: 'none' },
      { ...chairs, externalOpportunityId: 'O-3', externalCompanyId: 'A-1', externalSalesPersonId: 'S-1' },
    ]);

    expect(codes(outcomes)).toEqual(['1003', '718', '718', undefined]);
    expect(codes(await sync(client, 'opportunities.json', [{ ...chairs, name: null }]))).toEqual(['1003']);
    expect(codes(await sync(client, 'companies/delete.json', [{ externalCompanyId: 'A-1' }]))).toEqual([
      '1022',
    ]);
  }));

test('custom fields of opportunities of type string and integer can be searched', () =>
  withEmulator(async (client) => {
    const fields = [
      { name: 'crmId', dataType: 'string' },
      { name: 'crmMargin', dataType: 'float' },
    ];
    await client.control('POST', 'objects/opportunity/fields', { fields });
    await sync(client, 'opportunities.json', [{ ...chairs, crmId: '7f3', crmMargin: 0.5 }]);
    const found = await client.get('opportunities.json?filterType=crmId&filterValues=7f3&fields=crmMargin');
    const described = await client.get('opportunities/describe.json');

    expect(found.result).toMatchObject([{ crmMargin: 0.5 }]);
    expect(described.result?.[0]?.['searchableFields']).toEqual([
      ['externalOpportunityId'],
      ['marketoGUID'],
      ['crmId'],
    ]);
  }));

test('a role needs its person and its opportunity, and is found by the compound key in a JSON body', () =>
  withEmulator(async (client) => {
    const leadId = await withPerson(client);
    await sync(client, 'opportunities.json', [chairs]);
    const role = { externalOpportunityId: 'O-1', leadId, role: 'Decider' };
    const outcomes = await sync(client, 'opportunities/roles.json', [
      { ...role, isPrimary: true },
      { ...role, leadId: 1 },
      { ...role, externalOpportunityId: 'none' },
      { externalOpportunityId: 'O-1', leadId },
    ]);

    expect(codes(outcomes)).toEqual([undefined, '1004', '1013', '1003']);
    const query = { filterType: 'dedupeFields', fields: ['marketoGuid', 'isPrimary'], input: [role] };
    const found = await client.post<ObjectOutcome>('opportunities/roles.json?_method=GET', query);
    expect(found.result).toEqual([{ seq: 0, marketoGUID: outcomes[0]?.marketoGUID, isPrimary: true }]);
    const ofLead = await client.get(`opportunities/roles.json?filterType=leadId&filterValues=${leadId}`);
    expect(ofLead.result).toMatchObject([role]);
    const inQuery = await client.get('opportunities/roles.json?filterType=dedupeFields&filterValues=O-1');
    expect(inQuery).toMatchObject({ success: false, errors: [{ code: '1003' }] });
  }));

test('an opportunity with roles is in use; after deleting its roles it can go', () =>
  withEmulator(async (client) => {
    const leadId = await withPerson(client);
    await sync(client, 'opportunities.json', [chairs]);
    const role = { externalOpportunityId: 'O-1', leadId, role: 'User' };
    await sync(client, 'opportunities/roles.json', [role]);
    const remove = (path: string, input: object): Promise<readonly ObjectOutcome[]> =>
      sync(client, `${path}/delete.json`, [input]);

    expect(codes(await remove('opportunities', { externalOpportunityId: 'O-1' }))).toEqual(['1022']);
    expect(await remove('opportunities/roles', role)).toMatchObject([{ status: 'deleted' }]);
    expect(await remove('opportunities', { externalOpportunityId: 'O-1' })).toMatchObject([
      { status: 'deleted' },
    ]);
  }));

test('the roles of a deleted person go with it', () =>
  withEmulator(async (client) => {
    const leadId = await withPerson(client);
    await sync(client, 'opportunities.json', [chairs]);
    await sync(client, 'opportunities/roles.json', [{ externalOpportunityId: 'O-1', leadId, role: 'User' }]);
    await client.post('leads/delete.json', { input: [{ id: leadId }] });

    const left = await client.get(
      'opportunities/roles.json?filterType=externalOpportunityId&filterValues=O-1',
    );
    expect(left.result).toEqual([]);
  }));

test('salespersons are upserted and found by email, and stay while anything names them', () =>
  withEmulator(async (client) => {
    const sam = { externalSalesPersonId: 'S-1', email: 'sam@x.co', lastName: 'Sanosin' };
    await sync(client, 'salespersons.json', [sam]);
    await sync(client, 'salespersons.json', [{ ...sam, email: 'sam@new.co' }]);
    await client.upsert([{ email: 'a@x.co', externalSalesPersonId: 'S-1' }]);
    const found = await client.get(
      'salespersons.json?filterType=email&filterValues=sam@new.co&fields=lastName',
    );

    expect(found.result).toMatchObject([{ seq: 0, lastName: 'Sanosin' }]);
    const remove = (): Promise<readonly ObjectOutcome[]> =>
      sync(client, 'salespersons/delete.json', [{ externalSalesPersonId: 'S-1' }]);
    expect(codes(await remove())).toEqual(['1022']);
    await client.upsert([{ email: 'a@x.co', externalSalesPersonId: null }]);
    expect(await remove()).toMatchObject([{ status: 'deleted' }]);
  }));

test('a field that describe calls not updateable keeps its value when the setting says so', () =>
  withEmulator(async (client) => {
    await client.control('POST', 'settings', { refuseFixedFields: true });
    const sam = { externalSalesPersonId: 'S-1', email: 'sam@x.co' };
    await sync(client, 'salespersons.json', [sam]);

    expect(codes(await sync(client, 'salespersons.json', [{ ...sam, email: 'new@x.co' }]))).toEqual(['1003']);
    expect(codes(await sync(client, 'salespersons.json', [{ ...sam, lastName: 'S' }]))).toEqual([undefined]);
  }));

test('under a native CRM sync companies, opportunities and salespersons are read-only and roles are closed', () =>
  withEmulator(async (client) => {
    await client.control('POST', 'objects/opportunity', { records: [chairs] });
    await client.control('POST', 'settings', { nativeCrm: true });
    const refused = { success: false, errors: [{ code: '1018', message: 'CRM Enabled' }] };

    expect(await client.post('opportunities.json', { input: [chairs] })).toMatchObject(refused);
    expect(await client.post('companies/delete.json', { input: [{}] })).toMatchObject(refused);
    expect(await client.get('opportunities/roles/describe.json')).toMatchObject(refused);
    expect(
      (await client.get('opportunities.json?filterType=dedupeFields&filterValues=O-1')).result,
    ).toHaveLength(1);
    await client.control('POST', 'settings', { nativeCrmSkipsRecords: true });
    expect(codes(await sync(client, 'salespersons.json', [{ externalSalesPersonId: 'S' }]))).toEqual([
      '1018',
    ]);
    expect(await sync(client, 'namedaccounts.json', [{ name: 'Acme' }])).toMatchObject([
      { status: 'created' },
    ]);
  }));

test('named accounts have their name as key and are found by any of their fields', () =>
  withEmulator(async (client) => {
    await sync(client, 'namedaccounts.json', [
      { name: 'Acme', city: 'Rome' },
      { name: 'Bolt', city: 'Bari' },
    ]);
    const found = await client.get('namedaccounts.json?filterType=city&filterValues=Bari');

    expect(found.result).toMatchObject([{ name: 'Bolt', city: 'Bari' }]);
    expect(await sync(client, 'namedaccounts/delete.json', [{ name: 'Acme' }, { name: 'No' }])).toMatchObject(
      [{ status: 'deleted' }, { reasons: [{ code: '1013' }] }],
    );
  }));

test('objects are seeded and listed by control, all or none, with their states in the log', () =>
  withEmulator(async (client) => {
    await client.control('POST', 'objects/company', { records: [{ externalCompanyId: 'A' }], actor: 'mia' });
    const bad = await client.control<{ faults: string[] }>('POST', 'objects/company', {
      records: [{ externalCompanyId: 'B' }, { shoe: 1 }],
    });

    expect(bad.faults[0]).toMatch(/^records\[1\]: .*1006/);
    expect(await client.control('GET', 'objects/company')).toMatchObject({
      records: [{ externalCompanyId: 'A', company: null }],
    });
    expect(await client.control('GET', 'objectStates')).toMatchObject({
      states: [{ actor: 'mia', operation: 'create', personSequence: 0 }],
      last: 1,
    });
  }));
