import { DynamicsWebApi } from 'dynamics-web-api';
import { msalToken } from './msalToken.ts';
import { startClient, type OrganizationClient } from './organizationClient.ts';

/** Batches, relations and actions through the npm client `dynamics-web-api`, unmodified. */
let organization: OrganizationClient;
let client: DynamicsWebApi;

beforeAll(async () => {
  organization = await startClient();
  const token = msalToken(organization.emulator);
  client = new DynamicsWebApi({
    serverUrl: organization.emulator.url,
    dataApi: { version: '9.2' },
    onTokenRefresh: () => token,
  });
});
afterAll(() => organization.close());

type Row = Record<string, unknown>;

describe('the messages of dynamics-web-api', () => {
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
