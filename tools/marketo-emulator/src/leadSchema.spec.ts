import type { Envelope, TestClient } from './testClient.ts';
import { callAs, withEmulator } from './testClient.ts';

const path = 'leads/schema/fields';
const codeOf = ({ errors }: Envelope<unknown>) => errors?.[0]?.code;
const shoe = {
  displayName: 'Shoe Size',
  name: 'shoeSize',
  dataType: 'integer',
  description: 'In Paris points',
};

const create = (client: TestClient, ...input: readonly object[]) =>
  client.post<object>(`${path}.json`, { input });
const update = (client: TestClient, name: string, change: object) =>
  client.post<object>(`${path}/${name}.json`, { input: [change] });

test('makes a field that persons can have at once, and tells that the API made it', () =>
  withEmulator(async (client) => {
    expect((await create(client, shoe)).result).toEqual([{ name: 'shoeSize', status: 'created' }]);
    expect((await client.upsert([{ email: 'a@x.co', shoeSize: 43 }]))[0]?.status).toBe('created');
    expect((await client.get('leads.json?filterType=shoeSize&filterValues=43')).result).toHaveLength(1);
    expect((await client.get(`${path}/shoeSize.json`)).result).toEqual([
      {
        ...shoe,
        isHidden: false,
        isHtmlEncodingInEmail: true,
        isSensitive: false,
        isCustom: true,
        isApiCreated: true,
      },
    ]);
  }));

test('tells every field, page by page', () =>
  withEmulator(async (client) => {
    const first = await client.get(`${path}.json?batchSize=40`);
    const rest = await client.get(`${path}.json?nextPageToken=${first.nextPageToken ?? ''}`);
    const names = [...(first.result ?? []), ...(rest.result ?? [])].map(({ name }) => name);

    expect([first.result?.length, first.moreResult, rest.moreResult]).toEqual([40, true, false]);
    expect(names).toEqual(expect.arrayContaining(['email', 'lockstepId']));
    expect(new Set(names).size).toBe(names.length);
    expect(codeOf(await client.get(`${path}/shoe.json`))).toBe('1006');
  }));

test.each([
  ['a name with a blank', { ...shoe, name: 'shoe size' }, '1003'],
  ['no display name', { ...shoe, displayName: undefined }, '1003'],
  ['an unknown type', { ...shoe, dataType: 'leather' }, '1003'],
  ['a taken name', { ...shoe, name: 'email' }, '1017'],
  ['a taken display name', { ...shoe, displayName: 'Email Address' }, '1017'],
])('makes no field at all for %s', (_name, bad, code) =>
  withEmulator(async (client) => {
    const good = { displayName: 'Hat', name: 'hat', dataType: 'string' };
    expect(codeOf(await create(client, good, bad))).toBe(code);
    expect(codeOf(await client.get(`${path}/hat.json`))).toBe('1006');
  }),
);

test('makes at most 100 fields', () =>
  withEmulator(async (client) => {
    const fields = Array.from({ length: 101 }, (_value, index) => ({
      displayName: `Field ${index}`,
      name: `field${index}`,
      dataType: 'string',
    }));

    expect(codeOf(await create(client, ...fields))).toBe('1003');
    expect(codeOf(await create(client, ...fields.slice(0, 100)))).toBeUndefined();
    expect(codeOf(await create(client, shoe))).toBe('1003');
  }));

test('of a standard field less can be changed than of a custom one, and only fields of the API can be hidden', () =>
  withEmulator(async (client) => {
    await create(client, shoe);

    expect((await update(client, 'email', { isSensitive: true })).result).toEqual([
      { name: 'email', status: 'updated' },
    ]);
    expect(codeOf(await update(client, 'email', { displayName: 'Mail' }))).toBe('1003');
    expect(codeOf(await update(client, 'lockstepId', { displayName: 'Key' }))).toBeUndefined();
    expect(codeOf(await update(client, 'lockstepId', { isHidden: true }))).toBe('1003');
    expect(codeOf(await update(client, 'shoeSize', { isHidden: true }))).toBeUndefined();
    expect(codeOf(await update(client, 'shoeSize', { dataType: 'string' }))).toBe('1003');
    expect((await client.get(`${path}/shoeSize.json`)).result).toMatchObject([
      { isHidden: true, dataType: 'integer' },
    ]);
  }));

test('asks for the permission of the schema', () =>
  withEmulator(async (client) => {
    await client.control('POST', 'users', { userId: 'lead@x.co', permissions: ['Read-Write Lead'] });
    const call = await callAs(client, 'lead@x.co');

    expect(codeOf(await call('GET', `${path}.json`))).toBe('603');
    expect(codeOf(await call('POST', `${path}.json`, { input: [shoe] }))).toBe('603');
  }));
