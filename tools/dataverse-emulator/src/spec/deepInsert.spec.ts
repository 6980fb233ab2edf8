import { startClient, type Answered, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
beforeEach(async () => {
  client = await startClient();
});
afterEach(() => client.close());

const post = (path: string, body: unknown): Promise<Answered> => client.call(path, { method: 'POST', body });
const idOf = ({ headers }: Answered): string =>
  /\(([0-9a-f-]{36})\)$/.exec(String(headers['odata-entityid']))?.[1] ?? '';
const counts = async (): Promise<number[]> =>
  Promise.all(
    ['accounts', 'contacts', 'tasks'].map(async (set) => Number((await client.call(`${set}/$count`)).text)),
  );

describe('a create with rows nested in its body', () => {
  it('makes the rows it refers to and the rows that refer to it, each linked', async () => {
    const made = await post('accounts', {
      name: 'Fabrikam',
      primarycontactid: { lastname: 'Ek', Contact_Tasks: [{ subject: 'Call' }, { subject: 'Write' }] },
      contact_customer_accounts: [{ lastname: 'Lind' }],
    });
    expect([made.status, await counts()]).toEqual([204, [1, 2, 2]]);

    const account = (await client.call(`accounts(${idOf(made)})?$expand=primarycontactid`)).body;
    const contacts = await client.call(`accounts(${idOf(made)})/contact_customer_accounts`);
    const primary = account['primarycontactid'] as Record<string, unknown>;
    const tasks = await client.call(`contacts(${String(primary['contactid'])})/Contact_Tasks`);
    expect(primary['lastname']).toBe('Ek');
    expect(contacts.body.value.map((row) => row['lastname'])).toEqual(['Lind']);
    expect(tasks.body.value.map((row) => row['subject']).sort()).toEqual(['Call', 'Write']);
  });

  it('makes the rows between many-to-many relations, also in an upsert that creates', async () => {
    const id = '11111111-2222-4333-8444-555555555555';
    const body = { lastname: 'Ek', accountleads_association: [{ name: 'Fabrikam' }] };
    const made = await client.call(`leads(${id})`, { method: 'PATCH', body });
    const accounts = await client.call(`leads(${id})/accountleads_association`);
    expect([made.status, accounts.body.value.map((row) => row['name'])]).toEqual([204, ['Fabrikam']]);
  });

  it('makes nothing at all when one of them is refused', async () => {
    const { last } = await client.control('states');
    const refused = await post('accounts', {
      name: 'Fabrikam',
      primarycontactid: { lastname: 'Ek' },
      contact_customer_accounts: [{ lastname: 'Lind' }, { lastname: 'x'.repeat(51) }],
    });
    expect([refused.status, refused.code]).toEqual([400, '0x80044331']);
    expect(await counts()).toEqual([0, 0, 0]);
    expect((await client.control('states'))['last']).toBe(last);
  });

  it('needs the privilege to create each of them', async () => {
    await client.control('settings', { missingPrivileges: ['prvCreateContact'] });
    const refused = await post('accounts', { name: 'Fabrikam', primarycontactid: { lastname: 'Ek' } });
    expect([refused.status, refused.code, await counts()]).toEqual([403, '0x80040220', [0, 0, 0]]);
  });

  it('is not for updates', async () => {
    const [id = ''] = await client.seed('account', [{ name: 'Fabrikam' }]);
    const body = { primarycontactid: { lastname: 'Ek' } };
    const refused = await client.call(`accounts(${id})`, { method: 'PATCH', body });
    expect([refused.status, await counts()]).toEqual([400, [1, 0, 0]]);
  });
});
