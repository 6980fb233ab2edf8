import type { Call, Envelope, RecordOutcome, TestClient } from './testClient.ts';
import { callAs, tokenSince, withEmulator } from './testClient.ts';

type Json = Readonly<Record<string, unknown>>;

/** Runs a test in a subscription with the partitions Default and Europe, and with a user of Europe only. */
async function withEurope(test: (client: TestClient, european: Call) => Promise<void>): Promise<void> {
  await withEmulator(async (client) => {
    await client.control('POST', 'partitions', { name: 'Europe', description: 'The old world' });
    const permissions = ['Read-Write Lead', 'Read-Only Activity'];
    await client.control('POST', 'users', { userId: 'eu@x.co', permissions, partitions: ['Europe'] });
    await test(client, await callAs(client, 'eu@x.co'));
  });
}

const reasonsOf = ({ result = [] }: Envelope<RecordOutcome>) =>
  result.map(({ status, reasons }) => reasons?.[0]?.code ?? status);
const sync = (call: Call, body: Json) => call<RecordOutcome>('POST', 'leads.json', body);

async function partitionOf(client: TestClient, id: number | undefined): Promise<unknown> {
  const { result } = await client.get(`lead/${id}.json?fields=leadPartitionId`);
  return result?.[0]?.['leadPartitionId'];
}

test('new persons go to the named partition, or to the default one, and are found by it', () =>
  withEurope(async (client) => {
    const [first] = await client.upsert([{ email: 'a@x.co' }]);
    const [second] = await client.upsert([{ email: 'b@x.co' }], { partitionName: 'Europe' });

    expect([await partitionOf(client, first?.id), await partitionOf(client, second?.id)]).toEqual([1, 2]);
    const found = await client.get('leads.json?filterType=leadPartitionId&filterValues=2');
    expect(found.result?.map(({ id }) => id)).toEqual([second?.id]);
    expect((await client.get('leads/partitions.json')).result).toMatchObject([
      { id: 1, name: 'Default' },
      { id: 2, name: 'Europe', description: 'The old world' },
    ]);
  }));

test('a person of another partition than the named one is skipped with 1010, and createOnly finds it with 1005', () =>
  withEurope(async (client) => {
    await client.upsert([{ email: 'a@x.co' }]);
    const sent = { input: [{ email: 'a@x.co', city: 'Ulm' }], partitionName: 'Europe' };

    expect(reasonsOf(await client.post('leads.json', sent))).toEqual(['1010']);
    expect(reasonsOf(await client.post('leads.json', { ...sent, action: 'createOnly' }))).toEqual(['1005']);
    const refused = await client.post('leads.json', { ...sent, action: 'updateOnly' });
    expect(refused.errors?.[0]?.code).toBe('1003');
  }));

test('with the partition as a part of the key there is a person of that key in each', () =>
  withEurope(async (client) => {
    await client.control('POST', 'settings', { dedupeByPartition: true });
    const input = [{ email: 'a@x.co' }];

    expect((await client.upsert(input))[0]?.status).toBe('created');
    expect((await client.upsert(input, { partitionName: 'Europe' }))[0]?.status).toBe('created');
    expect((await client.upsert(input, { partitionName: 'Europe' }))[0]?.status).toBe('updated');
    expect((await client.upsert(input, { action: 'updateOnly' }))[0]?.reasons?.[0]?.code).toBe('1007');
  }));

test('a move is logged as Change Lead Partition and answers 1004 and 1008 record by record', () =>
  withEurope(async (client) => {
    const [person] = await client.upsert([{ email: 'a@x.co' }]);
    const input = [
      { id: person?.id, partitionName: 'Europe' },
      { id: 1, partitionName: 'Europe' },
      { id: person?.id, partitionName: 'Mars' },
    ];

    expect(reasonsOf(await client.post('leads/partitions.json', { input }))).toEqual([
      'updated',
      '1004',
      '1008',
    ]);
    expect(await partitionOf(client, person?.id)).toBe(2);
    const token = await tokenSince(client);
    const rows = await client.get(`activities.json?activityTypeIds=13,100&nextPageToken=${token}`);
    expect(rows.result).toMatchObject([
      {
        activityTypeId: 100,
        leadId: person?.id,
        primaryAttributeValueId: 2,
        primaryAttributeValue: 'Europe',
        attributes: [
          { name: 'Old Partition ID', value: '1' },
          { name: 'Reason', value: 'Web service API' },
        ],
      },
    ]);
  }));

test('a marketer moves persons too, to a partition that is there', () =>
  withEurope(async (client) => {
    const [person] = await client.upsert([{ email: 'a@x.co' }]);
    await client.control('POST', 'moves', { id: person?.id, partitionName: 'Europe' });

    expect(await partitionOf(client, person?.id)).toBe(2);
    expect(await client.control('POST', 'moves', { id: person?.id, partitionName: 'Mars' })).toEqual({
      faults: ['no partition Mars'],
    });
    expect(await client.control('POST', 'partitions', { name: 'Europe' })).toEqual({
      faults: ['partition Europe is there'],
    });
  }));

/** A person of the default partition, and one of Europe. */
async function twoPersons(client: TestClient): Promise<{ other: number; own: number }> {
  const [other] = await client.upsert([{ email: 'a@x.co' }]);
  const [own] = await client.upsert([{ email: 'eu@x.co' }], { partitionName: 'Europe' });
  return { other: other?.id ?? 0, own: own?.id ?? 0 };
}

test('a user of some partitions does not see the persons of others', () =>
  withEurope(async (client, european) => {
    const { other, own } = await twoPersons(client);

    const seen = await european('GET', 'leads.json?filterType=email&filterValues=a@x.co,eu@x.co');
    expect(seen.result?.map(({ id }) => id)).toEqual([own]);
    expect((await european('GET', `lead/${other}.json`)).result).toEqual([]);
    const token = await tokenSince(client);
    const feed = await european('GET', `activities/leadchanges.json?fields=email&nextPageToken=${token}`);
    expect(feed.result?.map((row) => row['leadId'])).toEqual([own]);
  }));

test('a user of some partitions may not change, delete or merge persons of others: 1008', () =>
  withEurope(async (client, european) => {
    const { other, own } = await twoPersons(client);
    const change = { action: 'updateOnly', lookupField: 'email', input: [{ email: 'a@x.co' }] };
    expect(reasonsOf(await sync(european, change))).toEqual(['1008']);
    const closed = { input: [{ id: other }] };
    expect(reasonsOf(await european('POST', 'leads/delete.json', closed))).toEqual(['1008']);
    const merged = await european('POST', `leads/${own}/merge.json?leadId=${other}`);
    expect(merged.errors?.[0]?.code).toBe('1008');
  }));

test('a user without the default partition must name one, 1009, of its own, 1008', () =>
  withEurope(async (_client, european) => {
    const input = [{ email: 'new@x.co' }];

    expect(reasonsOf(await sync(european, { input }))).toEqual(['1009']);
    expect((await sync(european, { input, partitionName: 'Default' })).errors?.[0]?.code).toBe('1008');
    expect(reasonsOf(await sync(european, { input, partitionName: 'Europe' }))).toEqual(['created']);
    expect((await european('GET', 'leads/partitions.json')).result).toMatchObject([{ name: 'Europe' }]);
  }));
