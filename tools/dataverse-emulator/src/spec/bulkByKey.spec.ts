import { startClient, type Answered, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
beforeEach(async () => {
  client = await startClient();
});
afterEach(() => client.close());

const space = 'Microsoft.Dynamics.CRM';
const bulk = (message: string, ...rows: Record<string, unknown>[]): Promise<Answered> =>
  client.call(`accounts/${space}.${message}`, {
    method: 'POST',
    body: { Targets: rows.map((row) => ({ '@odata.type': `${space}.account`, ...row })) },
  });
const accounts = async (): Promise<Record<string, unknown>> =>
  Object.fromEntries(
    (await client.call('accounts')).body.value.map((row) => [row['accountnumber'], row['name']]),
  );

describe('the targets of a bulk message', () => {
  it('may be named by an alternate key in their address, which creates or updates', async () => {
    await client.seed('account', [{ name: 'Old', accountnumber: 'A1' }]);
    const upserted = await bulk(
      'UpsertMultiple',
      { '@odata.id': "accounts(accountnumber='A1')", name: 'New' },
      { '@odata.id': `${client.emulator.url}/api/data/v9.2/accounts(accountnumber='A2')`, name: 'Made' },
      { '@odata.id': "accounts(accountnumber='A%203')", name: 'Encoded' },
    );
    const encoded = { 'A 3': 'Encoded' };
    expect([upserted.status, await accounts()]).toEqual([204, { A1: 'New', A2: 'Made', ...encoded }]);
    const updated = await bulk('UpdateMultiple', {
      '@odata.id': "accounts(accountnumber='A2')",
      name: 'Again',
    });
    expect([updated.status, await accounts()]).toEqual([204, { A1: 'New', A2: 'Again', ...encoded }]);
  });

  it('may be named by the columns of an alternate key', async () => {
    await client.seed('account', [{ name: 'Old', accountnumber: 'A1' }]);
    const upserted = await bulk(
      'UpsertMultiple',
      { accountnumber: 'a1', name: 'New' },
      { accountnumber: 'A2', name: 'Made' },
    );
    expect([upserted.status, await accounts()]).toEqual([204, { A1: 'New', A2: 'Made' }]);
  });

  it('are refused when the key names no row to update, is not defined, or is named twice', async () => {
    const missing = await bulk('UpdateMultiple', {
      '@odata.id': "accounts(accountnumber='A1')",
      name: 'New',
    });
    const undefinedKey = await bulk('UpsertMultiple', { '@odata.id': "accounts(name='A1')", sic: '1' });
    const twice = await bulk(
      'UpsertMultiple',
      { accountnumber: 'A1', name: 'One' },
      { accountnumber: 'A1', name: 'Two' },
    );
    expect([missing, undefinedKey, twice].map(({ status, code }) => [status, code])).toEqual([
      [404, '0x80060891'],
      [400, '0x80060890'],
      [400, '0x80040203'],
    ]);
    expect(await accounts()).toEqual({});
  });

  it('hold key columns as plain columns when they are new', async () => {
    await client.seed('account', [{ name: 'Old', accountnumber: 'A1' }]);
    const taken = await bulk('CreateMultiple', { accountnumber: 'A1', name: 'New' });
    expect([taken.status, taken.code]).toEqual([412, '0x80060892']);
    expect((await bulk('CreateMultiple', { accountnumber: 'A2', name: 'New' })).status).toBe(200);
  });
});
