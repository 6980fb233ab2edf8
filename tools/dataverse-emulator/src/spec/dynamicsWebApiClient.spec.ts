import type { DynamicsWebApi } from 'dynamics-web-api';
import { openDynamicsWebApi } from './dynamicsWebApi.ts';
import { startClient, type OrganizationClient } from './organizationClient.ts';

/** The client `dynamics-web-api` from npm, unmodified, with tokens of msal-node. */
let organization: OrganizationClient;
let client: DynamicsWebApi;

beforeEach(async () => {
  organization = await startClient();
  client = openDynamicsWebApi(organization.emulator);
});
afterEach(() => organization.close());

type Row = Record<string, unknown>;

async function createLead(data: Row = { lastname: 'Ek' }): Promise<string> {
  return client.create<Row, string>({ collection: 'leads', data });
}

describe('the npm client dynamics-web-api', () => {
  it('creates, reads, updates and deletes a row', async () => {
    const id = await createLead({ lastname: 'Ek', firstname: 'Ida' });
    await client.update({ collection: 'leads', key: id, data: { jobtitle: 'Buyer', mkt_leadscore: 7 } });
    const row = await client.retrieve<Row>({
      collection: 'leads',
      key: id,
      select: ['fullname', 'jobtitle', 'mkt_leadscore'],
    });
    expect(row).toMatchObject({ fullname: 'Ida Ek', jobtitle: 'Buyer', mkt_leadscore: 7 });
    expect(await client.deleteRecord({ collection: 'leads', key: id })).toBe(true);
    await expect(client.retrieve({ collection: 'leads', key: id })).rejects.toMatchObject({ status: 404 });
  });

  it('gets the new row back when it asks for it, with labels and decimals', async () => {
    const row = await client.create<Row>({
      collection: 'leads',
      data: { lastname: 'Ek', leadsourcecode: 8, revenue: 12.5 },
      returnRepresentation: true,
      includeAnnotations: '*',
    });
    expect(row).toMatchObject({ leadsourcecode: 8, leadsourcecode_Formatted: 'Web', revenue: 12.5 });
  });

  it('updates only the version it knows, and upserts or not as it says', async () => {
    const row = await client.create<Row>({
      collection: 'leads',
      data: { lastname: 'Ek' },
      returnRepresentation: true,
    });
    const key = String(row['leadid']);
    const ifmatch = String(row['@odata.etag']);
    const data = { lastname: 'Berg' };
    expect(await client.update({ collection: 'leads', key, data, ifmatch })).toBe(true);
    expect(await client.update({ collection: 'leads', key, data, ifmatch })).toBe(false);
    expect(await client.upsert({ collection: 'leads', key, data, ifnonematch: '*' })).toBeNull();
    const absent = '11111111-2222-4333-8444-555555555555';
    expect(await client.upsert({ collection: 'leads', key: absent, data, ifmatch: '*' })).toBeNull();
    expect(await client.upsert({ collection: 'leads', key: absent, data })).toBeTruthy();
    expect(await client.deleteRecord({ collection: 'leads', key, ifmatch })).toBe(false);
  });

  it('filters, orders, counts and follows the pages of a query', async () => {
    await organization.seed(
      'lead',
      Array.from({ length: 7 }, (_, index) => ({ lastname: `Person ${index}`, mkt_leadscore: index })),
    );
    const page = await client.retrieveMultiple<Row>({
      collection: 'leads',
      select: ['lastname'],
      filter: 'mkt_leadscore ge 2 and mkt_leadscore lt 6',
      orderBy: ['lastname desc'],
      count: true,
      maxPageSize: 3,
    });
    expect(page.oDataCount).toBe(4);
    expect(page.value.map(({ lastname }) => lastname)).toEqual(['Person 5', 'Person 4', 'Person 3']);
    const second = await client.retrieveMultiple<Row>(
      { collection: 'leads', select: ['lastname'], maxPageSize: 3 },
      page.oDataNextLink,
    );
    expect(second.value.map(({ lastname }) => lastname)).toEqual(['Person 2']);
    const all = await client.retrieveAll<Row>({ collection: 'leads', select: ['lastname'] });
    expect(all.value).toHaveLength(7);
    expect(await client.count({ collection: 'leads' })).toBe(7);
  });

  it('expands lookups and collections, and filters by words and lists', async () => {
    const [account] = await organization.seed('account', [{ name: 'Fabrikam' }]);
    const contact = { firstname: 'Ida', 'parentcustomerid_account@odata.bind': `/accounts(${account})` };
    await organization.seed('contact', [
      { ...contact, lastname: 'Ek' },
      { ...contact, lastname: 'Berg' },
      { firstname: 'Ida', lastname: 'Lind' },
    ]);
    const people = await client.retrieveMultiple<Row>({
      collection: 'contacts',
      select: ['lastname'],
      filter: "startswith(lastname,'e') or (contains(lastname,'ER') and not (statecode eq 1))",
      expand: [{ property: 'parentcustomerid_account', select: ['name'] }],
      orderBy: ['firstname', 'lastname desc'],
    });
    expect(people.value).toMatchObject([
      { lastname: 'Ek', parentcustomerid_account: { name: 'Fabrikam' } },
      { lastname: 'Berg', parentcustomerid_account: { name: 'Fabrikam' } },
    ]);
    const companies = await client.retrieveMultiple<Row>({
      collection: 'accounts',
      filter: `accountid eq ${account}`,
      select: ['name'],
      expand: [{ property: 'contact_customer_accounts', select: ['lastname'], orderBy: ['lastname'] }],
    });
    expect(companies.value[0]?.['contact_customer_accounts']).toMatchObject([
      { lastname: 'Berg' },
      { lastname: 'Ek' },
    ]);
  });

  it('tracks changes: pages, then a delta link, then what changed and what is gone', async () => {
    const ids = await organization.seed('lead', [{ lastname: 'A' }, { lastname: 'B' }, { lastname: 'C' }]);
    const tracked = { collection: 'leads', select: ['lastname'], trackChanges: true, maxPageSize: 2 };
    const first = await client.retrieveMultiple<Row>(tracked);
    const last = await client.retrieveMultiple<Row>(tracked, first.oDataNextLink);
    expect([...first.value, ...last.value].map(({ leadid }) => leadid)).toEqual(ids);
    expect([first.oDataDeltaLink, last.oDataNextLink]).toEqual([undefined, undefined]);
    await client.update({ collection: 'leads', key: String(ids[0]), data: { lastname: 'New' } });
    await client.deleteRecord({ collection: 'leads', key: String(ids[1]) });
    const delta = await client.retrieveMultiple<Row>({ collection: 'leads' }, last.oDataDeltaLink);
    expect(delta.value).toMatchObject([
      { leadid: ids[0], lastname: 'New' },
      { id: ids[1], reason: 'deleted' },
    ]);
  });

  it('reads tables, columns and option sets of the metadata', async () => {
    const { value: tables } = await client.retrieveEntities<Row>({
      select: ['LogicalName', 'EntitySetName'],
      filter: 'ChangeTrackingEnabled eq true',
    });
    const lead = tables.find(({ LogicalName }) => LogicalName === 'lead');
    expect(lead).toMatchObject({ EntitySetName: 'leads' });
    const entityKey = String(lead?.['MetadataId']);
    const entity = await client.retrieveEntity<Row>({
      key: entityKey,
      select: ['PrimaryIdAttribute'],
      expand: [{ property: 'Attributes' }],
    });
    expect(entity).toMatchObject({ PrimaryIdAttribute: 'leadid' });
    const { value: choices } = await client.retrieveAttributes<Row>({
      entityKey,
      castType: 'Microsoft.Dynamics.CRM.PicklistAttributeMetadata',
      select: ['LogicalName'],
      expand: [{ property: 'OptionSet' }],
    });
    expect(choices.map(({ LogicalName }) => LogicalName)).toContain('leadsourcecode');
  });

  it('calls functions', async () => {
    const answer = await client.callFunction<Row>('WhoAmI');
    expect(answer['UserId']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('shows the service’s own code when it is refused', async () => {
    const refused = createLead({ nosuchcolumn: 1 });
    await expect(refused).rejects.toMatchObject({ status: 400, code: '0x80048d19' });
  });
});
