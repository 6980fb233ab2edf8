import { topics } from '@lockstep/change-events';
import { request } from 'undici';
import { readTopics } from './readTopics.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const timeoutMs = 60_000;
let lockstep: Lockstep;

beforeAll(async () => {
  lockstep = await startLockstep({ settings: { DYNAMICS_TABLES: 'lead,contact,list' } });
}, 2 * timeoutMs);
afterAll(() => lockstep.close());

/** What our own users wrote to a side, by its log, table by table. */
async function writtenTo(side: 'dynamics' | 'marketo', after = 0): Promise<readonly unknown[]> {
  const states = await lockstep[side].control.states();
  return states
    .filter(({ sequence, actorKind }) => sequence > after && actorKind === 'application')
    .map(({ table, operation }) => `${String(operation)} ${String(table ?? 'person')}`);
}

async function objectsOfMarketo(): Promise<readonly unknown[]> {
  const { control } = lockstep.marketo;
  const { types } = await control.get<{ types: string[] }>('objects');
  const records = types.map((type) => control.get<{ records: unknown[] }>(`objects/${type}`));
  return (await Promise.all(records)).flatMap(({ records: found }) => found);
}

it(
  'takes no marketing list and no member of one to Marketo, although lists are on their topic',
  async () => {
    const { dynamics, marketo } = lockstep;
    const { ids } = await dynamics.control.post<{ ids: string[] }>('rows', {
      table: 'list',
      rows: [{ listname: 'Spring', createdfromcode: 4 }],
    });
    const [member = ''] = await dynamics.createRows('lead', [{ lastname: 'Lovelace' }]);
    const naming = (column: string, id: string | undefined, table: string) => ({
      [column]: id,
      [`${column}@Microsoft.Dynamics.CRM.lookuplogicalname`]: table,
    });
    const membership = {
      ...naming('_listid_value', ids[0], 'list'),
      ...naming('_entityid_value', member, 'lead'),
    };
    await dynamics.control.post('rows', { table: 'listmember', rows: [membership] });
    await dynamics.createRows('lead', [{ lastname: 'Babbage' }]);
    await lockstep.waitUntilInSync({ timeoutMs });

    const read = await readTopics({ ...lockstep, names: [topics.dynamicsChanges('list')] });
    expect(read).toMatchObject([{ key: ids[0], value: { fields: { listname: 'Spring' } } }]);
    expect(await writtenTo('marketo')).toEqual(['create person', 'create person']);
    expect(await objectsOfMarketo()).toEqual([]);
    expect(await marketo.control.get('lists')).toEqual({ lists: [] });
  },
  3 * timeoutMs,
);

/** A form, as a page of Marketo sends it. */
async function fillOutForm(email: string): Promise<void> {
  const { url, clientId, clientSecret } = lockstep.marketo;
  const grant = `grant_type=client_credentials&client_id=${clientId}&client_secret=${clientSecret}`;
  const token = await request(`${url}/identity/oauth/token?${grant}`);
  const { access_token: bearer } = (await token.body.json()) as { access_token: string };
  const { body } = await request(`${url}/rest/v1/leads/submitForm.json`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify({ formId: 7, input: [{ leadFormFields: { email } }] }),
  });
  expect(await body.json()).toMatchObject({ success: true, result: [{ status: 'updated' }] });
}

it(
  'makes nothing in Dynamics of what a person does in Marketo, but of its edits',
  async () => {
    const { dynamics, marketo } = lockstep;
    const emailaddress1 = 'grace@example.org';
    const [leadId = ''] = await dynamics.createRows('lead', [{ lastname: 'Hopper', emailaddress1 }]);
    await lockstep.waitUntilInSync({ timeoutMs });
    const { id } = await marketo.personOfRow(leadId);
    const before = await dynamics.control.lastState();

    await fillOutForm(emailaddress1);
    const { id: listId } = await marketo.control.post<{ id: number }>('lists', { name: 'Guests' });
    await marketo.control.post(`lists/${listId}/members`, { add: [id] });
    await marketo.control.post(`lists/${listId}/members`, { remove: [id] });
    await marketo.editPerson(id, { title: 'Admiral' });
    await lockstep.waitUntilInSync({ timeoutMs });

    expect(await dynamics.row('lead', leadId)).toMatchObject({ jobtitle: 'Admiral' });
    expect(await writtenTo('dynamics', before)).toEqual(['update lead']);
  },
  3 * timeoutMs,
);
