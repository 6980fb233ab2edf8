import { startClient, type Answered, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
beforeAll(async () => {
  client = await startClient({ now: () => Date.UTC(2026, 10, 22, 8, 10, 44, 987) });
});
afterAll(() => client.close());

const absentId = '11111111-2222-4333-8444-555555555555';
const wholeRow = { headers: { prefer: 'return=representation' } };

async function newLead(body: Record<string, unknown> = {}): Promise<{ id: string; etag: string }> {
  const { body: row } = await client.call('leads', {
    method: 'POST',
    body: { lastname: 'Ek', ...body },
    ...wholeRow,
  });
  return { id: String(row['leadid']), etag: String(row['@odata.etag']) };
}

function patch(
  id: string,
  headers: Record<string, string>,
  body: unknown = { jobtitle: 'Buyer' },
): Promise<Answered> {
  return client.call(`leads(${id})`, { method: 'PATCH', headers, body });
}

function outcome(answer: Answered): readonly [number, string | undefined] {
  return [answer.status, answer.code];
}

describe('the table of conditional writes', () => {
  it('updates an existing row without a condition, with a star, and with its version', async () => {
    const { id, etag } = await newLead();
    expect(outcome(await patch(id, { 'if-match': etag }))).toEqual([204, undefined]);
    expect(outcome(await patch(id, { 'if-match': '*' }))).toEqual([204, undefined]);
    expect(outcome(await patch(id, {}))).toEqual([204, undefined]);
  });

  it('refuses a version that is not the current one', async () => {
    const { id, etag } = await newLead();
    await patch(id, {});
    expect(outcome(await patch(id, { 'if-match': etag }))).toEqual([412, '0x80060882']);
  });

  it('refuses to overwrite when only a creation was asked for', async () => {
    const { id } = await newLead();
    expect((await patch(id, { 'if-none-match': '*' })).status).toBe(412);
  });

  it('creates an absent row without a condition and with If-None-Match', async () => {
    const plain = '21111111-2222-4333-8444-555555555555';
    const guarded = '31111111-2222-4333-8444-555555555555';
    expect((await patch(plain, {})).headers['odata-entityid']).toBe(
      `${client.emulator.url}/api/data/v9.2/leads(${plain})`,
    );
    expect(outcome(await patch(guarded, { 'if-none-match': '*' }))).toEqual([204, undefined]);
    expect((await client.call(`leads(${guarded})`)).body['jobtitle']).toBe('Buyer');
  });

  it('answers 404 for an absent row with any If-Match', async () => {
    expect(outcome(await patch(absentId, { 'if-match': '*' }))).toEqual([404, '0x80040217']);
    expect(outcome(await patch(absentId, { 'if-match': 'W/"7"' }))).toEqual([404, '0x80040217']);
    expect((await client.call(`leads(${absentId})`)).text).toContain(absentId);
  });

  it('answers 200 or 201 with the row when its representation is wanted', async () => {
    const id = '41111111-2222-4333-8444-555555555555';
    const created = await patch(id, { prefer: 'return=representation' });
    const updated = await client.call(`leads(${id})?$select=jobtitle`, {
      method: 'PATCH',
      body: { jobtitle: 'Seller' },
      ...wholeRow,
    });
    expect([created.status, updated.status]).toEqual([201, 200]);
    expect(updated.headers['etag']).toBe(updated.body['@odata.etag']);
    expect(updated.body).toMatchObject({ jobtitle: 'Seller', leadid: id });
    expect('lastname' in updated.body).toBe(false);
  });

  it('deletes only the version asked for', async () => {
    const { id, etag } = await newLead();
    await patch(id, {});
    const remove = (headers: Record<string, string>): Promise<Answered> =>
      client.call(`leads(${id})`, { method: 'DELETE', headers });
    expect(outcome(await remove({ 'if-match': etag }))).toEqual([412, '0x80060882']);
    expect((await remove({})).status).toBe(204);
    expect(outcome(await remove({}))).toEqual([404, '0x80040217']);
  });

  it('answers 304 to a reader who has the current version', async () => {
    const { id, etag } = await newLead();
    expect((await client.call(`leads(${id})`, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await client.call(`leads(${id})`, { headers: { 'if-none-match': 'null' } })).status).toBe(200);
  });
});

describe('rows', () => {
  it('creates with 204, and refuses an id that is taken', async () => {
    const body = { leadid: '51111111-2222-4333-8444-555555555555', lastname: 'Ek' };
    expect(outcome(await client.call('leads', { method: 'POST', body }))).toEqual([204, undefined]);
    expect(outcome(await client.call('leads', { method: 'POST', body }))).toEqual([412, '0x80040237']);
  });

  it('maintains authors, times, owner, full name and version, and ignores them when sent', async () => {
    const me = (await client.call('WhoAmI')).body['UserId'];
    const { id } = await newLead({
      firstname: 'Ida',
      fullname: 'Nobody',
      versionnumber: 5,
      createdon: '2001-01-01',
    });
    const { body } = await client.call(`leads(${id})`);
    expect(body).toMatchObject({
      fullname: 'Ida Ek',
      createdon: '2026-11-22T08:10:44Z',
      modifiedon: '2026-11-22T08:10:44Z',
      _modifiedby_value: me,
      _ownerid_value: me,
      statecode: 0,
      statuscode: 1,
      '@odata.etag': `W/"${String(body['versionnumber'])}"`,
    });
  });

  it('raises the one version counter of the organisation also when nothing differs', async () => {
    const { id } = await newLead();
    const contact = await client.call('contacts', { method: 'POST', body: { lastname: 'Ek' }, ...wholeRow });
    const same = await patch(id, wholeRow.headers, { lastname: 'Ek' });
    expect(Number(same.body['versionnumber'])).toBe(Number(contact.body['versionnumber']) + 1);
  });

  it('keeps every digit of money and prints four decimals', async () => {
    const { id } = await newLead();
    await patch(id, {}, '{"revenue":123456789012345.67}');
    const { text } = await client.call(`leads(${id})?$select=revenue`);
    expect(text).toContain('"revenue":123456789012345.6700,');
    expect(text).toContain('"_transactioncurrencyid_value":"');
    await patch(id, {}, { revenue: 20000 });
    expect((await client.call(`leads(${id})`)).text).toContain('"revenue_base":20000.0000');
  });

  it.each([
    ['an unknown property', { nosuchcolumn: 1 }, '0x80048d19'],
    ['a lookup by its logical name', { parentcustomerid: null }, '0x80048d19'],
    ['text that is too long', { lastname: 'x'.repeat(51) }, '0x80044331'],
    ['an option outside the set', { leadsourcecode: 99 }, '0x8004431a'],
    ['a number for text', { lastname: 5 }, '0x80048d19'],
    ['text for a number', { mkt_leadscore: '5' }, '0x80048d19'],
    ['an integer out of range', { mkt_leadscore: 3_000_000_000 }, '0x8004432f'],
    ['money out of range', { revenue: 1e15 }, '0x80044330'],
    ['a date before 1753', { mkt_lastinterestingmomentdate: '1700-01-01T00:00:00Z' }, '0x80040239'],
    ['a word for a date', { mkt_lastinterestingmomentdate: 'soon' }, '0x80048d19'],
    ['a day that no month has', { mkt_lastinterestingmomentdate: '2024-02-31T08:00:00Z' }, '0x80048d19'],
    ['an hour that no day has', { mkt_lastinterestingmomentdate: '2024-02-11T24:00:00Z' }, '0x80048d19'],
    ['a lookup by its value', { _parentaccountid_value: absentId }, '0x80060888'],
    ['a lead without an owner', { 'ownerid@odata.bind': null }, '0x80040203'],
    ['a status of another state', { statuscode: 3 }, '0x80048408'],
  ])('refuses %s and writes nothing', async (_what, body, code) => {
    const { id, etag } = await newLead();
    expect(outcome(await patch(id, {}, body))).toEqual([400, code]);
    expect((await client.call(`leads(${id})`)).body['@odata.etag']).toBe(etag);
  });

  it('falls to the default status of a new state, and keeps a closed lead closed', async () => {
    const { id } = await newLead();
    const closed = await patch(id, wholeRow.headers, { statecode: 2 });
    expect(closed.body).toMatchObject({ statecode: 2, statuscode: 4 });
    expect(outcome(await patch(id, {}))).toEqual([400, '0x80040233']);
    expect((await patch(id, {}, { statecode: 0, statuscode: 2 })).status).toBe(204);
  });

  it('binds a polymorphic lookup by its navigation property and clears it', async () => {
    const account = (
      await client.call('accounts', { method: 'POST', body: { name: 'Fabrikam' }, ...wholeRow })
    ).body;
    const id = account['accountid'];
    const contact = (bind: unknown): Promise<Answered> =>
      client.call('contacts', {
        method: 'POST',
        body: { 'parentcustomerid_account@odata.bind': bind },
        ...wholeRow,
      });
    const bound = await contact(`/accounts(${String(id)})`);
    expect(bound.body['_parentcustomerid_value']).toBe(id);
    expect(outcome(await contact(`/accounts(${absentId})`))).toEqual([404, '0x80040217']);
    expect((await contact(`/leads(${absentId})`)).status).toBe(400);
    const cleared = await client.call(`contacts(${String(bound.body['contactid'])})`, {
      method: 'PATCH',
      body: { 'parentcustomerid_account@odata.bind': null },
      ...wholeRow,
    });
    expect(cleared.body['_parentcustomerid_value']).toBeNull();
  });

  it('does not know other tables, keys that are not defined or PATCH on a set', async () => {
    expect(outcome(await client.call('invoices'))).toEqual([404, '0x80060888']);
    expect((await client.call("leads(emailaddress1='a')")).status).toBe(400);
    expect((await client.call('leads', { method: 'PATCH', body: {} })).status).toBe(405);
  });
});
