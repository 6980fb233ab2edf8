import { startClient, type Answered, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
beforeEach(async () => {
  client = await startClient();
});
afterEach(() => client.close());

const bound = (column: string, table: string, id: string): Record<string, string> => ({
  [`_${column}_value`]: id,
  [`_${column}_value@Microsoft.Dynamics.CRM.lookuplogicalname`]: table,
});
const seedOne = async (table: string, row: Record<string, unknown>): Promise<string> =>
  (await client.seed(table, [row]))[0] ?? '';
const remove = (path: string): Promise<Answered> => client.call(path, { method: 'DELETE' });
const statuses = (...paths: string[]): Promise<number[]> =>
  Promise.all(paths.map(async (path) => (await client.call(path)).status));

async function deltaLink(set: string): Promise<string> {
  const { body } = await client.call(set, { headers: { prefer: 'odata.track-changes' } });
  return String(body['@odata.deltaLink']);
}

describe('the delete of a row', () => {
  it('deletes the rows of a cascading relationship with theirs, each with a tombstone', async () => {
    const account = await seedOne('account', { name: 'Fabrikam' });
    const contact = await seedOne('contact', {
      lastname: 'Ek',
      ...bound('parentcustomerid', 'account', account),
    });
    const other = await seedOne('contact', { lastname: 'Lind' });
    const task = await seedOne('task', {
      subject: 'Call',
      ...bound('regardingobjectid', 'contact', contact),
    });
    const links = [await deltaLink('contacts'), await deltaLink('tasks')];

    expect((await remove(`accounts(${account})`)).status).toBe(204);
    expect(await statuses(`contacts(${contact})`, `tasks(${task})`, `contacts(${other})`)).toEqual([
      404, 404, 200,
    ]);
    const gone = await Promise.all(links.map(async (link) => (await client.call(link)).body.value));
    expect(gone.map((rows) => rows.map((row) => row['id']))).toEqual([[contact], [task]]);
  });

  it('blanks the lookup of other relationships, which raises the version and leaves the author', async () => {
    const account = await seedOne('account', { name: 'Fabrikam' });
    const lead = await seedOne('lead', { lastname: 'Ek', ...bound('parentaccountid', 'account', account) });
    const before = (await client.call(`leads(${lead})`)).body;
    const link = await deltaLink('leads');
    await client.control('clock', { advanceMs: 60_000 });
    await remove(`accounts(${account})`);

    const [row] = (await client.call(link)).body.value;
    expect(row).toMatchObject({ leadid: lead, _parentaccountid_value: null });
    expect(Number(row?.['versionnumber'])).toBeGreaterThan(Number(before['versionnumber']));
    expect(row?.['modifiedon']).toBe(before['modifiedon']);
  });

  it('counts a blanked lookup as a change by its author when the switch says so', async () => {
    await client.control('settings', { doesRemoveLinkTouchModified: true });
    const account = await seedOne('account', { name: 'Fabrikam' });
    const lead = await seedOne('lead', { lastname: 'Ek', ...bound('parentaccountid', 'account', account) });
    const { body: before } = await client.call(`leads(${lead})`);
    await client.control('clock', { advanceMs: 60_000 });
    await remove(`accounts(${account})`);
    const { body: after } = await client.call(`leads(${lead})`);
    expect(after['modifiedon']).not.toBe(before['modifiedon']);
    expect(after['_modifiedby_value']).not.toBe(before['_modifiedby_value']);
  });

  it('is refused by a restricting relationship, and then nothing has happened', async () => {
    const [relation] = (
      await client.call(
        "EntityDefinitions(LogicalName='account')/OneToManyRelationships?$filter=SchemaName eq 'lead_parent_account'",
      )
    ).body.value;
    const change = await client.call(`RelationshipDefinitions(${String(relation?.['MetadataId'])})`, {
      method: 'PUT',
      body: { CascadeConfiguration: { Delete: 'Restrict' } },
    });
    const account = await seedOne('account', { name: 'Fabrikam' });
    const contact = await seedOne('contact', {
      lastname: 'Ek',
      ...bound('parentcustomerid', 'account', account),
    });
    const lead = await seedOne('lead', { lastname: 'Ek', ...bound('parentaccountid', 'account', account) });
    const { last } = await client.control('states');

    const refused = await remove(`accounts(${account})`);
    expect([change.status, refused.status, refused.code]).toEqual([204, 405, '0x80040227']);
    expect(await statuses(`accounts(${account})`, `contacts(${contact})`)).toEqual([200, 200]);
    expect((await client.control('states'))['last']).toBe(last);
    await remove(`leads(${lead})`);
    expect((await remove(`accounts(${account})`)).status).toBe(204);
  });

  it('takes the rows of many-to-many relations along', async () => {
    const lead = await seedOne('lead', { lastname: 'Ek' });
    const body = { name: 'Fabrikam', accountleads_association: [{ lastname: 'Lind' }] };
    const made = await client.call('accounts', { method: 'POST', body });
    expect((await client.call('accountleadscollection')).body.value).toHaveLength(1);
    await remove(String(made.headers['odata-entityid']));
    expect((await client.call('accountleadscollection')).body.value).toEqual([]);
    expect(await statuses(`leads(${lead})`)).toEqual([200]);
  });

  it('finds the children of a row also when a transaction that moved them was undone', async () => {
    const [first = '', second = ''] = await client.seed('account', [{ name: 'One' }, { name: 'Two' }]);
    const lead = await seedOne('lead', { lastname: 'Ek', ...bound('parentaccountid', 'account', first) });
    const target = (more: Record<string, unknown>): Record<string, unknown> => ({
      '@odata.type': 'Microsoft.Dynamics.CRM.lead',
      leadid: lead,
      ...more,
    });
    await client.control('settings', { refusesBulkDuplicates: false });
    const undone = await client.call('leads/Microsoft.Dynamics.CRM.UpdateMultiple', {
      method: 'POST',
      body: {
        Targets: [
          target({ 'parentaccountid@odata.bind': `accounts(${second})` }),
          target({ lastname: 'x'.repeat(51) }),
        ],
      },
    });
    await remove(`accounts(${first})`);
    expect(undone.status).toBe(400);
    expect((await client.call(`leads(${lead})`)).body['_parentaccountid_value']).toBeNull();
  });

  it('follows what the metadata says of each relationship, custom ones included', async () => {
    const lookup = {
      '@odata.type': 'Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata',
      SchemaName: 'new_lead_rival',
      ReferencedEntity: 'account',
      ReferencingEntity: 'lead',
      CascadeConfiguration: { Delete: 'Cascade' },
      Lookup: { SchemaName: 'new_RivalId' },
    };
    await client.call('RelationshipDefinitions', { method: 'POST', body: lookup });
    const { body } = await client.call(
      "EntityDefinitions(LogicalName='account')/OneToManyRelationships?$select=SchemaName,CascadeConfiguration",
    );
    const behaviours = Object.fromEntries(
      body.value.map((each) => [each['SchemaName'], each['CascadeConfiguration'] as Record<string, unknown>]),
    );
    expect(
      ['contact_customer_accounts', 'lead_parent_account', 'new_lead_rival'].map(
        (name) => behaviours[name]?.['Delete'],
      ),
    ).toEqual(['Cascade', 'RemoveLink', 'Cascade']);
    const account = await seedOne('account', { name: 'Fabrikam' });
    const lead = await seedOne('lead', { lastname: 'Ek', ...bound('new_rivalid', 'account', account) });
    await remove(`accounts(${account})`);
    expect(await statuses(`leads(${lead})`)).toEqual([404]);
  });
});

describe('a connection', () => {
  const connect = async (): Promise<{ made: Answered; lead: string; account: string }> => {
    const lead = await seedOne('lead', { lastname: 'Ek' });
    const account = await seedOne('account', { name: 'Fabrikam' });
    const body = {
      'record1id_lead@odata.bind': `leads(${lead})`,
      'record2id_account@odata.bind': `accounts(${account})`,
      description: 'Met at a fair',
    };
    const headers = { prefer: 'return=representation' };
    return { made: await client.call('connections', { method: 'POST', body, headers }), lead, account };
  };

  it('comes with a twin that says the same from the other side', async () => {
    const { made, lead, account } = await connect();
    const { value } = (await client.call('connections')).body;
    const twin = value.find((row) => row['ismaster'] === false);
    expect(value).toHaveLength(2);
    expect(made.body).toMatchObject({ ismaster: true, _relatedconnectionid_value: twin?.['connectionid'] });
    expect(twin).toMatchObject({
      _record1id_value: account,
      _record2id_value: lead,
      description: 'Met at a fair',
      _relatedconnectionid_value: made.body['connectionid'],
    });
  });

  it('changes and goes together with its twin', async () => {
    const { made } = await connect();
    const path = `connections(${String(made.body['connectionid'])})`;
    await client.call(path, { method: 'PATCH', body: { description: 'Met twice' } });
    const { value } = (await client.call('connections')).body;
    expect(value.map((row) => row['description'])).toEqual(['Met twice', 'Met twice']);
    await remove(path);
    expect((await client.call('connections')).body.value).toEqual([]);
  });

  it('goes with a row that it connects, and stands alone when switched so', async () => {
    const { account } = await connect();
    await remove(`accounts(${account})`);
    expect((await client.call('connections')).body.value).toEqual([]);
    await client.control('settings', { areConnectionsReciprocal: false });
    await connect();
    expect((await client.call('connections')).body.value).toHaveLength(1);
  });
});
