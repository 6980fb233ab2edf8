import { startClient, type Answered, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
beforeEach(async () => {
  client = await startClient();
});
afterEach(() => client.close());

const space = 'Microsoft.Dynamics.CRM';
const listOfLeads = { listname: 'Spring', createdfromcode: 4, type: false };

const post = (path: string, body: unknown): Promise<Answered> => client.call(path, { method: 'POST', body });

async function seedOne(table: string, row: Record<string, unknown>): Promise<string> {
  const [id] = await client.seed(table, [row]);
  return String(id);
}

const add = (list: string, EntityId: string): Promise<Answered> =>
  post(`lists(${list})/${space}.AddMemberList`, { EntityId });
const members = async (): Promise<unknown[]> =>
  (await client.call('listmembers')).body.value.map((row) => row['_entityid_value']);

describe('marketing lists', () => {
  it('take a member of their own table once, and give it up', async () => {
    const list = await seedOne('list', listOfLeads);
    const lead = await seedOne('lead', { lastname: 'Ek' });
    const answers = [await add(list, lead), await add(list, lead)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await members()).toEqual([lead]);
    const { body } = await client.call(`lists(${list})/listlead_association?$select=leadid`);
    expect(body.value).toMatchObject([{ leadid: lead }]);
    const path = `lists(${list})/listlead_association(${lead})/$ref`;
    const gone = [
      await client.call(path, { method: 'DELETE' }),
      await client.call(path, { method: 'DELETE' }),
    ];
    expect(gone.map(({ status }) => status)).toEqual([204, 404]);
    expect(await members()).toEqual([]);
  });

  it.each([
    ['locked', { lockstatus: true }],
    ['inactive', { statecode: 1 }],
    ['dynamic', { type: true }],
  ])('refuse a member while they are %s', async (_, change) => {
    const list = await seedOne('list', { ...listOfLeads, ...change });
    const lead = await seedOne('lead', { lastname: 'Ek' });
    const { status, code } = await add(list, lead);
    expect([status, code]).toEqual([400, '0x80040233']);
    expect(await members()).toEqual([]);
  });

  it('refuse a member of another table', async () => {
    const list = await seedOne('list', listOfLeads);
    const contact = await seedOne('contact', { lastname: 'Ek' });
    expect((await add(list, contact)).status).toBe(404);
  });

  it('are attached to a campaign once, and are found from it', async () => {
    const list = await seedOne('list', listOfLeads);
    const campaign = await seedOne('campaign', { name: 'Spring' });
    const Campaign = { '@odata.type': `${space}.campaign`, campaignid: campaign };
    const attach = () => post(`lists(${list})/${space}.AddItemCampaign`, { Campaign });
    expect([(await attach()).status, (await attach()).status]).toEqual([200, 412]);
    const { body } = await client.call(`campaigns(${campaign})/campaignlist_association?$select=listid`);
    expect(body.value).toMatchObject([{ listid: list }]);
  });
});
