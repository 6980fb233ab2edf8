import { decodeBase32 } from './core/pagingToken.ts';
import type { ChangeRow, Envelope, TestClient } from './testClient.ts';
import { tokenSince, withEmulator } from './testClient.ts';

const dayMs = 86_400_000;

async function changesFrom(
  client: TestClient,
  token: string,
  fields: string,
  more = '',
): Promise<Envelope<ChangeRow>> {
  return client.get<ChangeRow>(`activities/leadchanges.json?nextPageToken=${token}&fields=${fields}${more}`);
}

/** Follows the feed to its end, as a client must. */
async function allChanges(client: TestClient, fields: string, more = ''): Promise<Envelope<ChangeRow>[]> {
  const pages: Envelope<ChangeRow>[] = [];
  let token = await tokenSince(client);
  for (let hasMore = true; hasMore && pages.length < 200;) {
    const page = await changesFrom(client, token, fields, more);
    pages.push(page);
    token = encodeURIComponent(page.nextPageToken ?? '');
    hasMore = page.moreResult ?? false;
  }
  return pages;
}

test('logs one row per changed field with display strings, source and reason', () =>
  withEmulator(async (client) => {
    const [created] = await client.upsert([{ email: 'a@x.co', crmCreatedDate: '2026-01-02T03:04:05Z' }]);
    await client.upsert([{ email: 'a@x.co', unsubscribed: true, crmCreatedDate: null, city: 'Rome' }]);
    const { result = [], moreResult } = await changesFrom(
      client,
      await tokenSince(client),
      'unsubscribed,crmCreatedDate',
    );

    expect(moreResult).toBe(false);
    expect(result.map(({ activityTypeId, leadId }) => [activityTypeId, leadId])).toEqual([
      [12, created?.id],
      [13, created?.id],
      [13, created?.id],
    ]);
    expect(result.flatMap(({ fields }) => fields)).toEqual([
      { id: 74, name: 'unsubscribed', newValue: 'True', oldValue: 'False' },
      { id: 1005, name: 'crmCreatedDate', newValue: null, oldValue: '2026-01-02 03:04:05' },
    ]);
    expect(result[1]?.attributes).toContainEqual({ name: 'Source', value: 'Web service API' });
    expect(new Set(result.map(({ marketoGUID }) => marketoGUID)).size).toBe(3);
    expect(result[0]?.activityDate).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  }));

test('a marketer is told from the API by source and reason', () =>
  withEmulator(async (client) => {
    const [created] = await client.upsert([{ email: 'a@x.co' }]);
    await client.control('POST', 'edits', { id: created?.id, fields: { city: 'Rome' } });
    const { result = [] } = await changesFrom(client, await tokenSince(client), 'city');

    expect(result[1]?.attributes).toEqual([
      { name: 'Reason', value: 'Manual person edit' },
      { name: 'Source', value: 'Lead update' },
    ]);
  }));

test('pages hold at most 300 rows, and a token is always there to poll on from', () =>
  withEmulator(async (client) => {
    const persons = Array.from({ length: 301 }, (_value, index) => ({ email: `p${index}@x.co` }));
    await client.control('POST', 'persons', { persons });
    const pages = await allChanges(client, 'city');

    expect(pages.map(({ result, moreResult }) => [result?.length, moreResult])).toEqual([
      [300, true],
      [1, false],
    ]);
    const token = encodeURIComponent(pages.at(-1)?.nextPageToken ?? '');
    expect(Object.keys(await changesFrom(client, token, 'city'))).not.toContain('result');
    const [late] = await client.upsert([{ email: 'late@x.co' }]);
    expect((await changesFrom(client, token, 'city')).result?.map(({ leadId }) => leadId)).toEqual([
      late?.id,
    ]);
  }));

test('short pages: blocks without matches are empty with moreResult true, and nothing is lost', () =>
  withEmulator(async (client) => {
    await client.control('POST', 'settings', { shortPages: true, scanBlockSize: 3 });
    const [first] = await client.upsert([{ email: 'a@x.co' }]);
    for (let turn = 0; turn < 9; turn += 1) {
      await client.control('POST', 'edits', { id: first?.id, fields: { city: `City ${turn}` } });
    }
    const [last] = await client.upsert([{ email: 'z@x.co' }]);
    const pages = await allChanges(client, 'phone');

    expect(pages.filter(({ result, moreResult }) => result === undefined && moreResult).length).toBe(2);
    expect(pages.flatMap(({ result = [] }) => result.map(({ leadId }) => leadId))).toEqual([
      first?.id,
      last?.id,
    ]);
  }));

test('a token is Base32 of datetime and id, starts at its datetime, and nonsense answers 1003', () =>
  withEmulator(async (client) => {
    await client.upsert([{ email: 'old@x.co' }]);
    await client.control('POST', 'clock', { advanceMs: 60_000 });
    const [young] = await client.upsert([{ email: 'young@x.co' }]);
    const since = new Date(Date.now() + 30_000).toISOString();
    const token = await tokenSince(client, since);

    expect(decodeBase32(decodeURIComponent(token))).toBe(`${since.slice(0, 19)}.000Z,0`);
    expect((await changesFrom(client, token, 'city')).result?.map(({ leadId }) => leadId)).toEqual([
      young?.id,
    ]);
    expect((await changesFrom(client, 'NONSENSE', 'city')).errors?.[0]?.code).toBe('1003');
    for (const bad of ['soon', '2026-02-31', '2026-02-30T00:00:00Z', '2026-02-01T24:00:00Z']) {
      const { errors } = await client.get(`activities/pagingtoken.json?sinceDatetime=${bad}`);
      expect(errors?.[0]?.code).toBe('1003');
    }
    // Wherever the emulator runs.
    const zoneless = await tokenSince(client, '2026-02-01T00:00:00');
    expect(zoneless).toBe(await tokenSince(client, '2026-02-01T00:00:00Z'));
  }));

test('passes unasked change rows when the field filter is loose', () =>
  withEmulator(async (client) => {
    const [created] = await client.upsert([{ email: 'a@x.co' }]);
    for (const city of ['A', 'B', 'C']) {
      await client.control('POST', 'edits', { id: created?.id, fields: { city } });
    }
    const namesSeen = async (): Promise<(string | undefined)[]> =>
      (await changesFrom(client, await tokenSince(client), 'phone')).result?.map(
        ({ fields }) => fields[0]?.name,
      ) ?? [];

    expect(await namesSeen()).toEqual([undefined]);
    await client.control('POST', 'settings', { looseFieldFilter: true });
    expect(await namesSeen()).toEqual([undefined, 'city']);
  }));

test('forgets changes after 90 days and deletes after 14, but never a New Lead', () =>
  withEmulator(async (client) => {
    await client.control('POST', 'settings', { tokenLifetimeSeconds: 1_000_000_000 });
    await client.control('DELETE', 'tokens');
    const { access_token } = (await (await client.token()).json()) as { access_token: string };
    const read = async (path: string): Promise<number> => {
      const url = `activities/${path}&nextPageToken=${await tokenSinceWith(access_token)}`;
      const response = await client.fetchRest(url, { headers: { authorization: `Bearer ${access_token}` } });
      return ((await response.json()) as { result?: unknown[] }).result?.length ?? 0;
    };
    const tokenSinceWith = async (bearer: string): Promise<string> => {
      const path = 'activities/pagingtoken.json?sinceDatetime=2020-01-01';
      const response = await client.fetchRest(path, { headers: { authorization: `Bearer ${bearer}` } });
      return encodeURIComponent(((await response.json()) as { nextPageToken: string }).nextPageToken);
    };
    const { ids } = await client.control<{ ids: number[] }>('POST', 'persons', {
      persons: [{ email: 'a@x.co' }],
    });
    await client.control('POST', 'edits', { id: ids[0], fields: { city: 'Rome' } });
    await client.control('POST', 'deletes', { id: ids[0] });
    const seen = async (): Promise<number[]> => [
      await read('leadchanges.json?fields=city'),
      await read('deletedleads.json?batchSize=300'),
    ];

    expect(await seen()).toEqual([2, 1]);
    await client.control('POST', 'clock', { advanceMs: 15 * dayMs });
    expect(await seen()).toEqual([2, 0]);
    await client.control('POST', 'clock', { advanceMs: 76 * dayMs });
    expect(await seen()).toEqual([1, 0]);
  }));

test('activities.json and deletedleads.json give the primary value of scores and deletes', () =>
  withEmulator(async (client) => {
    const [created] = await client.upsert([{ email: 'a@x.co', firstName: 'Ada', lastName: 'Byron' }]);
    await client.upsert([{ email: 'a@x.co', leadScore: 5 }]);
    await client.post('leads/delete.json', { input: [{ id: created?.id }] });
    const token = await tokenSince(client);

    const scores = await client.get(`activities.json?activityTypeIds=13,22&nextPageToken=${token}`);
    expect(scores.result?.map(({ activityTypeId }) => activityTypeId)).toEqual([22, 13]);
    expect(scores.result?.[1]).toMatchObject({ primaryAttributeValue: 'Person Score' });
    const deletes = await client.get(`activities/deletedleads.json?nextPageToken=${token}`);
    expect(deletes.result).toMatchObject([
      { activityTypeId: 37, primaryAttributeValueId: created?.id, primaryAttributeValue: 'Ada Byron' },
    ]);
    const types = await client.get('activities/types.json');
    expect(types.result?.map(({ id }) => id)).toEqual([2, 12, 13, 22, 23, 24, 25, 32, 37, 100, 145]);
  }));
