import { startClient, type Answered, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
beforeEach(async () => {
  client = await startClient({ now: () => Date.UTC(2026, 10, 22, 8, 10, 44, 987) });
});
afterEach(() => client.close());

const tracked = { headers: { prefer: 'odata.track-changes' } };
const dayMs = 86_400_000;

function people(count: number): readonly { lastname: string }[] {
  return Array.from({ length: count }, (_, index) => ({ lastname: `Person ${index}` }));
}

async function pages(target: string, pageSize: number): Promise<Answered[]> {
  const prefer = `odata.track-changes,odata.maxpagesize=${pageSize}`;
  const answers: Answered[] = [];
  for (let next: unknown = target; typeof next === 'string'; next = answers.at(-1)?.body['@odata.nextLink'])
    answers.push(await client.call(next, { headers: { prefer } }));
  return answers;
}

async function deltaLink(target = 'leads?$select=lastname'): Promise<string> {
  return String((await client.call(target, tracked)).body['@odata.deltaLink']);
}

describe('tracked reads', () => {
  it('pages through every row and gives the delta link on the last page only', async () => {
    const ids = await client.seed('lead', people(7));
    const answers = await pages('leads?$select=lastname', 3);
    expect(answers.map(({ body }) => body.value.length)).toEqual([3, 3, 1]);
    expect(answers.map(({ body }) => '@odata.deltaLink' in body)).toEqual([false, false, true]);
    expect(answers.flatMap(({ body }) => body.value.map((row) => row['leadid']))).toEqual(ids);
    expect(answers[0]?.headers['preference-applied']).toBe('odata.track-changes,odata.maxpagesize=3');
    expect(answers[0]?.body['@odata.context']).toMatch(/\$metadata#leads\(lastname\)$/);
    expect(Object.keys(answers[0]?.body.value[0] ?? {})).toEqual(['@odata.etag', 'lastname', 'leadid']);
  });

  it('says in the paging cookie of each next page that it is a tracked read', async () => {
    await client.seed('lead', people(5));
    const answers = await pages('leads?$select=lastname', 2);
    const cookies = answers.slice(0, -1).map(({ body }) => {
      const link = new URL(String(body['@odata.nextLink']));
      return decodeURIComponent(link.searchParams.get('$skiptoken') ?? '');
    });
    expect(cookies).toEqual(
      [2, 3].map((page) => {
        const shape = `^<cookie pagenumber="${page}" pagingcookie=".+" istracking="True" />$`;
        return expect.stringMatching(shape) as string;
      }),
    );
  });

  it('pins the high-water mark on page one, so that later changes come with the first delta', async () => {
    const ids = await client.seed('lead', people(4));
    const first = await client.call('leads?$select=lastname', {
      headers: { prefer: 'odata.maxpagesize=2,odata.track-changes' },
    });
    await client.control('edits', { table: 'lead', id: ids[0], fields: { lastname: 'Edited meanwhile' } });
    const [late] = await client.seed('lead', people(1));
    const second = await client.call(String(first.body['@odata.nextLink']));
    expect(second.body.value.map((row) => row['leadid'])).toEqual([ids[2], ids[3]]);
    const delta = await client.call(String(second.body['@odata.deltaLink']));
    expect(delta.body.value.map((row) => row['leadid'])).toEqual([ids[0], late]);
  });

  it('gives updates, then a bare tombstone for each delete, also of a row created in between', async () => {
    const [kept, gone] = await client.seed('lead', people(2));
    const link = await deltaLink();
    await client.control('deletes', { table: 'lead', id: gone });
    const [fleeting] = await client.seed('lead', people(1));
    await client.control('deletes', { table: 'lead', id: fleeting });
    await client.control('edits', { table: 'lead', id: kept, fields: { lastname: 'New' } });
    const { body } = await client.call(link);
    const context = `${client.emulator.url}/api/data/v9.2/$metadata#leads/$deletedEntity`;
    expect(body['@odata.context']).toMatch(/#leads\(lastname\)\/\$delta$/);
    expect(body.value[0]).toMatchObject({ leadid: kept, lastname: 'New' });
    expect(body.value.slice(1)).toEqual([
      { '@odata.context': context, id: gone, reason: 'deleted' },
      { '@odata.context': context, id: fleeting, reason: 'deleted' },
    ]);
    expect((await client.call(String(body['@odata.deltaLink']))).body.value).toEqual([]);
  });

  it('pages a delta, across the border between rows and deletes', async () => {
    const ids = await client.seed('lead', people(6));
    const link = await deltaLink();
    for (const id of ids.slice(0, 3)) await client.control('deletes', { table: 'lead', id });
    for (const id of ids.slice(3)) await client.control('edits', { table: 'lead', id, fields: {} });
    expect((await client.call(link.replace('leads?', 'leads/$count?'))).text).toBe('6');
    const answers = await pages(link, 2);
    const rows = answers.flatMap(({ body }) => body.value.map((row) => row['leadid'] ?? row['id']));
    expect(answers.length).toBe(3);
    expect(rows).toEqual([...ids.slice(3), ...ids.slice(0, 3)]);
  });

  it('shows a row that was deleted and made again as a row, not as a tombstone', async () => {
    const [id] = await client.seed('lead', people(1));
    const link = await deltaLink();
    await client.call(`leads(${id})`, { method: 'DELETE' });
    await client.call(`leads(${id})`, { method: 'PATCH', body: { lastname: 'Again' } });
    expect((await client.call(link)).body.value).toMatchObject([{ leadid: id, lastname: 'Again' }]);
  });

  it('writes the token as version, exclamation mark and time, percent-encoded in lower case', async () => {
    expect(await deltaLink()).toMatch(/\$deltatoken=\d+%2111%2f22%2f2026%2008%3a10%3a44$/);
  });

  it('lets a delta token expire after the retention, by its own clock', async () => {
    const link = await deltaLink();
    await client.control('clock', { advanceMs: 7 * dayMs - 60_000 });
    await client.renewToken();
    expect((await client.call(link)).status).toBe(200);
    await client.control('clock', { advanceMs: 120_000 });
    const answer = await client.call(link);
    expect([answer.status, answer.code]).toEqual([400, '0x80044352']);
    const organization = await client.call('organizations?$select=expirechangetrackingindays');
    expect(organization.body.value).toMatchObject([{ expirechangetrackingindays: 7 }]);
  });

  it('voids the tokens of a table whose metadata changed, and no others', async () => {
    const [leads, contacts] = [await deltaLink(), await deltaLink('contacts?$select=lastname')];
    await client.control('tokens/lead/expire', {});
    expect((await client.call(leads)).code).toBe('0x80044352');
    expect((await client.call(contacts)).status).toBe(200);
    expect((await client.call(await deltaLink())).status).toBe(200);
  });

  it('refuses a garbage token with another code than an expired one', async () => {
    const answer = await client.call('leads?$deltatoken=rubbish');
    expect([answer.status, answer.code]).toEqual([400, '0x80040203']);
  });

  it.each(['$filter=lastname eq null', '$orderby=lastname', '$expand=ownerid', '$top=3'])(
    'refuses %s together with tracking and names the option',
    async (option) => {
      const answer = await client.call(`leads?${encodeURI(option)}`, tracked);
      expect(answer.status).toBe(400);
      expect(answer.text).toContain(`\\"${option.slice(1).split('=')[0]}\\"`);
    },
  );

  it('refuses tracking on an untracked table and without the privilege to read', async () => {
    expect((await client.call('organizations', tracked)).code).toBe('0x80072491');
    await client.control('settings', { missingPrivileges: ['prvReadlead'] });
    const answer = await client.call('leads', tracked);
    expect([answer.status, answer.code]).toEqual([403, '0x80040220']);
  });

  it('brings annotations on tracked reads too', async () => {
    const [account] = await client.seed('account', [{ name: 'Fabrikam' }]);
    await client.seed('contact', [
      { lastname: 'Ek', 'parentcustomerid_account@odata.bind': `/accounts(${account})` },
    ]);
    const { body } = await client.call(
      'contacts?$select=_parentcustomerid_value,statuscode,donotemail,preferredcontactmethodcode',
      { headers: { prefer: 'odata.track-changes,odata.include-annotations="*"' } },
    );
    const formatted = '@OData.Community.Display.V1.FormattedValue';
    expect(body.value[0]).toMatchObject({
      _parentcustomerid_value: account,
      '_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname': 'account',
      [`_parentcustomerid_value${formatted}`]: 'Fabrikam',
      [`statuscode${formatted}`]: 'Active',
      [`donotemail${formatted}`]: 'Allow',
      [`preferredcontactmethodcode${formatted}`]: 'Any',
    });
  });

  it('caps the page size', async () => {
    await client.control('settings', { pageSizeMax: 2 });
    await client.seed('lead', people(3));
    expect((await pages('leads', 5000)).map(({ body }) => body.value.length)).toEqual([2, 1]);
  });
});
