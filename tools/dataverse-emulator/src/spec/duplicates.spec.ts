import { startClient, type Answered, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
beforeEach(async () => {
  client = await startClient();
});
afterEach(() => client.close());

const detecting = { 'MSCRM.SuppressDuplicateDetection': 'false' };
const create = (
  row: Record<string, unknown>,
  headers: Record<string, string> = detecting,
): Promise<Answered> => client.call('leads', { method: 'POST', body: row, headers });

describe('duplicate detection', () => {
  it('refuses a create with the values of another row, whatever their case, and only when asked to', async () => {
    await client.seed('lead', [{ lastname: 'Ek', emailaddress1: 'ida@example.com' }]);
    const twin = { lastname: 'Lind', emailaddress1: 'IDA@example.com' };
    const refused = await create(twin);
    expect([refused.status, refused.body]).toEqual([
      412,
      {
        error: {
          code: '0x80040333',
          message:
            'A record was not created or updated because a duplicate of the current record already exists.',
        },
      },
    ]);
    const { status } = await create(twin, { 'MSCRM.SuppressDuplicateDetection': 'true' });
    expect([status, (await create(twin, {})).status]).toEqual([204, 204]);
  });

  it('refuses an update that makes a duplicate, and takes one of the row itself', async () => {
    const [first = '', second = ''] = await client.seed('lead', [
      { lastname: 'Ek', emailaddress1: 'ida@example.com' },
      { lastname: 'Lind', emailaddress1: 'eva@example.com' },
    ]);
    const patch = (id: string): Promise<Answered> =>
      client.call(`leads(${id})`, {
        method: 'PATCH',
        body: { emailaddress1: 'ida@example.com' },
        headers: detecting,
      });
    expect([(await patch(first)).status, (await patch(second)).status]).toEqual([204, 412]);
  });

  it('goes by rules that can be added and taken away, and does not look at closed rows', async () => {
    const { id } = await client.control('duplicateRules', { table: 'lead', columns: ['companyname'] });
    const [row = ''] = await client.seed('lead', [{ lastname: 'Ek', companyname: 'Fabrikam' }]);
    const twin = { lastname: 'Lind', companyname: 'Fabrikam' };
    expect((await create(twin)).status).toBe(412);
    await client.control('edits', { table: 'lead', id: row, fields: { statecode: 2 } });
    expect((await create(twin)).status).toBe(204);
    expect((await create(twin)).status).toBe(412);
    await client.control(`duplicateRules/${String(id)}`, undefined, 'DELETE');
    expect((await create(twin)).status).toBe(204);
  });

  it('answers with the status of the older documentation when switched so', async () => {
    await client.control('settings', { duplicateStatus: 500 });
    await client.seed('contact', [{ firstname: 'Ida', lastname: 'Ek' }]);
    const refused = await client.call('contacts', {
      method: 'POST',
      body: { firstname: 'Ida', lastname: 'Ek' },
      headers: detecting,
    });
    expect([refused.status, refused.code]).toEqual([500, '0x80040333']);
  });
});
