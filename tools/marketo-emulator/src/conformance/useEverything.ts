import type { TestClient } from '../testClient.ts';
import { tokenSince } from '../testClient.ts';
import type { Send } from './send.ts';
import { useBulk } from './useBulk.ts';

/** Uses every operation as a client should, and meets the refusals that a client meets. */
export async function useEverything(client: TestClient, send: Send): Promise<void> {
  await useLeads(client, send);
  await useLeadSchema(send);
  await usePushes(send);
  await useLists(client, send);
  await useBulk(client, send);
  await useObjects(send);
  await useCustomObjects(send);
  for (const path of ['usage', 'usage/last7days', 'errors', 'errors/last7days'])
    await send('GET', `stats/${path}.json`);
}

async function useLeads(client: TestClient, send: Send): Promise<void> {
  const since = await tokenSince(client);
  const input = [{ email: 'a@x.co', firstName: 'Ann' }, { email: 'b@x.co' }, { email: 'c@x.co' }];
  const { id } = await send('POST', 'leads.json', { action: 'createOrUpdate', lookupField: 'email', input });
  const [first, second, third] = [0, 1, 2].map((more) => Number(id) + more);
  const edits = [{ id: first, firstName: 'Anna', country: null }, { id: 1 }];
  await send('POST', 'leads.json', { action: 'updateOnly', lookupField: 'id', input: edits });
  await send('POST', 'leads.json', { action: 'nonsense', input });
  await send(
    'GET',
    `leads.json?filterType=email&filterValues=a@x.co,no@x.co&fields=email,firstName&batchSize=1`,
  );
  await send('GET', 'leads.json?filterType=nonsense&filterValues=1');
  await send('GET', `lead/${first}.json?fields=email`);
  await send('GET', 'leads/partitions.json');
  const moves = [first, 1].map((one) => ({ id: one, partitionName: 'Default' }));
  await send('POST', 'leads/partitions.json', { input: moves });
  await send('GET', 'leads/describe.json');
  await send('GET', 'leads/describe2.json');
  await send('POST', `leads/${first}/merge.json?leadIds=${second}`);
  await send('POST', 'leads/delete.json', { input: [{ id: third }, { id: third }] });
  await send('GET', 'activities/pagingtoken.json?sinceDatetime=2020-01-01T00:00:00Z');
  await send('GET', `activities/leadchanges.json?nextPageToken=${since}&fields=firstName,country`);
  await send('GET', `activities/leadchanges.json?nextPageToken=unknown&fields=firstName`);
  await send('GET', `activities/deletedleads.json?nextPageToken=${since}&batchSize=10`);
  await send('GET', `activities.json?nextPageToken=${since}&activityTypeIds=12,13,32,37`);
  await send('GET', 'activities/types.json');
}

async function useLeadSchema(send: Send): Promise<void> {
  const path = 'leads/schema/fields';
  const field = { displayName: 'Shoe Size', name: 'shoeSize', dataType: 'integer' };
  await send('POST', `${path}.json`, { input: [field] });
  await send('POST', `${path}/shoeSize.json`, { input: [{ displayName: 'Shoe', isHidden: true }] });
  await send('GET', `${path}.json?batchSize=10`);
  await send('GET', `${path}/shoeSize.json`);
}

async function usePushes(send: Send): Promise<void> {
  const input = [{ email: 'pushed@x.co' }, { email: 'bad' }];
  await send('POST', 'leads/push.json', { programName: 'Fair', source: 'Stand', reason: 'Badge', input });
  const visitorData = { pageURL: 'https://x.co/form' };
  const filled = { leadFormFields: { email: 'pushed@x.co' }, visitorData };
  await send('POST', 'leads/submitForm.json', { formId: 1029, input: [filled] });
  await send('POST', 'leads/submitForm.json', {
    formId: 1029,
    input: [{ leadFormFields: { email: 'bad' } }],
  });
}

async function useLists(client: TestClient, send: Send): Promise<void> {
  const { id: list } = await client.control<{ id: number }>('POST', 'lists', { name: 'Guests' });
  const { id } = await send('POST', 'leads.json', { input: [{ email: 'guest@x.co' }] });
  await send('GET', 'lists.json?name=Guests&batchSize=10');
  await send('GET', `lists/${list}.json`);
  await send('POST', `lists/${list}/leads.json?id=${String(id)}`);
  await send('GET', `lists/${list}/leads/ismember.json?id=${String(id)},1`);
  await send('GET', `lists/${list}/leads.json?fields=email&batchSize=10`);
  await send('GET', `leads/${String(id)}/listMembership.json`);
  await send('DELETE', `lists/${list}/leads.json?id=${String(id)},1`);
  await send('GET', 'lists/7.json');
}

const standardObjects = [
  { path: 'companies', field: 'company', record: { externalCompanyId: 'A-1', company: 'Acme' } },
  { path: 'salespersons', field: null, record: { externalSalesPersonId: 'S-1', email: 's@x.co' } },
  { path: 'opportunities', field: 'name', record: { externalOpportunityId: 'O-1', name: 'Chairs' } },
  { path: 'namedaccounts', field: 'name', record: { name: 'Acme' } },
];

async function useObjects(send: Send): Promise<void> {
  for (const { path, field, record } of standardObjects) {
    const [key = '', value] = Object.entries(record)[0] ?? [];
    await send('GET', `${path}/describe.json`);
    if (field !== null) await useSchema(send, path, field);
    await send('POST', `${path}.json`, {
      action: 'createOrUpdate',
      input: [record, { ...record, parrot: 'x' }],
    });
    await send('GET', `${path}.json?filterType=${key}&filterValues=${String(value)}`);
  }
  await useRoles(send);
  for (const { path, record } of standardObjects) {
    const [[key = '', value] = []] = Object.entries(record);
    const input = [{ [key]: value }, { [key]: 'nobody' }];
    await send('POST', `${path}/delete.json`, { deleteBy: 'dedupeFields', input });
  }
}

async function useSchema(send: Send, path: string, field: string): Promise<void> {
  await send('GET', `${path}/schema/fields.json?batchSize=2`);
  await send('GET', `${path}/schema/fields/${field}.json`);
}

async function useRoles(send: Send): Promise<void> {
  const { id } = await send('POST', 'leads.json', { input: [{ email: 'r@x.co' }] });
  const role = { externalOpportunityId: 'O-1', leadId: id, role: 'Buyer' };
  await send('GET', 'opportunities/roles/describe.json');
  await send('POST', 'opportunities/roles.json', { action: 'createOrUpdate', input: [role, {}] });
  await send('GET', `opportunities/roles.json?filterType=externalOpportunityId&filterValues=O-1`);
  await send('POST', 'opportunities/roles/delete.json', { deleteBy: 'dedupeFields', input: [role, role] });
}

const car = { apiName: 'car', displayName: 'Car', description: 'Automobile owned' };
const vin = { name: 'vin', displayName: 'VIN', dataType: 'string', isDedupeField: true };
const owner = {
  name: 'leadID',
  displayName: 'Id',
  dataType: 'link',
  relatedTo: { name: 'lead', field: 'id' },
};
const colour = { name: 'colour', displayName: 'Colour', dataType: 'string' };

async function useCustomObjects(send: Send): Promise<void> {
  const schema = (path: string, body?: unknown) => send('POST', `customobjects/schema${path}.json`, body);
  await schema('', { action: 'createOnly', ...car });
  await schema('/car/addField', { input: [vin, owner, colour] });
  await schema('/car/approve');
  await schema('/car/colour/updateField', { displayName: 'Paint' });
  await schema('/car/discardDraft');
  await schema('/car/deleteField', { input: [{ name: 'colour' }] });
  for (const path of ['', '/fieldDataTypes', '/linkableObjects', '/car/describe', '/car/dependentAssets'])
    await send('GET', `customobjects/schema${path}.json`);
  await send('GET', 'customobjects.json?names=car');
  await send('GET', 'customobjects/car/describe.json');
  const input = [{ vin: 'V-1' }, { vin: 'V-2', leadID: 1 }];
  await send('POST', 'customobjects/car.json', { action: 'createOrUpdate', input });
  await send('GET', 'customobjects/car.json?filterType=vin&filterValues=V-1&fields=vin');
  await send('POST', 'customobjects/car/delete.json', { deleteBy: 'dedupeFields', input });
  await schema('/car/delete');
}
