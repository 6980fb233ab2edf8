import { startClient, type Answered, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
beforeEach(async () => {
  client = await startClient();
});
afterEach(() => client.close());

const type = 'Microsoft.Dynamics.CRM.StringAttributeMetadata';
const shoeSize = { '@odata.type': type, SchemaName: 'new_ShoeSize', MaxLength: 10 };

function tracked(path: string): Promise<Answered> {
  return client.call(path, { headers: { prefer: 'odata.track-changes,odata.include-annotations="*"' } });
}

function versionOf({ body }: Answered): number {
  return Number(body['@Microsoft.Dynamics.CRM.globalmetadataversion']);
}

describe('a change of metadata', () => {
  it('voids the delta tokens of its table only, unless switched off', async () => {
    const leads = String((await tracked('leads')).body['@odata.deltaLink']);
    const contacts = String((await tracked('contacts')).body['@odata.deltaLink']);
    await client.control('columns', { table: 'lead', column: shoeSize });
    const refused = await client.call(leads);
    expect([refused.status, refused.code]).toEqual([400, '0x80044352']);
    expect((await client.call(contacts)).status).toBe(200);
    await client.control('settings', { doesMetadataChangeVoidTokens: false });
    await client.control('columns/contact/department', undefined, 'DELETE');
    expect((await client.call(contacts)).status).toBe(200);
  });

  it('raises the global metadata version in tracked and ordinary answers', async () => {
    const before = versionOf(await tracked('leads'));
    await client.control('columns', { table: 'lead', column: shoeSize });
    expect(versionOf(await tracked('leads'))).toBe(before + 1);
    const headers = { prefer: 'odata.include-annotations="Microsoft.Dynamics.CRM.globalmetadataversion"' };
    expect(versionOf(await client.call('leads', { headers }))).toBe(before + 1);
    await client.control('settings', { hasGlobalMetadataVersion: false });
    expect((await tracked('leads')).text).not.toContain('globalmetadataversion');
    expect((await client.call('leads')).text).not.toContain('globalmetadataversion');
  });

  it('adds a column that can be written, and takes it away with its values', async () => {
    const [id] = await client.seed('lead', [{ lastname: 'Ek' }]);
    const row = (): Promise<Answered> => client.call(`leads(${id})?$select=new_shoesize`);
    expect((await row()).status).toBe(400);
    await client.control('columns', { table: 'lead', column: shoeSize });
    await client.call(`leads(${id})`, { method: 'PATCH', body: { new_shoesize: '43' } });
    expect((await row()).body['new_shoesize']).toBe('43');
    await client.control('columns/lead/new_shoesize', undefined, 'DELETE');
    expect((await row()).status).toBe(400);
    await client.control('columns', { table: 'lead', column: shoeSize });
    expect((await row()).body['new_shoesize']).toBeNull();
  });
});

describe('a restored environment', () => {
  it('has the rows, versions and columns of the earlier moment', async () => {
    const [id] = await client.seed('lead', [{ lastname: 'Ek' }]);
    const old = String((await tracked('leads?$select=lastname')).body['@odata.deltaLink']);
    const taken = await client.control('snapshots', { name: 'before' });
    await client.control('edits', { table: 'lead', id, fields: { lastname: 'Berg' } });
    await client.seed('lead', [{ lastname: 'New' }]);
    const newer = String((await tracked('leads?$select=lastname')).body['@odata.deltaLink']);
    await client.control('clock', { advanceMs: 3_600_000 });
    await client.renewToken();
    const restored = await client.control('restore', { snapshot: 'before' });
    expect(restored['highWaterMark']).toBe(taken['highWaterMark']);
    const { body } = await client.call('leads?$select=lastname');
    expect(body.value.map((row) => row['lastname'])).toEqual(['Ek']);
    expect((await client.call(old)).body.value).toEqual([]);
    const refused = await client.call(newer);
    expect([refused.status, refused.code]).toEqual([400, '0x80040203']);
    const [again] = await client.seed('lead', [{ lastname: 'After' }]);
    expect((await client.call(old)).body.value).toMatchObject([{ leadid: again, lastname: 'After' }]);
  });

  it('is the newest one that is not later than the moment asked for', async () => {
    const first = await client.control('snapshots', {});
    await client.seed('lead', [{ lastname: 'Ek' }]);
    await client.control('clock', { advanceMs: 1000 });
    await client.control('snapshots', {});
    await client.control('restore', { atMs: Number(first['atMs']) + 500 });
    expect((await client.call('leads/$count')).text).toBe('0');
    await expect(client.control('restore', { atMs: 0 })).rejects.toThrow('404');
  });

  it('is a new organisation where the switch says so', async () => {
    const idNow = async (): Promise<unknown> => (await client.call('WhoAmI')).body['OrganizationId'];
    const before = await idNow();
    await client.control('snapshots', { name: 'before' });
    await client.control('restore', { snapshot: 'before' });
    expect(await idNow()).toBe(before);
    await client.control('settings', { isRestoredAsNewOrganization: true });
    await client.control('restore', { snapshot: 'before' });
    const after = await idNow();
    expect(after).not.toBe(before);
    expect((await client.call('organizations')).body.value).toMatchObject([{ organizationid: after }]);
  });
});
