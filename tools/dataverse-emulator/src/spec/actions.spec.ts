import { startClient, type Answered, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
beforeEach(async () => {
  client = await startClient();
});
afterEach(() => client.close());

const space = 'Microsoft.Dynamics.CRM';

function post(path: string, body: unknown): Promise<Answered> {
  return client.call(path, { method: 'POST', body });
}

async function seedOne(table: string, row: Record<string, unknown>): Promise<string> {
  const [id] = await client.seed(table, [row]);
  return String(id);
}

async function deltaLink(set: string): Promise<string> {
  const { body } = await client.call(set, { headers: { prefer: 'odata.track-changes' } });
  return String(body['@odata.deltaLink']);
}

async function changedIds(link: string, key: string): Promise<unknown[]> {
  const { body } = await client.call(link);
  return body.value.map((row) => row['id'] ?? row[key]).sort();
}

describe('bulk messages', () => {
  const bulk = (message: string, ...rows: Record<string, unknown>[]): Promise<Answered> =>
    post(`leads/${space}.${message}`, {
      Targets: rows.map((row) => ({ '@odata.type': `${space}.lead`, ...row })),
    });
  const lastNames = async (): Promise<unknown[]> =>
    (await client.call('leads?$select=lastname')).body.value.map((row) => row['lastname']).sort();

  it('create and update rows in one transaction, with the ids in order', async () => {
    const created = await bulk('CreateMultiple', { lastname: 'A' }, { lastname: 'B' });
    const [first, second] = created.body['Ids'] as string[];
    expect((await client.call(`leads(${second})`)).body['lastname']).toBe('B');
    const updated = await bulk('UpdateMultiple', { leadid: first, lastname: 'C' });
    const other = '11111111-2222-4333-8444-555555555555';
    const upserted = await bulk(
      'UpsertMultiple',
      { leadid: second, lastname: 'D' },
      { leadid: other, lastname: 'E' },
    );
    expect([created.status, updated.status, upserted.status]).toEqual([200, 204, 204]);
    expect(await lastNames()).toEqual(['C', 'D', 'E']);
  });

  it('take everything back at the first error, from rows and from the log', async () => {
    const { last } = await client.control('states');
    const failed = await bulk('CreateMultiple', { lastname: 'A' }, { lastname: 'x'.repeat(51) });
    expect([failed.status, failed.code]).toEqual([400, '0x80044331']);
    expect(await lastNames()).toEqual([]);
    expect((await client.control('states'))['last']).toBe(last);
  });

  it('refuse a row without its type, one row twice, and deletes', async () => {
    const id = await seedOne('lead', { lastname: 'A' });
    const untyped = await post(`leads/${space}.CreateMultiple`, { Targets: [{ lastname: 'A' }] });
    const twice = (): Promise<Answered> =>
      bulk('UpdateMultiple', { leadid: id, lastname: 'B' }, { leadid: id, lastname: 'C' });
    expect([untyped.status, (await twice()).status]).toEqual([400, 400]);
    await client.control('settings', { refusesBulkDuplicates: false });
    expect((await twice()).status).toBe(204);
    expect((await bulk('DeleteMultiple', { leadid: id })).code).toBe('0x80040800');
  });

  it('are listed per table, so that a client can test for them', async () => {
    const filters = async (table: string): Promise<number> => {
      const filter = `sdkmessageid/name eq 'CreateMultiple' and primaryobjecttypecode eq '${table}'`;
      return (await client.call(`sdkmessagefilters?$filter=${encodeURIComponent(filter)}`)).body.value.length;
    };
    expect([await filters('lead'), await filters('teammembership')]).toEqual([1, 0]);
    const { body } = await client.call(
      `sdkmessages?$filter=${encodeURIComponent("name eq 'UpsertMultiple'")}`,
    );
    expect(body.value.map((row) => row['name'])).toEqual(['UpsertMultiple']);
  });
});

describe('QualifyLead', () => {
  const all = { CreateAccount: true, CreateContact: true, CreateOpportunity: true, Status: -1 };

  it('closes the lead and creates rows that name it, each seen in the deltas', async () => {
    const lead = {
      subject: 'Wants ten',
      firstname: 'Ida',
      lastname: 'Ek',
      companyname: 'Fabrikam',
      revenue: 5,
    };
    const id = await seedOne('lead', lead);
    const links = { leads: await deltaLink('leads'), opportunities: await deltaLink('opportunities') };
    const { status, body } = await post(`leads(${id})/${space}.QualifyLead`, all);
    expect(status).toBe(200);
    const [account, contact, opportunity] = body.value;
    expect([account?.['name'], contact?.['fullname'], opportunity?.['name']]).toEqual([
      'Fabrikam',
      'Ida Ek',
      'Wants ten',
    ]);
    const row = (await client.call(`leads(${id})`)).body;
    expect(row).toMatchObject({
      statecode: 1,
      statuscode: 3,
      _qualifyingopportunityid_value: opportunity?.['opportunityid'],
    });
    const person = (await client.call(`contacts(${String(contact?.['contactid'])})`)).body;
    expect(person).toMatchObject({
      _originatingleadid_value: id,
      _parentcustomerid_value: account?.['accountid'],
    });
    expect(await changedIds(links.leads, 'leadid')).toEqual([id]);
    expect(await changedIds(links.opportunities, 'opportunityid')).toEqual([opportunity?.['opportunityid']]);
  });

  it('copies every digit of money', async () => {
    const id = String(
      (await post('leads', '{"lastname":"Ek","revenue":900000000000000.12}')).headers['odata-entityid'],
    );
    const { body } = await post(`${id}/${space}.QualifyLead`, { ...all, CreateOpportunity: false });
    const { text } = await client.call(`accounts(${String(body.value[0]?.['accountid'])})?$select=revenue`);
    expect(text).toContain('"revenue":900000000000000.1200,');
  });

  it('refuses a closed lead and missing parameters, and creates nothing', async () => {
    const id = await seedOne('lead', { lastname: 'Ek' });
    expect((await post(`leads(${id})/${space}.QualifyLead`, { Status: -1 })).status).toBe(400);
    await post(`leads(${id})/${space}.QualifyLead`, {
      ...all,
      CreateAccount: false,
      CreateOpportunity: false,
    });
    expect((await post(`leads(${id})/${space}.QualifyLead`, all)).code).toBe('0x80081018');
    expect((await client.call('accounts')).body.value).toEqual([]);
    expect((await client.call('contacts')).body.value).toHaveLength(1);
  });
});

describe('Merge', () => {
  const reference = (id: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
    '@odata.type': `${space}.account`,
    accountid: id,
    ...more,
  });

  it('closes the subordinate, moves its children and fills the target from the content', async () => {
    const target = await seedOne('account', { name: 'Target' });
    const subordinate = await seedOne('account', { name: 'Other' });
    const child = await seedOne('contact', {
      lastname: 'Ek',
      _parentcustomerid_value: subordinate,
      '_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname': 'account',
    });
    const links = { accounts: await deltaLink('accounts'), contacts: await deltaLink('contacts') };
    const { status } = await post('Merge', {
      Target: reference(target),
      Subordinate: reference(subordinate),
      UpdateContent: { '@odata.type': `${space}.account`, telephone1: '555' },
      PerformParentingChecks: false,
    });
    expect(status).toBe(204);
    expect((await client.call(`accounts(${target})`)).body).toMatchObject({
      name: 'Target',
      telephone1: '555',
    });
    expect((await client.call(`accounts(${subordinate})`)).body).toMatchObject({
      statecode: 1,
      merged: true,
      _masterid_value: target,
    });
    expect((await client.call(`contacts(${child})`)).body['_parentcustomerid_value']).toBe(target);
    expect(await changedIds(links.accounts, 'accountid')).toEqual([target, subordinate].sort());
    expect(await changedIds(links.contacts, 'contactid')).toEqual([child]);
  });

  it('refuses a row with itself, an inactive one and other tables', async () => {
    const target = await seedOne('account', { name: 'Target' });
    const closed = await seedOne('account', { name: 'Closed', statecode: 1 });
    const code = async (first: unknown, second: unknown): Promise<unknown> =>
      (await post('Merge', { Target: first, Subordinate: second })).code;
    expect(await code(reference(target), reference(target))).toBe('0x80045305');
    expect(await code(reference(target), reference(closed))).toBe('0x80045304');
    const team = { '@odata.type': `${space}.team`, teamid: target };
    expect(await code(team, team)).toBe('0x80045302');
  });
});

describe('WinOpportunity and LoseOpportunity', () => {
  it.each([
    ['WinOpportunity', 1, 3],
    ['LoseOpportunity', 2, 5],
  ])('%s closes the opportunity with an activity, once', async (action, statecode, statuscode) => {
    const id = await seedOne('opportunity', { name: 'Ten' });
    const body = {
      Status: statuscode,
      OpportunityClose: { subject: 'Done', 'opportunityid@odata.bind': `/opportunities(${id})` },
    };
    expect((await post(action, body)).status).toBe(204);
    expect((await client.call(`opportunities(${id})`)).body).toMatchObject({ statecode, statuscode });
    expect((await client.call(`opportunities(${id})`)).body['actualclosedate']).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect((await post(action, body)).code).toBe('0x80040233');
    expect((await client.call('opportunitycloses')).body.value).toHaveLength(1);
  });
});

describe('AddMembersTeam and RemoveMembersTeam', () => {
  it('make rows of teammembership come and go in its delta, and touch team and user only when switched on', async () => {
    const team = await seedOne('team', { name: 'North' });
    const user = await seedOne('systemuser', { fullname: 'Ida' });
    const links = { members: await deltaLink('teammemberships'), teams: await deltaLink('teams') };
    const change = async (action: string): Promise<number> => {
      const Members = [{ '@odata.type': `${space}.systemuser`, systemuserid: user }];
      return (await post(`teams(${team})/${space}.${action}`, { Members })).status;
    };
    expect([await change('AddMembersTeam'), await change('AddMembersTeam')]).toEqual([204, 204]);
    const { body } = await client.call(links.members);
    expect(body.value).toMatchObject([{ teamid: team, systemuserid: user }]);
    expect(await changedIds(links.teams, 'teamid')).toEqual([]);
    await client.control('settings', { doMembershipsTouchRows: true });
    await change('RemoveMembersTeam');
    const gone = await changedIds(String(body['@odata.deltaLink']), 'teammembershipid');
    expect(gone).toEqual([body.value[0]?.['teammembershipid']]);
    expect(await changedIds(links.teams, 'teamid')).toEqual([team]);
  });
});

describe('functions of the organisation', () => {
  it('count rows from a snapshot that may be old', async () => {
    await client.seed('lead', [{ lastname: 'A' }]);
    const count = async (): Promise<unknown> => {
      const { body } = await client.call("RetrieveTotalRecordCount(EntityNames=@p1)?@p1=['lead','account']");
      return body['EntityRecordCountCollection'];
    };
    expect(await count()).toMatchObject({ Count: 2, Keys: ['lead', 'account'], Values: [1, 0] });
    await client.control('settings', { recordCountAgeHours: 24 });
    await client.seed('lead', [{ lastname: 'B' }]);
    expect(await count()).toMatchObject({ Values: [1, 0] });
    await client.control('clock', { advanceMs: 86_400_000 });
    await client.renewToken();
    expect(await count()).toMatchObject({ Values: [2, 0] });
    expect((await client.call('RetrieveVersion()')).body['Version']).toMatch(/^9\.2\./);
  });
});
