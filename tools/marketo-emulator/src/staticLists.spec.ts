import type { Call, Envelope, TestClient } from './testClient.ts';
import { callAs, tokenSince, withEmulator } from './testClient.ts';

interface MemberRow {
  readonly id: number;
  readonly status: string;
  readonly reasons?: readonly { code: string }[];
}

async function makeList(client: TestClient, name = 'Guests'): Promise<number> {
  return (await client.control<{ id: number }>('POST', 'lists', { name, programName: 'Fair' })).id;
}

async function persons(client: TestClient, count: number): Promise<number[]> {
  const input = Array.from({ length: count }, (_value, index) => ({ email: `p${index}@x.co` }));
  return (await client.control<{ ids: number[] }>('POST', 'persons', { persons: input })).ids;
}

const outcomesOf = ({ result = [] }: Envelope<MemberRow>) =>
  result.map(({ id, status, reasons }) => [id, reasons?.[0]?.code ?? status]);

const codeOf = ({ errors }: Envelope<unknown>) => errors?.[0]?.code;
const leadIdsOf = ({ result = [] }: Envelope<{ leadId: number }>) => result.map(({ leadId }) => leadId);

const remove = async (client: TestClient, path: string): Promise<Envelope<MemberRow>> =>
  (await (await client.fetchRest(path, { method: 'DELETE' })).json()) as Envelope<MemberRow>;

test('adds, tells and removes members id by id, with the ids in the query or in a body', () =>
  withEmulator(async (client) => {
    const [list, [first = 0, second = 0]] = [await makeList(client), await persons(client, 2)];
    const members = `lists/${list}/leads`;

    const input = [{ id: first }, { id: 1 }];
    expect(outcomesOf(await client.post<MemberRow>(`${members}.json`, { input }))).toEqual([
      [first, 'added'],
      [1, '1004'],
    ]);
    const asked = await client.get<MemberRow>(`${members}/ismember.json?id=${first}&id=${second},1`);
    expect(outcomesOf(asked)).toEqual([
      [first, 'memberof'],
      [second, 'notmemberof'],
      [1, '1004'],
    ]);
    expect(outcomesOf(await remove(client, `${members}.json?id=${first},${second}`))).toEqual([
      [first, 'removed'],
      [second, '1015'],
    ]);
    expect((await client.get(`${members}.json`)).result).toEqual([]);
  }));

test('lists are found by id, name and program, page by page, and an unknown one answers 1013', () =>
  withEmulator(async (client) => {
    const ids = [await makeList(client, 'One'), await makeList(client, 'Two')];
    const idsOf = ({ result = [] }: Envelope<Readonly<Record<string, unknown>>>) =>
      result.map(({ id }) => id);

    expect(idsOf(await client.get('lists.json?programName=Fair'))).toEqual(ids);
    expect(idsOf(await client.get('lists.json?name=Two'))).toEqual([ids[1]]);
    const page = await client.get('lists.json?batchSize=1');
    const rest = await client.get(`lists.json?batchSize=1&nextPageToken=${page.nextPageToken ?? ''}`);
    expect([idsOf(page), idsOf(rest), rest.nextPageToken]).toEqual([[ids[0]], [ids[1]], undefined]);
    expect((await client.get(`lists/${ids[0]}.json`)).result).toMatchObject([
      { name: 'One', programName: 'Fair', workspaceName: 'Default' },
    ]);
    expect((await client.get('lists/7.json')).errors?.[0]?.code).toBe('1013');
    expect((await client.get('lists/7/leads.json')).errors?.[0]?.code).toBe('1013');
  }));

test('members come in pages of 300 beyond a thousand, each once', () =>
  withEmulator(async (client) => {
    const [list, ids] = [await makeList(client), await persons(client, 1_100)];
    await client.control('POST', `lists/${list}/members`, { add: ids });
    const pages: number[][] = [];
    for (let token: string | undefined = ''; token !== undefined && pages.length < 9;) {
      const path = `lists/${list}/leads.json?fields=email&nextPageToken=${encodeURIComponent(token)}`;
      const page: Envelope<Readonly<Record<string, unknown>>> = await client.get(path);
      pages.push((page.result ?? []).map(({ id }) => Number(id)));
      token = page.nextPageToken;
    }

    expect(pages.map(({ length }) => length)).toEqual([300, 300, 300, 200]);
    expect(pages.flat()).toEqual(ids);
    const foreign = await client.get(`lists.json?nextPageToken=${'A'.repeat(16)}`);
    expect(foreign.errors?.[0]?.code).toBe('1003');
  }));

test('logs Add to List and Remove from List once for each change, and a feed can be of one list', () =>
  withEmulator(async (client) => {
    const [list, [first = 0, second = 0]] = [await makeList(client), await persons(client, 2)];
    for (let turn = 0; turn < 2; turn += 1)
      await client.post(`lists/${list}/leads.json?id=${first}`, undefined);
    await client.control('POST', `lists/${list}/members`, { add: [second], remove: [second] });
    const token = await tokenSince(client);
    const rows = await client.get(`activities.json?activityTypeIds=24,25&nextPageToken=${token}`);

    expect(rows.result).toMatchObject([
      {
        activityTypeId: 24,
        leadId: first,
        primaryAttributeValueId: list,
        primaryAttributeValue: 'Fair.Guests',
      },
      { activityTypeId: 24, leadId: second },
      { activityTypeId: 25, leadId: second },
    ]);
    const path = `activities/leadchanges.json?fields=email&nextPageToken=${token}&listId=`;
    expect(leadIdsOf(await client.get(`${path}${list}`))).toEqual([first]);
    expect(codeOf(await client.get(`${path}7`))).toBe('1013');
    await client.control('POST', 'settings', { feedListMembersMax: 0 });
    expect(codeOf(await client.get(`${path}${list}`))).toBe('1003');
  }));

test('a merge combines memberships, and who is deleted is in no list', () =>
  withEmulator(async (client) => {
    const [list, [first = 0, second = 0]] = [await makeList(client), await persons(client, 2)];
    await client.control('POST', `lists/${list}/members`, { add: [second] });
    await client.post(`leads/${first}/merge.json?leadId=${second}`, undefined);

    expect((await client.get(`lists/${list}/leads.json?fields=email`)).result?.map(({ id }) => id)).toEqual([
      first,
    ]);
    expect((await client.get(`leads/${first}/listMembership.json`)).result).toMatchObject([{ listId: list }]);
    await client.control('POST', 'deletes', { id: first });
    expect(await client.control('GET', 'lists')).toEqual({
      lists: [{ id: list, name: 'Guests', members: [] }],
    });
  }));

test('members of other partitions are left out and closed', () =>
  withEmulator(async (client) => {
    const [list, [first = 0]] = [await makeList(client), await persons(client, 1)];
    await client.control('POST', `lists/${list}/members`, { add: [first] });
    const role = { permissions: ['Read-Write Lead'], partitions: [] };
    await client.control('POST', 'users', { userId: 'nowhere@x.co', ...role });
    const call: Call = await callAs(client, 'nowhere@x.co');

    expect((await call('GET', `lists/${list}/leads.json`)).result).toEqual([]);
    expect(outcomesOf(await call('POST', `lists/${list}/leads.json?id=${first}`))).toEqual([[first, '1008']]);
  }));
