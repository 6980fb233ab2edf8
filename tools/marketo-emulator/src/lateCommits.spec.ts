import type { Envelope, TestClient } from './testClient.ts';
import { tokenSince, withEmulator } from './testClient.ts';

interface Row {
  readonly id?: number;
  readonly marketoGUID: string;
  readonly leadId: number;
  readonly activityDate: string;
}

interface Page {
  readonly rows: readonly Row[];
  readonly token: string;
}

async function readNewLeads(client: TestClient, token: string): Promise<Page> {
  const path = `activities/leadchanges.json?fields=email&nextPageToken=${token}`;
  const { result = [], nextPageToken = '' }: Envelope<Row> = await client.get(path);
  return { rows: result, token: encodeURIComponent(nextPageToken) };
}

async function create(client: TestClient, email: string): Promise<number> {
  return (await client.upsert([{ email }]))[0]?.id ?? 0;
}

const leadIds = ({ rows }: Page): number[] => rows.map(({ leadId }) => leadId);
const lateEvery = (every: number, more: object = {}) => ({
  lateActivityEvery: every,
  lateActivityMs: 30_000,
  ...more,
});

test('a late activity shows up behind the tokens that were read meanwhile, at its own date', () =>
  withEmulator(async (client) => {
    await client.control('POST', 'settings', lateEvery(2, { lateActivityKeepsId: true }));
    const [first, late, third] = [
      await create(client, 'a@x.co'),
      await create(client, 'b@x.co'),
      await create(client, 'c@x.co'),
    ];
    const start = await tokenSince(client);
    const before = await readNewLeads(client, start);
    await client.control('POST', 'clock', { advanceMs: 31_000 });

    expect(leadIds(before)).toEqual([first, third]);
    expect(leadIds(await readNewLeads(client, before.token))).toEqual([]);
    const again = await readNewLeads(client, start);
    expect(leadIds(again)).toEqual([first, late, third]);
    expect(again.rows[1]?.id).toBeLessThan(again.rows[2]?.id ?? 0);
  }));

test('or it gets its id when it shows up: a kept token meets it, with a date before those already read', () =>
  withEmulator(async (client) => {
    await client.control('POST', 'settings', lateEvery(2));
    const late = [await create(client, 'a@x.co'), await create(client, 'b@x.co')][1];
    const before = await readNewLeads(client, await tokenSince(client));
    await client.control('POST', 'clock', { advanceMs: 20_000 });
    const third = await create(client, 'c@x.co');
    const meanwhile = await readNewLeads(client, before.token);
    await client.control('POST', 'clock', { advanceMs: 20_000 });
    const after = await readNewLeads(client, meanwhile.token);

    expect([leadIds(meanwhile), leadIds(after)]).toEqual([[third], [late]]);
    expect(Date.parse(after.rows[0]?.activityDate ?? '')).toBeLessThan(
      Date.parse(meanwhile.rows[0]?.activityDate ?? ''),
    );
  }));

test('a write that was answered 604 commits when the clock has moved 90 seconds', () =>
  withEmulator(async (client) => {
    const action = { kind: 'commitLater', code: '604', delayMs: 90_000 };
    await client.control('POST', 'faults', { match: { method: 'POST' }, action });
    const input = [{ email: 'a@x.co' }];
    const found = async (): Promise<number> =>
      (await client.get('leads.json?filterType=email&filterValues=a@x.co')).result?.length ?? 0;

    expect((await client.post('leads.json', { input })).errors?.[0]?.code).toBe('604');
    await client.control('POST', 'clock', { advanceMs: 89_000 });
    expect(await found()).toBe(0);
    await client.control('POST', 'clock', { advanceMs: 1_000 });
    expect(await found()).toBe(1);
  }));

test('commitTwice: a call that is delivered twice is done twice and answered once', () =>
  withEmulator(async (client) => {
    await client.control('POST', 'faults', {
      match: { path: '/leads\\.json' },
      action: { kind: 'commitTwice' },
    });
    const answer = await client.post('leads.json', {
      action: 'createDuplicate',
      input: [{ email: 'a@x.co' }],
    });

    expect(answer.result).toMatchObject([{ status: 'created' }]);
    const { persons } = await client.control<{ persons: object[] }>('GET', 'persons');
    expect(persons).toHaveLength(2);
  }));

test('rows of a feed can come twice, and without an id, with the same marketoGUID', () =>
  withEmulator(async (client) => {
    await client.control('POST', 'settings', { repeatRows: true, omitActivityIds: true });
    for (const email of ['a@x.co', 'b@x.co', 'c@x.co']) await create(client, email);
    const { rows } = await readNewLeads(client, await tokenSince(client));

    expect(rows).toHaveLength(4);
    expect(new Set(rows.map(({ marketoGUID }) => marketoGUID)).size).toBe(3);
    expect(rows.every((row) => row.id === undefined)).toBe(true);
  }));

test('a full page has no room for repeated rows, and loses none', () =>
  withEmulator(async (client) => {
    await client.control('POST', 'settings', { repeatRows: true });
    const persons = Array.from({ length: 310 }, (_value, index) => ({ email: `p${index}@x.co` }));
    const { ids } = await client.control<{ ids: number[] }>('POST', 'persons', { persons });
    const first = await readNewLeads(client, await tokenSince(client));
    const second = await readNewLeads(client, first.token);

    expect(leadIds(first)).toEqual(ids.slice(0, 300));
    expect([...new Set(leadIds(second))]).toEqual(ids.slice(300));
    expect(second.rows.length).toBeGreaterThan(10);
  }));

test('an answer takes its time by the number of records', () =>
  withEmulator(async (client) => {
    await client.control('POST', 'settings', { answerMsPerRecord: 3 });
    await client.upsert(Array.from({ length: 60 }, (_value, index) => ({ email: `p${index}@x.co` })));
    const { calls } = await client.control<{ calls: { durationMs: number }[] }>('GET', 'calls');

    expect(calls[0]?.durationMs).toBeGreaterThanOrEqual(115);
  }));

test('a new owner is logged as Change Owner beside its change row', () =>
  withEmulator(async (client) => {
    const input = ['S-1', 'S-2'].map((externalSalesPersonId) => ({ externalSalesPersonId }));
    const { result = [] } = await client.post<{ id: number }>('salespersons.json', { input });
    await client.upsert([{ email: 'a@x.co', externalSalesPersonId: 'S-1' }]);
    await client.upsert([{ email: 'a@x.co', externalSalesPersonId: 'S-2' }]);
    const token = await tokenSince(client);
    const rows = await client.get(`activities.json?activityTypeIds=13,23&nextPageToken=${token}`);

    expect(rows.result).toMatchObject([
      { activityTypeId: 23, primaryAttributeValueId: result[1]?.id, primaryAttributeValue: 'S-2' },
      { activityTypeId: 13, primaryAttributeValue: 'External Sales Person Id' },
    ]);
  }));

test('a token in the query serves only where the switch says so', () =>
  withEmulator(async (client) => {
    const token = client.authorization.slice('Bearer '.length);
    const codeOf = async (): Promise<unknown> => {
      const response = await fetch(`${client.url}/rest/v1/leads/describe2.json?access_token=${token}`);
      return ((await response.json()) as Envelope<unknown>).errors?.[0]?.code;
    };

    expect(await codeOf()).toBe('603');
    await client.control('POST', 'settings', { tokenInQuery: true });
    expect(await codeOf()).toBeUndefined();
  }));
