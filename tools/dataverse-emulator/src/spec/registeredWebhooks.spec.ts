import { startClient, type OrganizationClient } from './organizationClient.ts';
import { startReceiver, type Received, type Receiver } from './receiver.ts';
import { createRow, patch, registerEndpoint, registerStep, stepBody } from './registration.ts';
import { visitTable } from './visitTable.ts';

let client: OrganizationClient;
let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
  client = await startClient();
});
afterEach(async () => {
  await client.close();
  await receiver.close();
});

async function changeLead(body: Readonly<Record<string, unknown>>, headers = {}): Promise<string> {
  const [id = ''] = await client.seed('lead', [{ lastname: 'Ek' }]);
  await client.call(`leads(${id})`, { method: 'PATCH', body, headers });
  return id;
}

const attributesOf = (image: unknown): readonly string[] =>
  (image as { value: { Attributes: { key: string }[] } }).value.Attributes.map(({ key }) => key);

describe('a webhook registered through the Web API', () => {
  it('is called for the message and table of its step, with the key that is never shown', async () => {
    const endpoint = await registerEndpoint(client, receiver.url);
    const step = await registerStep(client, endpoint, { message: 'Update' });
    await client.seed('contact', [{ lastname: 'Other' }]);
    const id = await changeLead({ jobtitle: 'Smith' });
    await receiver.until(1);

    expect(receiver.received).toMatchObject([
      {
        url: '/hook?code=sesame',
        headers: { 'x-ms-dynamics-entity-name': 'lead', 'x-ms-dynamics-request-name': 'Update' },
        body: { PrimaryEntityId: id, Stage: 40, Mode: 1, OwningExtension: { Id: step } },
      },
    ]);
    const shown = (await client.call(`serviceendpoints(${endpoint})`)).body;
    expect(shown).toMatchObject({ contract: 8, authtype: 4, authvalue: null, isauthvalueset: true });
  });

  it.each([
    ['headers', 5],
    ['query values', 6],
  ])('sends its settings as %s', async (_place, authtype) => {
    const authvalue =
      '<settings><setting name="x-key" value="a&amp;b" /><setting name="x-other" value="2" /></settings>';
    const endpoint = await registerEndpoint(client, receiver.url, { authtype, authvalue });
    await registerStep(client, endpoint, { message: 'Create' });
    await client.seed('lead', [{ lastname: 'Ek' }]);
    await receiver.until(1);

    const [{ url, headers }] = receiver.received as [Received];
    const query = Object.fromEntries(new URL(url, 'http://receiver').searchParams);
    expect(authtype === 5 ? headers : query).toMatchObject({ 'x-key': 'a&b', 'x-other': '2' });
  });

  it('is called for updates of its filtering attributes only, changed or not', async () => {
    const endpoint = await registerEndpoint(client, receiver.url);
    const more = { filteringattributes: 'jobtitle,parentaccountid' };
    await registerStep(client, endpoint, { message: 'Update', more });
    const id = await changeLead({ firstname: 'Ida' });
    await patch(client, `leads(${id})`, { jobtitle: 'Smith' });
    await patch(client, `leads(${id})`, { jobtitle: 'Smith' });
    await patch(client, `leads(${id})`, { 'parentaccountid@odata.bind': null });
    await receiver.until(3);
    await new Promise((resolve) => setTimeout(resolve, 100));

    expect(receiver.received).toHaveLength(3);
  });

  it('rests while its step is disabled, and goes with its endpoint', async () => {
    const endpoint = await registerEndpoint(client, receiver.url);
    const step = await registerStep(client, endpoint, { message: 'Create' });
    const disabled = await patch(client, `sdkmessageprocessingsteps(${step})`, {
      statecode: 1,
      statuscode: 2,
    });
    await client.seed('lead', [{ lastname: 'Unheard' }]);
    await patch(client, `sdkmessageprocessingsteps(${step})`, { statecode: 0 });
    await client.seed('lead', [{ lastname: 'Heard' }]);
    await receiver.until(1);
    await client.call(`serviceendpoints(${endpoint})`, { method: 'DELETE' });
    await client.seed('lead', [{ lastname: 'Unheard' }]);
    await new Promise((resolve) => setTimeout(resolve, 100));

    expect(disabled.status).toBe(204);
    expect(JSON.stringify(receiver.received)).not.toContain('Unheard');
    expect((await client.call(`sdkmessageprocessingsteps(${step})`)).status).toBe(404);
  });

  it('carries the images that are registered for its step', async () => {
    const endpoint = await registerEndpoint(client, receiver.url);
    const step = await registerStep(client, endpoint, { message: 'Update' });
    await createRow(client, 'sdkmessageprocessingstepimages', {
      entityalias: 'was',
      imagetype: 0,
      messagepropertyname: 'Target',
      attributes: 'lastname,jobtitle',
      'sdkmessageprocessingstepid@odata.bind': `/sdkmessageprocessingsteps(${step})`,
    });
    await changeLead({ jobtitle: 'Smith' });
    await receiver.until(1);

    const [{ body }] = receiver.received as [Received];
    const images = body['PreEntityImages'] as { key: string }[];
    expect(images.map(({ key }) => key)).toEqual(['was']);
    expect(attributesOf(images[0])).toEqual(['lastname']);
    expect(attributesOf((body['PostEntityImages'] as unknown[])[0])).toContain('jobtitle');
  });

  it('is skipped by a caller who may bypass logic and says so', async () => {
    await client.control(`applications/${client.emulator.clientId}`, { mayBypassLogic: true });
    const endpoint = await registerEndpoint(client, receiver.url);
    const step = await registerStep(client, endpoint, { message: 'Update' });
    await changeLead({ jobtitle: 'A' }, { 'MSCRM.BypassBusinessLogicExecution': 'CustomAsync' });
    await changeLead({ jobtitle: 'B' }, { 'MSCRM.BypassBusinessLogicExecutionStepIds': step });
    await changeLead({ jobtitle: 'C' }, { 'MSCRM.BypassBusinessLogicExecution': 'CustomSync' });
    await receiver.until(1);

    expect(receiver.received).toHaveLength(1);
    expect(JSON.stringify(receiver.received)).toContain('"value":"C"');
  });

  it('is found by the queries of Microsoft’s page on registrations', async () => {
    const endpoint = await registerEndpoint(client, receiver.url);
    const step = await registerStep(client, endpoint, { message: 'Delete', table: 'contact' });
    const endpoints = await client.call('serviceendpoints?$filter=contract eq 8&$select=name,authtype,url');
    const steps = await client.call(
      `serviceendpoints(${endpoint})/serviceendpoint_sdkmessageprocessingstep?$select=name,mode,stage`,
    );
    const details = await client.call(
      `sdkmessageprocessingsteps(${step})?$select=name&$expand=eventhandler_serviceendpoint($select=name),sdkmessagefilterid($select=primaryobjecttypecode),sdkmessageid($select=name)`,
    );

    expect(endpoints.body.value).toMatchObject([{ name: 'Receiver', authtype: 4, url: receiver.url }]);
    expect(steps.body.value).toMatchObject([{ name: 'Delete of contact', mode: 1, stage: 40 }]);
    expect(details.body).toMatchObject({
      eventhandler_serviceendpoint: { name: 'Receiver' },
      sdkmessagefilterid: { primaryobjecttypecode: 'contact' },
      sdkmessageid: { name: 'Delete' },
    });
  });

  it('is refused where it could not run', async () => {
    const endpoint = await registerEndpoint(client, receiver.url);
    const update = await stepBody(client, endpoint, { message: 'Update' });
    const create = await stepBody(client, endpoint, { message: 'Create' });
    const filter = 'sdkmessagefilterid@odata.bind';
    const post = async (set: string, body: unknown): Promise<number> =>
      (await client.call(set, { method: 'POST', body })).status;
    const hook = { name: 'Hook', contract: 8, authtype: 4, authvalue: 'x', url: receiver.url };

    expect(await post('sdkmessageprocessingsteps', { ...update, stage: 20 })).toBe(400);
    expect(await post('sdkmessageprocessingsteps', { ...update, [filter]: create[filter] })).toBe(400);
    expect(await post('sdkmessageprocessingsteps', { ...update, mode: null })).toBe(400);
    expect(await post('serviceendpoints', { ...hook, url: 'ftp://elsewhere' })).toBe(400);
    expect(await post('serviceendpoints', { ...hook, authtype: 2 })).toBe(400);
    expect(await post('sdkmessages', { name: 'Mine' })).toBe(405);
  });

  it('can be for a table that was added, and goes with it', async () => {
    await client.call('EntityDefinitions', { method: 'POST', body: visitTable });
    const endpoint = await registerEndpoint(client, receiver.url);
    const step = await registerStep(client, endpoint, { message: 'Create', table: 'new_visit' });
    await client.seed('new_visit', [{ new_name: 'First' }]);
    await receiver.until(1);
    await client.call("EntityDefinitions(LogicalName='new_visit')", { method: 'DELETE' });

    expect(receiver.received[0]?.body['PrimaryEntityName']).toBe('new_visit');
    expect((await client.call(`sdkmessageprocessingsteps(${step})`)).status).toBe(404);
  });
});
