import { tokenSince, withEmulator } from './testClient.ts';
import { codes, sync } from './testObjects.ts';

interface Change {
  readonly leadId: number;
  readonly fields: readonly { name: string; newValue: string | null; oldValue: string | null }[];
}

const acme = { externalCompanyId: 'A-1', company: 'Acme', industry: 'Tools' };

test('creates and updates companies in input order, with seq, status and the integer id', () =>
  withEmulator(async (client) => {
    const created = await sync(client, 'companies.json', [acme, { externalCompanyId: 'A-2' }]);
    const again = await sync(client, 'companies.json', [{ ...acme, industry: '' }]);

    expect(created.map(({ seq, status }) => [seq, status])).toEqual([
      [0, 'created'],
      [1, 'created'],
    ]);
    expect(again).toEqual([{ seq: 0, status: 'updated', id: created[0]?.id }]);
    const read = await client.get(
      'companies.json?filterType=dedupeFields&filterValues=A-1&fields=company,industry,site',
    );
    expect(read.result).toEqual([
      { seq: 0, id: created[0]?.id, company: 'Acme', industry: null, site: null },
    ]);
  }));

test('describes companies with their keys, their searchable fields and lengths', () =>
  withEmulator(async (client) => {
    const { result } = await client.get('companies/describe.json');

    expect(result?.[0]).toMatchObject({
      idField: 'id',
      dedupeFields: ['externalCompanyId'],
      searchableFields: [['externalCompanyId'], ['id'], ['company']],
    });
    expect(result?.[0]?.['fields']).toContainEqual({
      name: 'externalCompanyId',
      displayName: 'External Company Id',
      dataType: 'string',
      length: 50,
      updateable: false,
      crmManaged: false,
    });
  }));

test('the schema of companies comes in pages and by name', () =>
  withEmulator(async (client) => {
    const first = await client.get<{ name: string }>('companies/schema/fields.json?batchSize=10');
    const token = encodeURIComponent(first.nextPageToken ?? '');
    const second = await client.get<{ name: string }>(`companies/schema/fields.json?nextPageToken=${token}`);
    const named = await client.get('opportunities/schema/fields/description.json');

    expect([first.result?.length, first.moreResult, second.moreResult]).toEqual([10, true, false]);
    expect([...(first.result ?? []), ...(second.result ?? [])].map(({ name }) => name)).toContain('sicCode');
    expect(named.result).toMatchObject([{ name: 'description', length: 2000, isCustom: false }]);
  }));

test.each([
  [{ company: 'No key' }, '1003'],
  [{ ...acme, shoeSize: 3 }, '1006'],
  [{ ...acme, numberOfEmployees: 'many' }, '1003'],
  [{ ...acme, externalCompanyId: 'x'.repeat(51) }, '1077'],
  [{ ...acme, createdAt: '2020-01-01T00:00:00Z' }, '1006'],
  [{ ...acme, externalSalesPersonId: 'nobody' }, '718'],
])('skips the company %j with %s while the others go through', (record, code) =>
  withEmulator(async (client) => {
    const outcomes = await sync(client, 'companies.json', [record, { externalCompanyId: 'other' }]);

    expect(outcomes[0]).toMatchObject({ seq: 0, status: 'skipped' });
    expect(codes(outcomes)).toEqual([code, undefined]);
  }),
);

test('honours the action and dedupeBy: 1005, 1013, 1036, and ids only with updateOnly', () =>
  withEmulator(async (client) => {
    const [first] = await sync(client, 'companies.json', [acme]);
    const byId = { action: 'updateOnly', dedupeBy: 'idField' };

    expect(codes(await sync(client, 'companies.json', [acme], { action: 'createOnly' }))).toEqual(['1005']);
    expect(
      codes(await sync(client, 'companies.json', [{ externalCompanyId: 'no' }], { action: 'updateOnly' })),
    ).toEqual(['1013']);
    expect(codes(await sync(client, 'companies.json', [acme, acme]))).toEqual([undefined, '1036']);
    const byIdOutcomes = await sync(client, 'companies.json', [{ id: first?.id, company: 'New' }], byId);
    expect(byIdOutcomes).toEqual([{ seq: 0, status: 'updated', id: first?.id }]);
    expect(
      codes(await sync(client, 'companies.json', [{ id: first?.id, externalCompanyId: 'moved' }], byId)),
    ).toEqual(['1003']);
    expect(await client.post('companies.json', { dedupeBy: 'idField', input: [acme] })).toMatchObject({
      success: false,
      errors: [{ code: '1003' }],
    });
  }));

test('refuses more than 300 companies, more than 300 filter values and a filter that is none', () =>
  withEmulator(async (client) => {
    const many = Array.from({ length: 301 }, (_value, index) => ({ externalCompanyId: `c${index}` }));
    const values = many.map(({ externalCompanyId }) => externalCompanyId).join(',');
    const errorOf = async (path: string): Promise<unknown> => (await client.get(path)).errors?.[0]?.code;

    expect(await client.post('companies.json', { input: many })).toMatchObject({
      errors: [{ code: '1003' }],
    });
    expect(await errorOf(`companies.json?filterType=externalCompanyId&filterValues=${values}`)).toBe('1003');
    expect(await errorOf('companies.json?filterType=industry&filterValues=Tools')).toBe('1011');
    expect(await errorOf('companies.json?filterType=id&filterValues=1&fields=shoe')).toBe('1006');
  }));

test('pages through matching companies and answers fields without a value as null or not at all', () =>
  withEmulator(async (client) => {
    const keys = ['a', 'b', 'c', 'd', 'e'];
    const records = keys.map((externalCompanyId) => ({ externalCompanyId, company: 'Same' }));
    await sync(client, 'companies.json', records);
    const path =
      'companies.json?filterType=company&filterValues=Same&batchSize=3&fields=externalCompanyId,site';
    const first = await client.get<Record<string, unknown>>(path);
    await client.control('POST', 'settings', { omitObjectNulls: true });
    const token = encodeURIComponent(first.nextPageToken ?? '');
    const second = await client.get<Record<string, unknown>>(`${path}&nextPageToken=${token}`);

    expect(first.result?.map((row) => row['externalCompanyId'])).toEqual(['a', 'b', 'c']);
    expect([first.moreResult, second.moreResult]).toEqual([true, undefined]);
    expect(first.result?.[0]).toHaveProperty('site', null);
    expect(second.result?.map((row) => row['seq'])).toEqual([0, 1]);
    expect(second.result?.[0]).not.toHaveProperty('site');
  }));

test('a write that changes nothing leaves updatedAt and the state log alone', () =>
  withEmulator(async (client) => {
    await sync(client, 'companies.json', [acme]);
    await client.control('POST', 'clock', { advanceMs: 60_000 });
    await sync(client, 'companies.json', [acme]);
    const read = async (): Promise<Record<string, unknown> | undefined> =>
      (await client.get('companies.json?filterType=dedupeFields&filterValues=A-1')).result?.[0];
    const untouched = await read();
    await sync(client, 'companies.json', [{ ...acme, company: 'Acme Ltd' }]);

    expect(untouched?.['updatedAt']).toBe(untouched?.['createdAt']);
    expect((await read())?.['updatedAt']).not.toBe(untouched?.['updatedAt']);
    const { states } = await client.control<{ states: Record<string, unknown>[] }>('GET', 'objectStates');
    expect(states.map((state) => [state['operation'], state['changed']]).slice(1)).toEqual([
      ['update', { company: { before: 'Acme', after: 'Acme Ltd' } }],
    ]);
    expect(states[1]).toMatchObject({ object: 'company', actorKind: 'application', record: { site: null } });
  }));

test('persons show the fields of their company, and an edit of it appears as a change of each person', () =>
  withEmulator(async (client) => {
    await sync(client, 'companies.json', [acme]);
    const people = await client.upsert([
      { email: 'a@x.co', externalCompanyId: 'A-1' },
      { email: 'b@x.co', externalCompanyId: 'A-1' },
    ]);
    const since = await tokenSince(client);
    await sync(client, 'companies.json', [{ externalCompanyId: 'A-1', industry: 'Paint' }]);

    const read = await client.get('leads.json?filterType=email&filterValues=a@x.co&fields=company,industry');
    expect(read.result).toMatchObject([{ company: 'Acme', industry: 'Paint' }]);
    const changes = await client.get<Change>(
      `activities/leadchanges.json?nextPageToken=${since}&fields=industry`,
    );
    const edits = changes.result?.filter(({ fields }) => fields.some(({ newValue }) => newValue === 'Paint'));
    expect(edits?.map(({ leadId }) => leadId)).toEqual(people.map(({ id }) => id));
    expect(edits?.[0]?.fields).toMatchObject([{ name: 'industry', oldValue: 'Tools' }]);
  }));

test('a marketer who edits a company field of a linked person edits the company and everybody in it', () =>
  withEmulator(async (client) => {
    await sync(client, 'companies.json', [acme]);
    const [first] = await client.upsert([
      { email: 'a@x.co', externalCompanyId: 'A-1' },
      { email: 'b@x.co', externalCompanyId: 'A-1' },
    ]);
    await client.control('POST', 'edits', { id: first?.id, fields: { website: 'https://acme.example' } });

    const company = await client.get('companies.json?filterType=company&filterValues=Acme&fields=website');
    expect(company.result).toMatchObject([{ website: 'https://acme.example' }]);
    const other = await client.get('leads.json?filterType=email&filterValues=b@x.co&fields=website');
    expect(other.result).toMatchObject([{ website: 'https://acme.example' }]);
  }));

test('a lead sync may not give a linked person other company values: 1021, or ignored by setting', () =>
  withEmulator(async (client) => {
    await sync(client, 'companies.json', [acme]);
    const person = { email: 'a@x.co', externalCompanyId: 'A-1', company: 'Mine', city: 'Rome' };

    expect((await client.upsert([person]))[0]?.reasons?.[0]?.code).toBe('1021');
    expect((await client.upsert([{ ...person, company: 'Acme' }]))[0]?.status).toBe('created');
    await client.control('POST', 'settings', { refuseCompanyFields: false });
    expect((await client.upsert([{ ...person, city: 'Bari' }]))[0]?.status).toBe('updated');
    const read = await client.get('leads.json?filterType=email&filterValues=a@x.co&fields=company,city');
    expect(read.result).toMatchObject([{ company: 'Acme', city: 'Bari' }]);
  }));

test('a person moves between companies but cannot leave them, and cannot name one that does not exist', () =>
  withEmulator(async (client) => {
    await sync(client, 'companies.json', [acme, { externalCompanyId: 'B-1', company: 'Bolt' }]);
    await client.upsert([{ email: 'a@x.co', externalCompanyId: 'A-1' }]);
    const link = async (externalCompanyId: string | null): Promise<unknown> =>
      (await client.upsert([{ email: 'a@x.co', externalCompanyId }]))[0]?.reasons?.[0]?.code ?? 'done';
    const company = async (): Promise<unknown> =>
      (await client.get('leads.json?filterType=email&filterValues=a@x.co&fields=company')).result?.[0];

    expect([await link('none'), await link('B-1'), await link(null)]).toEqual(['1013', 'done', '1003']);
    expect(await company()).toMatchObject({ company: 'Bolt' });
    await client.control('POST', 'settings', { refuseCompanyDetach: false, refuseUnknownLinks: false });
    expect(await link(null)).toBe('done');
    expect(await company()).toMatchObject({ company: 'Bolt' });
    expect(await link('C-1')).toBe('done');
    await sync(client, 'companies.json', [{ externalCompanyId: 'C-1', company: 'Cog' }]);
    expect(await company()).toMatchObject({ company: 'Cog' });
  }));

test('deletes companies by either key, but none that is in use or unknown', () =>
  withEmulator(async (client) => {
    const [used, free, byId] = await sync(client, 'companies.json', [
      acme,
      { externalCompanyId: 'B-1' },
      { externalCompanyId: 'C-1' },
    ]);
    await client.upsert([{ email: 'a@x.co', externalCompanyId: 'A-1' }]);
    const keys = ['A-1', 'B-1', 'none'].map((externalCompanyId) => ({ externalCompanyId }));
    const outcomes = await sync(client, 'companies/delete.json', keys, { deleteBy: 'dedupeFields' });

    expect(codes(outcomes)).toEqual(['1022', undefined, '1013']);
    expect(outcomes[1]).toEqual({ seq: 1, status: 'deleted', id: free?.id });
    const rest = await sync(client, 'companies/delete.json', [{ id: byId?.id }], { deleteBy: 'idField' });
    expect(rest).toMatchObject([{ status: 'deleted' }]);
    const left = await client.get(`companies.json?filterType=id&filterValues=${used?.id},${byId?.id}`);
    expect(left.result).toHaveLength(1);
  }));

test('custom fields of companies are added by control and show on persons too', () =>
  withEmulator(async (client) => {
    const fields = [{ name: 'crmTier', dataType: 'string', displayName: 'CRM Tier', length: 20 }];
    await client.control('POST', 'objects/company/fields', { fields });
    await sync(client, 'companies.json', [{ ...acme, crmTier: 'Gold' }]);
    await client.upsert([{ email: 'a@x.co', externalCompanyId: 'A-1' }]);

    const read = await client.get('leads.json?filterType=email&filterValues=a@x.co&fields=crmTier');
    expect(read.result).toMatchObject([{ crmTier: 'Gold' }]);
    const schema = await client.get('companies/schema/fields/crmTier.json');
    expect(schema.result).toMatchObject([{ isCustom: true, length: 20 }]);
  }));
