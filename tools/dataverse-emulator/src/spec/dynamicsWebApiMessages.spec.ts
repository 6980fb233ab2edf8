import type { DynamicsWebApi } from 'dynamics-web-api';
import { openDynamicsWebApi } from './dynamicsWebApi.ts';
import { startClient, type OrganizationClient } from './organizationClient.ts';

/** Batches, relations and actions through the npm client `dynamics-web-api`, unmodified. */
let organization: OrganizationClient;
let client: DynamicsWebApi;

beforeAll(async () => {
  organization = await startClient();
  client = openDynamicsWebApi(organization.emulator);
});
afterAll(() => organization.close());

type Row = Record<string, unknown>;

describe('the messages of dynamics-web-api', () => {
  it('write one property and set a lookup', async () => {
    const [contact] = await organization.seed('contact', [{ lastname: 'Ek' }]);
    const [account] = await organization.seed('account', [{ name: 'Fabrikam' }]);
    const key = String(contact);
    await client.updateSingleProperty({ collection: 'contacts', key, fieldValuePair: { jobtitle: 'Buyer' } });
    const relation = {
      collection: 'contacts',
      primaryKey: key,
      navigationProperty: 'parentcustomerid_account',
    };
    await client.associateSingleValued({
      ...relation,
      relatedCollection: 'accounts',
      relatedKey: String(account),
    });
    const read = () => client.retrieve<Row>({ collection: 'contacts', key });
    expect(await read()).toMatchObject({ jobtitle: 'Buyer', _parentcustomerid_value: account });
    await client.disassociateSingleValued(relation);
    expect(await read()).toMatchObject({ _parentcustomerid_value: null });
  });

  it('go together in a batch whose writes stand or fall as one', async () => {
    client.startBatch();
    void client.create({ collection: 'accounts', data: { name: 'Contoso' }, contentId: '1' });
    void client.create({
      collection: 'contacts',
      data: { lastname: 'Berg', 'parentcustomerid_account@odata.bind': '$1' },
      contentId: '2',
    });
    const ids = await client.executeBatch();
    expect(ids).toHaveLength(2);
    const contact = await client.retrieve<Row>({ collection: 'contacts', key: String(ids[1]) });
    expect(contact['_parentcustomerid_value']).toBe(ids[0]);
    client.startBatch();
    void client.create({ collection: 'accounts', data: { name: 'Rolled back' } });
    void client.create({ collection: 'accounts', data: { nosuchcolumn: 1 } });
    await expect(client.executeBatch()).rejects.toBeTruthy();
    const left = await client.retrieveMultiple({ collection: 'accounts', filter: "name eq 'Rolled back'" });
    expect(left.value).toEqual([]);
  });
});
