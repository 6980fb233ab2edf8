import { generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { startClient, type Answered, type OrganizationClient } from './organizationClient.ts';
import { visitTable } from './visitTable.ts';

/** What no page of Microsoft's says is behind a switch each; a client is to be tried both ways (dataverse facts, section 9.11). */
let client: OrganizationClient;
beforeEach(async () => {
  client = await startClient();
});
afterEach(() => client.close());

const absentId = '11111111-2222-4333-8444-555555555555';
const set = (settings: Record<string, unknown>): Promise<unknown> => client.control('settings', settings);
const patch = (row: string, body: unknown): Promise<Answered> => client.call(row, { method: 'PATCH', body });

const track = (target: string, pageSize = 5000): Promise<Answered> =>
  client.call(target, { headers: { prefer: `odata.track-changes,odata.maxpagesize=${pageSize}` } });
const page = (link: unknown): Promise<Answered> =>
  client.call(String(link), { headers: { prefer: 'odata.maxpagesize=2' } });
const idsOf = ({ body }: Answered): unknown[] => body.value.map((row) => row['id'] ?? row['leadid']);

describe('a tracked read', () => {
  it.each([
    [true, 0, 1],
    [false, 1, 0],
  ])(
    'that pins its mark (%s) shows a later edit in its last page %d times',
    async (pins, inPage, inDelta) => {
      await set({ pinsHighWaterMark: pins });
      const [first = ''] = await client.seed('lead', [
        { lastname: 'A' },
        { lastname: 'B' },
        { lastname: 'C' },
      ]);
      const { body } = await track('leads?$select=lastname', 2);
      await patch(`leads(${first})`, { lastname: 'Edited' });
      const last = await page(body['@odata.nextLink']);
      const delta = await page(last.body['@odata.deltaLink']);

      expect(idsOf(last).filter((id) => id === first)).toHaveLength(inPage);
      expect(idsOf(delta).filter((id) => id === first)).toHaveLength(inDelta);
    },
  );

  it.each([
    [true, 2],
    [false, 1],
  ])('shows rows of which other columns changed (%s)', async (doUnselectedChangesShow, rows) => {
    await set({ doUnselectedChangesShow });
    const [first = '', second = ''] = await client.seed('lead', [{ lastname: 'A' }, { lastname: 'B' }]);
    const { body } = await track('leads?$select=lastname');
    await patch(`leads(${first})`, { lastname: 'Edited' });
    await patch(`leads(${second})`, { jobtitle: 'Smith' });

    const delta = await page(body['@odata.deltaLink']);
    expect(idsOf(delta)).toEqual([first, second].slice(0, rows));
  });

  it.each([
    [false, [absentId]],
    [true, [absentId, absentId]],
  ])('shows a row that was made again with a tombstone (%s)', async (areRecreatedRowsBuried, ids) => {
    await set({ areRecreatedRowsBuried });
    await patch(`leads(${absentId})`, { lastname: 'First' });
    const { body } = await track('leads?$select=lastname');
    await client.call(`leads(${absentId})`, { method: 'DELETE' });
    await patch(`leads(${absentId})`, { lastname: 'Second' });

    const delta = await track(String(body['@odata.deltaLink']));
    expect(idsOf(delta)).toEqual(ids);
    expect(delta.body.value[0]).toMatchObject({ lastname: 'Second' });
  });

  it.each([
    [true, 400],
    [false, 200],
  ])('lets the token of a quiet table age (%s)', async (doQuietTokensAge, status) => {
    await set({ doQuietTokensAge });
    const { body } = await track('leads');
    await client.control('clock', { advanceMs: 8 * 86_400_000 });
    await client.renewToken();

    expect((await client.call(String(body['@odata.deltaLink']))).status).toBe(status);
    await client.seed('lead', [{ lastname: 'New' }]);
    expect((await client.call(String(body['@odata.deltaLink']))).code).toBe('0x80044352');
  });

  it.each([
    [false, true],
    ['withAnnotations', false],
  ])('has a delta link where annotations are asked for (omitted: %s)', async (omitDeltaLink, isThere) => {
    await set({ omitDeltaLink });
    const prefer = 'odata.track-changes,odata.include-annotations="*"';
    const annotated = await client.call('leads', { headers: { prefer } });

    expect('@odata.deltaLink' in annotated.body).toBe(isThere);
    expect('@odata.deltaLink' in (await track('leads')).body).toBe(true);
  });

  it('of an intersect table needs both of its sides tracked', async () => {
    expect((await track('teammemberships')).status).toBe(200);
    await client.call("EntityDefinitions(LogicalName='account')", { method: 'PUT', body: {} });
    await client.call("EntityDefinitions(LogicalName='accountleads')", {
      method: 'PUT',
      body: { ChangeTrackingEnabled: true },
    });
    expect((await track('accountleadscollection')).status).toBe(200);
    await client.call('EntityDefinitions', { method: 'POST', body: visitTable });
    await client.call('RelationshipDefinitions', { method: 'POST', body: visitorRelation });
    await client.call("EntityDefinitions(LogicalName='new_visitors')", {
      method: 'PUT',
      body: { ChangeTrackingEnabled: true },
    });
    expect((await track('new_visitorsset')).code).toBe('0x80072492');
  });
});

const visitorRelation = {
  '@odata.type': 'Microsoft.Dynamics.CRM.ManyToManyRelationshipMetadata',
  SchemaName: 'new_visitors',
  Entity1LogicalName: 'new_visit',
  Entity2LogicalName: 'lead',
  IntersectEntityName: 'new_visitors',
};

describe('a refusal', () => {
  it('has the status and code that the switch gives it, alone and in a batch', async () => {
    const read = (): Promise<Answered> =>
      client.call('leads?$top=1', { headers: { prefer: 'odata.track-changes' } });
    const unknown = (): Promise<Answered> => client.call('leads?$select=nosuch');
    const batch = (): Promise<Answered> =>
      client.call('$batch', {
        method: 'POST',
        headers: { 'content-type': 'multipart/mixed; boundary=all' },
        body: '--all\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nGET leads?$select=nosuch HTTP/1.1\r\n\r\n\r\n--all--\r\n',
      });
    expect([(await read()).status, (await unknown()).code]).toEqual([400, '0x80048d19']);
    await set({ refusals: { '0x80040203': { status: 501 }, '0x80048d19': { code: '0x0' } } });
    expect([(await read()).status, (await unknown()).code]).toEqual([501, '0x0']);
    expect((await batch()).text).toContain('"code":"0x0"');
    await set({ refusals: {} });
    expect((await read()).status).toBe(400);
  });
});

describe('a write', () => {
  it.each([
    [true, 204, true],
    [false, 404, false],
  ])('takes the id that the client chose (%s)', async (areChosenIdsTaken, status, isKept) => {
    await set({ areChosenIdsTaken });
    const chosen = '22222222-2222-4333-8444-555555555555';
    const post = await client.call('leads', { method: 'POST', body: { leadid: chosen, lastname: 'Ek' } });

    expect((await patch(`leads(${absentId})`, { lastname: 'Ek' })).status).toBe(status);
    expect(String(post.headers['odata-entityid']).includes(chosen)).toBe(isKept);
    const byKey = await patch("accounts(accountnumber='A1')", { name: 'Fabrikam' });
    expect(byKey.status).toBe(204);
  });

  it.each([
    ['refused', 400, 'Ek'],
    ['ignored', 204, 'Berg'],
  ])('with rows nested in an update is %s', async (deepUpdates, status, lastname) => {
    await set({ deepUpdates });
    const [id = ''] = await client.seed('lead', [{ lastname: 'Ek' }]);
    const answer = await patch(`leads(${id})`, { lastname: 'Berg', parentaccountid: { name: 'Nested' } });

    expect(answer.status).toBe(status);
    expect((await client.call(`leads(${id})`)).body['lastname']).toBe(lastname);
    expect((await client.call('accounts')).body.value).toEqual([]);
  });

  it.each([
    ['caller', 'application'],
    ['system', 'SYSTEM'],
  ])('that a plug-in adds to was last changed by the %s', async (pluginAuthor, name) => {
    await set({ pluginAuthor });
    await client.control('plugins', { table: 'lead', message: 'Create', set: { jobtitle: 'Set' } });
    const after = (await client.control('states'))['last'];
    await client.call('leads', { method: 'POST', body: { lastname: 'Ek' } });
    const { states } = (await client.control(`states?after=${String(after)}`)) as {
      states: { row: Record<string, unknown> }[];
    };
    const users = (await client.control('rows/systemuser'))['rows'] as Record<string, unknown>[];
    const author = users.find((user) => user['systemuserid'] === states[0]?.row['_modifiedby_value']);
    expect(name === 'SYSTEM' ? author : author?.['fullname']).toBe(
      name === 'SYSTEM' ? undefined : '# application',
    );
  });

  it.each([
    [false, 'Set', true],
    [true, null, false],
  ])('is followed by those of plug-ins (%s), which raise its version', async (later, shown, isSame) => {
    await set({ doPluginsWriteAfterwards: later });
    await client.control('plugins', { table: 'lead', message: 'Create', set: { jobtitle: 'Set' } });
    const answer = await client.call('leads', {
      method: 'POST',
      headers: { prefer: 'return=representation' },
      body: { lastname: 'Ek' },
    });
    const row = (await client.call(`leads(${String(answer.body['leadid'])})`)).body;

    expect([answer.body['jobtitle'], row['jobtitle']]).toEqual([shown, 'Set']);
    expect(answer.body['versionnumber'] === row['versionnumber']).toBe(isSame);
  });

  it.each([
    ['namesakes', 'Buyer'],
    ['names', null],
  ])('of QualifyLead copies %s', async (qualifyCopies, jobtitle) => {
    await set({ qualifyCopies });
    const [id = ''] = await client.seed('lead', [{ lastname: 'Ek', jobtitle: 'Buyer' }]);
    await client.call(`leads(${id})/Microsoft.Dynamics.CRM.QualifyLead`, {
      method: 'POST',
      body: { CreateAccount: false, CreateContact: true, CreateOpportunity: false, Status: -1 },
    });
    expect((await client.call('contacts')).body.value).toMatchObject([{ lastname: 'Ek', jobtitle }]);
  });
});

describe('credentials and metadata', () => {
  it.each([
    [true, 200],
    [false, 401],
  ])('take the assertion of a foreign issuer (%s)', async (takesFederatedAssertions, status) => {
    await set({ takesFederatedAssertions });
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const federated = { issuer: 'https://issuer.example', subject: 'pod', audience: 'api://exchange' };
    const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' });
    const made = await client.control('applications', {
      name: 'pod',
      federated: { ...federated, publicKeyPem },
    });
    const assertion = jwt.sign({}, privateKey, { ...federated, algorithm: 'RS256', expiresIn: 600 });
    const answer = await client.postToken({
      grant_type: 'client_credentials',
      client_id: String(made['clientId']),
      scope: `${client.emulator.url}/.default`,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    });
    expect(answer.status).toBe(status);
  });

  it.each([
    [true, 1],
    [false, 0],
  ])('rise in version by a restore (%s)', async (doesRestoreRaiseMetadata, step) => {
    await set({ doesRestoreRaiseMetadata });
    const version = async (): Promise<number> => {
      const prefer = 'odata.include-annotations="*"';
      const { body } = await client.call('leads', { headers: { prefer } });
      return Number(body['@Microsoft.Dynamics.CRM.globalmetadataversion']);
    };
    const before = await version();
    await client.control('snapshots', { name: 'now' });
    await client.control('restore', { snapshot: 'now' });
    expect(await version()).toBe(before + step);
  });
});
