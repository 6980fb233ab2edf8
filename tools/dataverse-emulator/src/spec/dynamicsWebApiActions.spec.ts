import type { DynamicsWebApi } from 'dynamics-web-api';
import { openDynamicsWebApi } from './dynamicsWebApi.ts';
import { startClient, type OrganizationClient } from './organizationClient.ts';

/** Bulk messages, keys, actions and refusals through the npm client `dynamics-web-api`, unmodified. */
let organization: OrganizationClient;
let client: DynamicsWebApi;

beforeEach(async () => {
  organization = await startClient();
  client = openDynamicsWebApi(organization.emulator);
});
afterEach(() => organization.close());

type Row = Record<string, unknown>;

const typed = (table: string, row: Row): Row => ({
  ...row,
  '@odata.type': `Microsoft.Dynamics.CRM.${table}`,
});

describe('the actions of dynamics-web-api', () => {
  it('create rows in bulk, and are refused without their targets', async () => {
    const Targets = ['A', 'B'].map((lastname) => typed('lead', { lastname }));
    const message = { collection: 'leads', actionName: 'Microsoft.Dynamics.CRM.CreateMultiple' };
    const { Ids } = await client.callAction<{ Ids: string[] }>({ ...message, action: { Targets } });
    const rows = await client.retrieveMultiple<Row>({ collection: 'leads', orderBy: ['lastname'] });

    expect(rows.value.map(({ leadid }) => leadid)).toEqual(Ids);
    await expect(client.callAction({ ...message, action: {} })).rejects.toMatchObject({ status: 400 });
  });

  it('reach rows by an alternate key, which creates, reads and updates', async () => {
    const account = { collection: 'accounts', key: "accountnumber='A1'" };
    await client.upsert({ ...account, data: { name: 'Fabrikam' } });
    await client.update({ ...account, data: { telephone1: '1' } });

    expect(await client.retrieve<Row>({ ...account, select: ['name', 'telephone1'] })).toMatchObject({
      name: 'Fabrikam',
      telephone1: '1',
    });
    await expect(
      client.retrieve({ collection: 'accounts', key: "accountnumber='A2'" }),
    ).rejects.toMatchObject({
      code: '0x80060891',
    });
  });

  it('qualify a lead, merge contacts and win an opportunity', async () => {
    const [lead = ''] = await organization.seed('lead', [{ lastname: 'Ek', subject: 'Wants ten' }]);
    const qualified = await client.callAction<{ value: Row[] }>({
      collection: 'leads',
      key: lead,
      actionName: 'Microsoft.Dynamics.CRM.QualifyLead',
      action: { CreateAccount: false, CreateContact: true, CreateOpportunity: true, Status: -1 },
    });
    const [contact, opportunity] = qualified.value;
    const [other = ''] = await organization.seed('contact', [{ lastname: 'Ek' }]);
    await client.callAction({
      actionName: 'Merge',
      action: {
        Target: typed('contact', { contactid: contact?.['contactid'] }),
        Subordinate: typed('contact', { contactid: other }),
        PerformParentingChecks: false,
      },
    });
    await client.callAction({
      actionName: 'WinOpportunity',
      action: {
        Status: 3,
        OpportunityClose: {
          subject: 'Won',
          'opportunityid@odata.bind': `/opportunities(${String(opportunity?.['opportunityid'])})`,
        },
      },
    });
    const merged = await client.retrieve<Row>({ collection: 'contacts', key: other });
    const won = await client.retrieve<Row>({
      collection: 'opportunities',
      key: String(opportunity?.['opportunityid']),
    });

    expect(merged).toMatchObject({ merged: true, statecode: 1, _masterid_value: contact?.['contactid'] });
    expect(won).toMatchObject({ statecode: 1, statuscode: 3 });
  });
});

describe('the refusals that dynamics-web-api hands on', () => {
  it('carry the status and code of a limit, of an unknown application and of a missing privilege', async () => {
    const read = (): Promise<unknown> => client.retrieveMultiple({ collection: 'leads' });
    await organization.control('settings', { missingPrivileges: ['prvReadLead'] });
    await expect(read()).rejects.toMatchObject({ status: 403, code: '0x80040220' });
    await organization.control('settings', { missingPrivileges: [], applicationUser: 'absent' });
    await expect(read()).rejects.toMatchObject({ status: 403, code: '0x80072560' });
    await organization.control('settings', { applicationUser: 'present', limits: { requestsMax: 1 } });
    await expect(read()).rejects.toMatchObject({ status: 429, code: '0x80072322' });
  });

  it('carry what a switch makes of an expired delta token', async () => {
    const tracked = { collection: 'leads', select: ['lastname'], trackChanges: true };
    const { oDataDeltaLink } = await client.retrieveMultiple<Row>(tracked);
    const delta = (): Promise<unknown> => client.retrieveMultiple({ collection: 'leads' }, oDataDeltaLink);
    await organization.control('tokens/lead/expire', {});
    await expect(delta()).rejects.toMatchObject({ status: 400, code: '0x80044352' });
    await organization.control('settings', { expiredDeltaTokenStatus: 410 });
    await expect(delta()).rejects.toMatchObject({ status: 410, code: '0x80044352' });
  });
});
