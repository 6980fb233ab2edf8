import { startClient, type Answered, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.close());

const wholeRow = { prefer: 'return=representation' };

function outcome({ status, code }: Answered): readonly [number, string | undefined] {
  return [status, code];
}

function write(method: string, target: string, body?: unknown, headers = {}): Promise<Answered> {
  return client.call(target, { method, headers, ...(body === undefined ? {} : { body }) });
}

async function one(table: string, fields: Record<string, unknown>): Promise<string> {
  return (await client.seed(table, [fields]))[0] ?? '';
}

describe('alternate keys', () => {
  it('read, update and create a row, and are echoed', async () => {
    const target = "accounts(accountnumber='K 1')";
    const created = await write('PATCH', encodeURI(target), { name: 'Key' });
    expect(created.headers['odata-entityid']).toBe(
      `${client.emulator.url}/api/data/v9.2/${encodeURI(target)}`,
    );
    expect((await client.call(encodeURI(target))).body).toMatchObject({ name: 'Key', accountnumber: 'K 1' });
    const updated = await write('PATCH', encodeURI(target), { name: 'Same', accountnumber: 'K 9' }, wholeRow);
    expect([updated.status, updated.body['accountnumber']]).toEqual([200, 'K 1']);
  });

  it('follow a row to its new value', async () => {
    await one('account', { name: 'Moves', accountnumber: 'M1' });
    const { body } = await client.call("accounts(accountnumber='m1')?$select=name");
    await write('PATCH', `accounts(${String(body['accountid'])})`, { accountnumber: 'M2' });
    expect(outcome(await client.call("accounts(accountnumber='M1')"))).toEqual([404, '0x80060891']);
    expect((await client.call("accounts(accountnumber='M2')")).body['name']).toBe('Moves');
  });

  // The row was there and not found, and could not be made either.
  it('compare decimals as numbers', async () => {
    const column = {
      '@odata.type': 'Microsoft.Dynamics.CRM.DecimalAttributeMetadata',
      SchemaName: 'new_Rate',
    };
    const account = "EntityDefinitions(LogicalName='account')";
    await write('POST', `${account}/Attributes`, { ...column, Precision: 4 });
    await write('POST', `${account}/Keys`, { SchemaName: 'new_RateKey', KeyAttributes: ['new_rate'] });
    await one('account', { name: 'Rated', new_rate: 12.5 });
    expect((await client.call('accounts(new_rate=12.50)?$select=name')).body['name']).toBe('Rated');
    const upserted = await write('PATCH', 'accounts(new_rate=12.5)', { name: 'Same' }, wholeRow);
    const made = await write('PATCH', 'accounts(new_rate=-0.25)', { name: 'Made' }, wholeRow);
    expect([upserted.status, made.status, made.body['new_rate']]).toEqual([200, 201, -0.25]);
  });

  it('are refused when not defined, not found, or taken', async () => {
    await one('account', { name: 'First', accountnumber: 'D1' });
    expect(outcome(await client.call("accounts(name='First')"))).toEqual([400, '0x80060890']);
    expect(outcome(await client.call("accounts(accountnumber='none')"))).toEqual([404, '0x80060891']);
    const twin = await write('POST', 'accounts', { name: 'Twin', accountnumber: 'd1' });
    expect(outcome(twin)).toEqual([412, '0x80060892']);
    const guarded = await write('PATCH', "accounts(accountnumber='none')", {}, { 'if-match': '*' });
    expect(guarded.status).toBe(404);
  });
});

describe('alternate keys of text', () => {
  // What the service is documented to break on must not work here.
  it.each(['/', '<', '>', '*', '%', '&', ':', '\\', '?', '+'])(
    'are no address where they hold %s, and name a row in a body all the same',
    async (character) => {
      const number = `A${character}1`;
      await one('account', { name: 'Special', accountnumber: number });
      const target = `accounts(accountnumber='${encodeURIComponent(number)}')`;
      expect(outcome(await client.call(target))).toEqual([400, '0x80060888']);
      expect(outcome(await write('PATCH', target, { name: 'Other' }))).toEqual([400, '0x80060888']);
      const bound = { 'parentcustomerid_account@odata.bind': target };
      expect((await write('POST', 'contacts', bound)).status).toBe(204);
    },
  );
});

describe('single rows', () => {
  it('bring expanded rows, and then never a 304', async () => {
    const account = await one('account', { name: 'Expanded' });
    const contact = await write(
      'POST',
      'contacts',
      { lastname: 'Ek', 'parentcustomerid_account@odata.bind': `accounts(${account})` },
      wholeRow,
    );
    const target = `contacts(${String(contact.body['contactid'])})`;
    const headers = { 'if-none-match': String(contact.headers['etag']) };
    const expanded = await client.call(`${target}?$expand=parentcustomerid_account($select=name)`, {
      headers,
    });
    expect([expanded.status, expanded.body['parentcustomerid_account']]).toEqual([
      200,
      expect.objectContaining({ name: 'Expanded' }),
    ]);
    expect((await client.call(target, { headers })).status).toBe(304);
    const prefer = 'odata.include-annotations="*"';
    expect((await client.call(target, { headers: { ...headers, prefer } })).status).toBe(200);
  });

  it('have columns that are read, set and cleared alone', async () => {
    const target = `leads(${await one('lead', { lastname: 'Ek', revenue: 5 })})`;
    expect((await write('PUT', `${target}/jobtitle`, { value: 'Buyer' })).status).toBe(204);
    expect((await client.call(`${target}/jobtitle`)).body['value']).toBe('Buyer');
    expect((await client.call(`${target}/jobtitle/$value`)).text).toBe('Buyer');
    expect((await client.call(`${target}/revenue`)).text).toContain('"value":5.0000');
    expect((await write('DELETE', `${target}/jobtitle`)).status).toBe(204);
    expect((await client.call(`${target}/jobtitle`)).status).toBe(204);
    expect(outcome(await client.call(`${target}/nosuch`))).toEqual([404, '0x80060888']);
  });
});

describe('relations', () => {
  it('bind by alternate key and by absolute address, with navigation names in their case', async () => {
    await one('account', { name: 'Bound', accountnumber: 'B1' });
    const bind = (name: string, value: unknown): Promise<Answered> =>
      write('POST', 'contacts', { lastname: 'Ek', [name]: value }, wholeRow);
    const base = `${client.emulator.url}/api/data/v9.2/`;
    const name = 'parentcustomerid_account@odata.bind';
    expect((await bind(name, "/accounts(accountnumber='B1')")).status).toBe(201);
    expect((await bind(name, `${base}accounts(accountnumber='B1')`)).status).toBe(201);
    expect(outcome(await bind(name, "accounts(accountnumber='B2')"))).toEqual([404, '0x80060891']);
    const wrongCase = await bind('ParentCustomerId_account@odata.bind', "accounts(accountnumber='B1')");
    expect(outcome(wrongCase)).toEqual([400, '0x80048d19']);
  });

  it('bind by the address that a write answered, and by a key with parentheses', async () => {
    const made = await write('PATCH', encodeURI("accounts(accountnumber='Ü (1)')"), { name: 'Encoded' });
    const bound = (address: unknown): Promise<Answered> =>
      write('POST', 'contacts', { 'parentcustomerid_account@odata.bind': address }, wholeRow);
    const answered = await bound(made.headers['odata-entityid']);
    const plain = await bound("accounts(accountnumber='Ü (1)')");
    expect([answered.status, plain.status]).toEqual([201, 201]);
    expect(answered.body['_parentcustomerid_value']).toEqual(expect.any(String));
    expect(plain.body['_parentcustomerid_value']).toBe(answered.body['_parentcustomerid_value']);
  });

  it('take a user or an owner team as owner, never an access team', async () => {
    const [owner, access] = await client.seed('team', [
      { name: 'Owners', teamtype: 0 },
      { name: 'Access', teamtype: 1 },
    ]);
    const target = `leads(${await one('lead', { lastname: 'Ek' })})`;
    const assign = (team: string | undefined): Promise<Answered> =>
      write('PATCH', target, { 'ownerid@odata.bind': `teams(${team})` });
    expect((await assign(owner)).status).toBe(204);
    expect((await client.call(target)).body['_ownerid_value']).toBe(owner);
    const expanded = await client.call(`${target}?$select=lastname&$expand=ownerid($select=name)`);
    expect(expanded.body['ownerid']).toMatchObject({ name: 'Owners', teamid: owner });
    expect((await client.call(`${target}/ownerid?$select=name`)).body['name']).toBe('Owners');
    const reference = (await client.call(`${target}/ownerid/$ref`)).body['@odata.id'];
    expect(reference).toMatch(`/teams(${owner})`);
    expect((await assign(access)).status).toBe(400);
  });

  it('are set, read and cleared through references', async () => {
    const account = await one('account', { name: 'Referred' });
    const lead = `leads(${await one('lead', { lastname: 'Ek' })})`;
    const id = { '@odata.id': `${client.emulator.url}/api/data/v9.2/accounts(${account})` };
    expect((await write('PUT', `${lead}/parentaccountid/$ref`, id)).status).toBe(204);
    expect((await client.call(`${lead}/parentaccountid/$ref`)).body['@odata.id']).toBe(id['@odata.id']);
    expect((await client.call(`${lead}/parentaccountid?$select=name`)).body['name']).toBe('Referred');
    expect((await write('DELETE', `${lead}/parentaccountid/$ref`)).status).toBe(204);
    expect((await client.call(`${lead}/parentaccountid`)).status).toBe(204);
  });

  it('add to and remove from a collection of children', async () => {
    const account = `accounts(${await one('account', { name: 'Parent' })})`;
    const contact = await one('contact', { lastname: 'Child' });
    const children = `${account}/contact_customer_accounts`;
    const names = async (): Promise<unknown[]> =>
      (await client.call(`${children}?$select=lastname`)).body.value.map((row) => row['lastname']);
    expect((await write('POST', `${children}/$ref`, { '@odata.id': `contacts(${contact})` })).status).toBe(
      204,
    );
    expect(await names()).toEqual(['Child']);
    expect((await write('DELETE', `${children}(${contact})/$ref`)).status).toBe(204);
    expect(await names()).toEqual([]);
  });

  it('come in pages below a row, each once, and are counted', async () => {
    const parent = await one('account', { name: 'Large', accountnumber: 'L 1' });
    await client.seed(
      'contact',
      ['A', 'B', 'C'].map((lastname) => ({
        lastname,
        _parentcustomerid_value: parent,
        '_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname': 'account',
      })),
    );
    const children = encodeURI("accounts(accountnumber='L 1')/contact_customer_accounts");
    const headers = { prefer: 'odata.maxpagesize=2' };
    const pages = async (query: string): Promise<[names: unknown[], counts: unknown[]]> => {
      const [rows, counts]: [Record<string, unknown>[], unknown[]] = [[], []];
      for (let next: unknown = `${children}${query}`; typeof next === 'string';) {
        const { body } = await client.call(next, { headers });
        rows.push(...body.value);
        counts.push(body['@odata.count']);
        next = body['@odata.nextLink'];
      }
      return [rows.map((row) => row['lastname'] ?? row['@odata.id']), counts];
    };
    const [byKey] = await pages('?$select=lastname');
    expect(byKey.sort()).toEqual(['A', 'B', 'C']);
    expect(await pages('?$select=lastname&$orderby=lastname%20desc&$count=true')).toEqual([
      ['C', 'B', 'A'],
      [3, 3],
    ]);
    expect(new Set((await pages('/$ref'))[0]).size).toBe(3);
    expect((await client.call(`${children}/$count?$filter=lastname%20ne%20'A'`)).text).toBe('2');
  });

  it('associate many-to-many by rows with versions and tombstones', async () => {
    const team = `teams(${await one('team', { name: 'Members', teamtype: 0 })})`;
    const user = await one('systemuser', { fullname: 'Member' });
    const prefer = { prefer: 'odata.track-changes' };
    const first = await client.call('teammemberships?$select=teamid,systemuserid', { headers: prefer });
    const members = `${team}/teammembership_association`;
    const name = { '@odata.id': `systemusers(${user})` };
    expect((await write('POST', `${members}/$ref`, name)).status).toBe(204);
    expect((await write('POST', `${members}/$ref`, name)).status).toBe(412);
    const added = await client.call(String(first.body['@odata.deltaLink']));
    expect(added.body.value).toEqual([expect.objectContaining({ systemuserid: user })]);
    expect(
      (await client.call(`systemusers(${user})?$expand=teammembership_association($select=name)`)).body,
    ).toMatchObject({
      teammembership_association: [{ name: 'Members' }],
    });
    const named = encodeURIComponent(`${client.emulator.url}/api/data/v9.2/systemusers(${user})`);
    expect((await write('DELETE', `${members}/$ref?$id=${named}`)).status).toBe(204);
    const removed = await client.call(String(added.body['@odata.deltaLink']));
    expect(removed.body.value).toEqual([expect.objectContaining({ reason: 'deleted' })]);
  });

  it.each([
    ['accounts', 'accountleads_association'],
    ['contacts', 'contactleads_association'],
  ])('associate %s with leads', async (set, navigation) => {
    const row = await one(set.slice(0, -1), set === 'accounts' ? { name: 'N' } : { lastname: 'N' });
    const lead = await one('lead', { lastname: 'Ek' });
    const target = `${set}(${row})/${navigation}`;
    expect((await write('POST', `${target}/$ref`, { '@odata.id': `leads(${lead})` })).status).toBe(204);
    expect((await client.call(`${target}?$select=lastname`)).body.value).toHaveLength(1);
    expect((await write('DELETE', `${target}(${lead})/$ref`)).status).toBe(204);
    expect((await write('DELETE', `${target}(${lead})/$ref`)).status).toBe(404);
  });
});
