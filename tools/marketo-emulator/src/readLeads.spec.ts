import { tokenSince, withEmulator } from './testClient.ts';

test('answers explicit nulls, false booleans and the fields in the asked order after the id', () =>
  withEmulator(async (client) => {
    const [created] = await client.upsert([{ email: 'ada@example.com', leadScore: '7' }]);
    const { result } = await client.get(
      'leads.json?filterType=email&filterValues=ADA@example.com&fields=lastName,unsubscribed,leadScore,id',
    );

    expect(JSON.stringify(result)).toBe(
      JSON.stringify([{ id: created?.id, lastName: null, unsubscribed: false, leadScore: 7 }]),
    );
  }));

test('reads the default fields by id, ordered by id, with repeated and comma-separated values', () =>
  withEmulator(async (client) => {
    const created = await client.upsert([{ email: 'a@x.co' }, { email: 'b@x.co' }, { email: 'c@x.co' }]);
    const [a, b, c] = created.map(({ id }) => id);
    const { result } = await client.get(`leads.json?filterType=id&filterValues=${c},${a}&filterValues=${b}`);

    expect(result?.map(({ id }) => id)).toEqual([a, b, c]);
    expect(Object.keys(result?.[0] ?? {})).toEqual([
      'id',
      'email',
      'firstName',
      'lastName',
      'createdAt',
      'updatedAt',
    ]);
    expect(result?.[0]?.['createdAt']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  }));

test('finds by a custom string field and answers an empty result when nothing matches', () =>
  withEmulator(async (client) => {
    const [created] = await client.upsert([{ email: 'a@x.co', lockstepId: 'golden-1' }]);

    const found = await client.get('leads.json?filterType=lockstepId&filterValues=golden-1');
    expect(found.result?.map(({ id }) => id)).toEqual([created?.id]);
    expect(await client.get('leads.json?filterType=lockstepId&filterValues=none')).toMatchObject({
      success: true,
      result: [],
    });
    expect(await client.get('lead/999999.json')).toMatchObject({ success: true, result: [] });
    expect((await client.get(`lead/${created?.id}.json?fields=email`)).result).toEqual([
      { id: created?.id, email: 'a@x.co' },
    ]);
  }));

test.each([
  ['1011 for a standard field that is no filter', 'filterType=firstName&filterValues=x', '1011'],
  ['1006 for an unknown field', 'filterType=id&filterValues=1&fields=email,nope', '1006'],
  [
    '1003 for more than 300 values',
    `filterType=id&filterValues=${Array.from({ length: 301 }, (_value, id) => id).join(',')}`,
    '1003',
  ],
  ['1002 without values', 'filterType=id', '1002'],
])('refuses a read with %s', (_title, query, code) =>
  withEmulator(async (client) => {
    expect((await client.get(`leads.json?${query}`)).errors?.[0]?.code).toBe(code);
  }),
);

test('with the switches, leaves out what it does not know, and fields without a value', () =>
  withEmulator(async (client) => {
    await client.upsert([{ email: 'a@x.co' }]);
    const path = 'leads.json?filterType=email&filterValues=a@x.co&fields=email,city,unsubscribed,nope';
    const read = async (): Promise<unknown> => (await client.get(path)).result?.[0];
    await client.control('POST', 'settings', { refuseUnknownReadFields: false });
    expect(await read()).toEqual({
      id: expect.any(Number),
      email: 'a@x.co',
      city: null,
      unsubscribed: false,
    });
    await client.control('POST', 'settings', { omitLeadNulls: true });
    expect(await read()).toEqual({ id: expect.any(Number), email: 'a@x.co', unsubscribed: false });
    const feed = `activities/leadchanges.json?nextPageToken=${await tokenSince(client)}&fields=city,nope`;
    expect((await client.get(feed)).result).toHaveLength(1);
    expect((await client.get('companies.json?filterType=id&filterValues=1&fields=nope')).success).toBe(true);
  }));

test('pages through up to 1000 matches and refuses more with 1003', () =>
  withEmulator(async (client) => {
    const person = { email: 'same@x.co', crmId: 'k' };
    await client.control('POST', 'persons', { persons: Array.from({ length: 1000 }, () => person) });
    const ids: unknown[] = [];
    let query = '';
    for (let page = 0; page < 4; page += 1) {
      const answer = await client.get(`leads.json?filterType=crmId&filterValues=k${query}`);
      ids.push(...(answer.result ?? []).map(({ id }) => id));
      expect(answer.moreResult ?? false).toBe(page < 3);
      query = `&nextPageToken=${encodeURIComponent(answer.nextPageToken ?? '')}`;
    }
    expect(new Set(ids).size).toBe(1000);

    await client.control('POST', 'persons', { persons: [person] });
    expect((await client.get('leads.json?filterType=crmId&filterValues=k')).errors?.[0]).toEqual({
      code: '1003',
      message: 'Too many results match the filter',
    });
  }));

test('describes fields and what can be searched, and knows fields added later', () =>
  withEmulator(async (client) => {
    await client.control('POST', 'fields', { fields: [{ name: 'shoeSize', dataType: 'integer' }] });
    const { result: fields } = await client.get<{ rest: { name: string } }>('leads/describe.json');
    const { result: short } = await client.get<{ searchableFields: unknown }>('leads/describe2.json');

    expect(fields?.find(({ rest }) => rest.name === 'email')).toEqual({
      id: 56,
      displayName: 'Email Address',
      dataType: 'email',
      length: 255,
      rest: { name: 'email', readOnly: false },
      soap: { name: 'Email', readOnly: false },
    });
    expect(fields?.some(({ rest }) => rest.name === 'shoeSize')).toBe(true);
    expect(short?.[0]?.searchableFields).toEqual(
      expect.arrayContaining([['id'], ['email'], ['lockstepId'], ['shoeSize']]),
    );
    expect(short?.[0]?.searchableFields).not.toContainEqual(['firstName']);
  }));
