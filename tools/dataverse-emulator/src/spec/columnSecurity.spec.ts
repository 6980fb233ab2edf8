import { startClient, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
beforeEach(async () => {
  client = await startClient();
});
afterEach(() => client.close());

const secured = { table: 'lead', column: 'jobtitle', secured: true };

describe('column security', () => {
  it('answers null for a secured column without permission, in every kind of read', async () => {
    const [id] = await client.seed('lead', [{ lastname: 'Ek', jobtitle: 'Buyer' }]);
    await client.control('columnSecurity', secured);
    expect((await client.call(`leads(${id})?$select=jobtitle`)).body['jobtitle']).toBeNull();
    const tracked = await client.call('leads?$select=jobtitle,lastname', {
      headers: { prefer: 'odata.track-changes' },
    });
    expect(tracked.body.value[0]).toMatchObject({ jobtitle: null, lastname: 'Ek' });
    const written = await client.call(`leads(${id})`, {
      method: 'PATCH',
      headers: { prefer: 'return=representation' },
      body: { lastname: 'Berg' },
    });
    expect(written.body).toMatchObject({ jobtitle: null, lastname: 'Berg' });
    await client.control('columnSecurity', { ...secured, canRead: true });
    expect((await client.call(`leads(${id})`)).body['jobtitle']).toBe('Buyer');
  });

  it('hides a column from pages that were printed before', async () => {
    await client.control('generate', { table: 'lead', count: 150 });
    const titles = async (): Promise<unknown[]> => {
      const headers = { prefer: 'odata.track-changes' };
      return (await client.call('leads?$select=jobtitle', { headers })).body.value.map(
        (row) => row['jobtitle'],
      );
    };
    expect((await titles()).every((title) => title !== null)).toBe(true);
    await client.control('columnSecurity', secured);
    expect((await titles()).every((title) => title === null)).toBe(true);
  });

  it.each([
    ['a filter', '$filter=jobtitle eq null'],
    ['an order', '$orderby=jobtitle'],
    ['a function', "$filter=startswith(jobtitle,'B')"],
  ])('does not let %s tell the values of a column that may not be read', async (_kind, query) => {
    const [id] = await client.seed('lead', [{ lastname: 'Ek', jobtitle: 'Buyer' }]);
    await client.control('columnSecurity', secured);
    const refused = await client.call(`leads?${query.replaceAll(' ', '%20')}`);
    expect([refused.status, refused.code]).toEqual([403, '0x8004f504']);
    await client.control('settings', { securedColumnsInQueries: 'null' });
    const empty = await client.call('leads?$filter=jobtitle%20eq%20null');
    expect(empty.body.value.map((row) => row['leadid'])).toEqual([id]);
    await client.control('columnSecurity', { ...secured, canRead: true });
    const seen = await client.call("leads?$filter=jobtitle%20eq%20'Buyer'&$orderby=jobtitle");
    expect(seen.body.value).toHaveLength(1);
  });

  it('refuses writes with the codes of create and update', async () => {
    const [id] = await client.seed('lead', [{ lastname: 'Ek' }]);
    await client.control('columnSecurity', { ...secured, canRead: true });
    const body = { jobtitle: 'Buyer' };
    const created = await client.call('leads', { method: 'POST', body });
    const updated = await client.call(`leads(${id})`, { method: 'PATCH', body });
    expect([created.status, created.code]).toEqual([403, '0x8004f502']);
    expect([updated.status, updated.code]).toEqual([403, '0x8004f507']);
    await client.control('columnSecurity', { ...secured, canUpdate: true });
    expect((await client.call(`leads(${id})`, { method: 'PATCH', body })).status).toBe(204);
    expect(await client.control(`rows/lead/${id}`)).toMatchObject(body);
  });

  it('tells a caller what it may do with secured columns', async () => {
    await client.control('columnSecurity', { ...secured, canRead: true });
    const { body: me } = await client.call('WhoAmI');
    const user = `systemusers(${String(me['UserId'])})`;
    const { body } = await client.call(
      `${user}/Microsoft.Dynamics.CRM.RetrievePrincipalAttributePrivileges()`,
    );
    const attribute = await client.call(
      "EntityDefinitions(LogicalName='lead')/Attributes(LogicalName='jobtitle')",
    );
    expect(attribute.body).toMatchObject({ IsSecured: true, CanBeSecuredForRead: true });
    expect(body['AttributePrivileges']).toEqual([
      { AttributeId: attribute.body['MetadataId'], CanRead: 4, CanCreate: 0, CanUpdate: 0 },
    ]);
    expect((await client.call('fieldpermissions')).body.value).toMatchObject([
      { entityname: 'lead', attributelogicalname: 'jobtitle', canread: 4, canupdate: 0 },
    ]);
  });
});

describe('privileges', () => {
  it('tells a caller which of the privileges that it names it has, and how far they reach', async () => {
    await client.control('settings', {
      missingPrivileges: ['prvWriteContact'],
      readScopes: { lead: 'user' },
    });
    const { body: me } = await client.call('WhoAmI');
    const names = JSON.stringify(['prvWriteLead', 'prvReadLead', 'prvWriteContact']);
    const { body } = await client.call(
      `systemusers(${String(me['UserId'])})/Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@p1)?@p1=${encodeURIComponent(names)}`,
    );
    const held = (body['RolePrivileges'] as { PrivilegeName: string; Depth: string }[]).map(
      ({ PrivilegeName, Depth }) => [PrivilegeName, Depth],
    );
    expect(Object.fromEntries(held)).toEqual({ prvWriteLead: 'Global', prvReadLead: 'Basic' });
  });

  it('refuses a tracked read without organisation-level read, and names privilege and table', async () => {
    await client.control('settings', { readScopes: { lead: 'user' } });
    const refused = await client.call('leads', { headers: { prefer: 'odata.track-changes' } });
    expect([refused.status, refused.code]).toEqual([403, '0x80040220']);
    expect(refused.text).toMatch(/missing prvReadLead privilege .* for entity 'lead'/);
    expect((await client.call('leads')).status).toBe(200);
    expect((await client.call('contacts', { headers: { prefer: 'odata.track-changes' } })).status).toBe(200);
  });

  it('shows a caller with read of user scope its own rows only, in every kind of ordinary read', async () => {
    const [other] = await client.seed('lead', [{ lastname: 'Ek' }]);
    const [account] = await client.seed('account', [{ name: 'Fabrikam' }]);
    const own = '11111111-2222-4333-8444-555555555555';
    await client.call(`leads(${own})`, { method: 'PATCH', body: { lastname: 'Berg' } });
    for (const id of [other, own])
      await client.control('edits', { table: 'lead', id, fields: { _parentaccountid_value: account } });
    const ids = async (query: string): Promise<unknown[]> =>
      (await client.call(query)).body.value.map((row) => row['leadid']);
    expect(await ids('leads')).toHaveLength(2);
    await client.control('settings', { readScopes: { lead: 'user' } });
    expect(await ids('leads')).toEqual([own]);
    expect(await ids(`accounts(${account})/lead_parent_account`)).toEqual([own]);
    expect((await client.call('leads/$count')).text).toBe('1');
    const expanded = await client.call(`accounts(${account})?$expand=lead_parent_account($select=lastname)`);
    expect(expanded.body['lead_parent_account']).toHaveLength(1);
    expect((await client.call(`leads(${own})`)).status).toBe(200);
    const refused = await client.call(`leads(${other})`);
    expect([refused.status, refused.code]).toEqual([403, '0x80040220']);
  });
});
