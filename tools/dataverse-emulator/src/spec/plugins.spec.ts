import { startClient, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
beforeEach(async () => {
  client = await startClient();
});
afterEach(() => client.close());

const shout = {
  table: 'lead',
  message: 'Update',
  whenColumns: ['lastname'],
  set: { jobtitle: 'Set by a plug-in' },
};

const update = (id: string, body: unknown) =>
  client.call(`leads(${id})?$select=lastname,jobtitle`, {
    method: 'PATCH',
    body,
    headers: { prefer: 'return=representation' },
  });

describe('a synchronous plug-in', () => {
  it('changes further columns inside the write, which shows them under its one version', async () => {
    const [id = ''] = await client.seed('lead', [{ lastname: 'Ek' }]);
    await client.control('plugins', shout);

    const { body } = await update(id, { lastname: 'Ekman' });
    const later = await client.call(`leads(${id})?$select=jobtitle`);

    expect(body).toMatchObject({ lastname: 'Ekman', jobtitle: 'Set by a plug-in' });
    expect(later.body['@odata.etag']).toBe(body['@odata.etag']);
  });

  it('leaves writes of other columns alone, and all once it is removed', async () => {
    const [id = ''] = await client.seed('lead', [{ lastname: 'Ek' }]);
    const plugin = String((await client.control('plugins', shout))['id']);

    expect((await update(id, { firstname: 'Ada' })).body['jobtitle']).toBeNull();
    await client.control(`plugins/${plugin}`, undefined, 'DELETE');
    expect((await update(id, { lastname: 'Ekman' })).body['jobtitle']).toBeNull();
  });

  it('aborts a write with its own message, and nothing is written', async () => {
    await client.control('plugins', { table: 'lead', message: 'Create', abort: 'No leads on Sundays.' });

    const refused = await client.call('leads', { method: 'POST', body: { lastname: 'Ek' } });
    const { body } = await client.call('leads?$select=lastname');

    expect([refused.status, refused.code]).toEqual([400, '0x80040265']);
    expect(body['value']).toEqual([]);
  });
});
