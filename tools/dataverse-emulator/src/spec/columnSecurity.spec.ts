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
  it('refuses a tracked read without organisation-level read, and names privilege and table', async () => {
    await client.control('settings', { readScopes: { lead: 'user' } });
    const refused = await client.call('leads', { headers: { prefer: 'odata.track-changes' } });
    expect([refused.status, refused.code]).toEqual([403, '0x80040220']);
    expect(refused.text).toMatch(/missing prvReadLead privilege .* for entity 'lead'/);
    expect((await client.call('leads')).status).toBe(200);
    expect((await client.call('contacts', { headers: { prefer: 'odata.track-changes' } })).status).toBe(200);
  });
});
