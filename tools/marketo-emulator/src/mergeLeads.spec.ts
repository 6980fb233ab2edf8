import { tokenSince, withEmulator, type TestClient } from './testClient.ts';

async function threePersons(client: TestClient): Promise<readonly number[]> {
  const created = await client.upsert([
    { email: 'winner@x.co', lastName: 'Reed' },
    { email: 'first@x.co', lastName: 'Rhodes', city: 'Ulm' },
    { email: 'second@x.co', city: 'Bonn', phone: '1' },
  ]);
  return created.map(({ id }) => id ?? 0);
}

const feed = async (client: TestClient, path: string) => {
  const token = await tokenSince(client);
  const join = path.includes('?') ? '&' : '?';
  return (await client.get(`activities${path}${join}nextPageToken=${token}`)).result ?? [];
};

test('the winner keeps its values and fills its gaps; the losers are gone without a row of their own', () =>
  withEmulator(async (client) => {
    const [winner = 0, first = 0, second = 0] = await threePersons(client);
    await client.control('POST', 'edits', { id: first, fields: { title: 'Pilot' } });
    const answer = await client.post(`leads/${winner}/merge.json?leadIds=${first},${second}`, undefined);

    expect(answer).toMatchObject({ success: true });
    expect(Object.keys(answer)).not.toContain('result');
    expect(await client.control('GET', `persons/${winner}`)).toMatchObject({
      email: 'winner@x.co',
      lastName: 'Reed',
      city: 'Ulm',
      phone: '1',
      title: 'Pilot',
    });
    expect((await client.get(`leads.json?filterType=id&filterValues=${first},${second}`)).result).toEqual([]);
    expect(await feed(client, '/deletedleads.json')).toEqual([]);
    expect(await feed(client, '.json?activityTypeIds=32')).toMatchObject([
      {
        leadId: winner,
        primaryAttributeValueId: winner,
        attributes: expect.arrayContaining([{ name: 'Merge IDs', value: `[${first},${second}]` }]) as unknown,
      },
    ]);
    const types = (await feed(client, '.json?activityTypeIds=13,32')).map((row) => row['activityTypeId']);
    expect(types.slice(types.indexOf(32))).toEqual([32, 13, 13, 13]);
    const changes = await feed(client, '.json?activityTypeIds=13');
    expect(new Set(changes.map(({ leadId }) => leadId))).toEqual(new Set([winner]));
  }));

test('the losers leave a row of their own where the switch says so (inferred)', () =>
  withEmulator(async (client) => {
    await client.control('POST', 'settings', { mergeLogsDeletes: true });
    const [winner = 0, first = 0] = await threePersons(client);
    await client.control('POST', 'merges', { winner, losers: [first] });

    expect(await feed(client, '/deletedleads.json')).toMatchObject([{ leadId: first, activityTypeId: 37 }]);
  }));

test.each([
  ['an unknown winner', '99/merge.json?leadId=1', '1004'],
  ['an unknown loser', '1/merge.json?leadId=99', '1004'],
  ['no loser', '1/merge.json', '1003'],
  [
    'more than 25 losers',
    `1/merge.json?leadIds=${Array.from({ length: 26 }, (_, n) => n + 2).join()}`,
    '1080',
  ],
])('refuses %s', (_name, path, code) =>
  withEmulator(async (client) => {
    await threePersons(client);

    expect((await client.post(`leads/${path}`, undefined)).errors).toMatchObject([{ code }]);
  }),
);
