import { startClient, type Answered, type OrganizationClient } from './organizationClient.ts';
import { startReceiver, type Receiver } from './receiver.ts';
import { createRow, patch, registerEndpoint, registerStep } from './registration.ts';

let client: OrganizationClient;
let receiver: Receiver;
let endpoint: string;

beforeEach(async () => {
  receiver = await startReceiver();
  client = await startClient();
  endpoint = await registerEndpoint(client, receiver.url);
});
afterEach(async () => {
  await client.close();
  await receiver.close();
});

const synchronous = (message: 'Create' | 'Update' | 'Delete', stage = 40): Promise<string> =>
  registerStep(client, endpoint, { message, more: { mode: 0, stage } });

const create = (lastname: string): Promise<Answered> =>
  client.call('leads', { method: 'POST', body: { lastname } });

const lastNames = async (): Promise<unknown[]> =>
  (await client.call('leads?$select=lastname&$orderby=lastname')).body.value.map((row) => row['lastname']);

describe('a synchronous webhook', () => {
  it('is asked before the row is committed, and the row it is asked about is the one that is written', async () => {
    await synchronous('Create');
    let seen: unknown;
    receiver.answers.push(async () => (seen = await lastNames()));
    const { headers } = await create('Ek');

    expect([seen, await lastNames()]).toEqual([[], ['Ek']]);
    expect(receiver.received).toHaveLength(1);
    expect(receiver.received[0]?.body).toMatchObject({ MessageName: 'Create', Mode: 0, Stage: 40 });
    expect(headers['odata-entityid']).toContain(String(receiver.received[0]?.body['PrimaryEntityId']));
  });

  it.each([
    ['a status that is no success', 404, '0x80050201', 1],
    ['a gateway that fails twice', 502, '0x80050201', 2],
  ])('aborts the write by %s, and nothing of it is left', async (_what, status, code, calls) => {
    await synchronous('Create');
    const states = (await client.control('states?limit=1'))['last'];
    receiver.answers.push(status, status);
    const refused = await create('Ek');

    expect([refused.status, refused.code]).toEqual([400, code]);
    expect(receiver.received).toHaveLength(calls);
    expect(await lastNames()).toEqual([]);
    expect((await client.control('states?limit=1'))['last']).toBe(states);
  });

  it('aborts the write when nobody answers in time, nobody is there, or its settings cannot be read', async () => {
    await client.control('settings', { webhookTimeoutMs: 200 });
    const step = await synchronous('Create');
    receiver.answers.push(() => new Promise((resolve) => setTimeout(resolve, 1_000)));
    const late = await create('Late');
    await patch(client, `serviceendpoints(${endpoint})`, { url: 'http://127.0.0.1:9/nobody' });
    const absent = await create('Absent');
    await patch(client, `serviceendpoints(${endpoint})`, { authtype: 5, authvalue: 'no settings' });
    const unreadable = await create('Unreadable');
    await client.call(`sdkmessageprocessingsteps(${step})`, { method: 'DELETE' });

    expect([late, absent, unreadable].map(({ code }) => code)).toEqual([
      '0x80050202',
      '0x80050205',
      '0x80050203',
    ]);
    expect((await create('Ek')).status).toBe(204);
    expect(await lastNames()).toEqual(['Ek']);
  });

  it('aborts updates, deletes and what a human saves', async () => {
    const [id = ''] = await client.seed('lead', [{ lastname: 'Ek' }]);
    await synchronous('Update');
    await synchronous('Delete', 10);
    receiver.answers.push(400, 400, 400);
    const edit = client.control('edits', { table: 'lead', id, fields: { lastname: 'Human' } });

    await expect(edit).rejects.toThrow('0x80050201');
    expect((await patch(client, `leads(${id})`, { lastname: 'Client' })).code).toBe('0x80050201');
    expect((await client.call(`leads(${id})`, { method: 'DELETE' })).code).toBe('0x80050201');
    expect(await lastNames()).toEqual(['Ek']);
    expect(receiver.received[2]?.body).toMatchObject({ MessageName: 'Delete', Stage: 10 });
  });

  it('runs in the order of stage and rank, and asks nobody after a refusal', async () => {
    const more = (stage: number, rank: number) =>
      ({ message: 'Create', more: { mode: 0, stage, rank } }) as const;
    const ids = [];
    for (const [stage, rank] of [
      [40, 1],
      [20, 2],
      [20, 1],
      [10, 1],
    ] as const)
      ids.push(await registerStep(client, endpoint, more(stage, rank)));
    receiver.answers.push(200, 200, 200, 400);
    await create('Ek');
    const [after, second, first, before] = ids;
    const owners = receiver.received.map(({ body }) => (body['OwningExtension'] as { Id: string }).Id);
    expect(owners).toEqual([before, first, second, after]);

    receiver.answers.push(400);
    await create('Ek');
    expect(receiver.received).toHaveLength(5);
  });

  it('fails a bulk message and a change set whole, and of a batch the part', async () => {
    await synchronous('Create');
    receiver.answers.push(200, 400);
    const targets = ['A', 'B'].map((lastname) => ({
      lastname,
      '@odata.type': 'Microsoft.Dynamics.CRM.lead',
    }));
    const bulk = await client.call('leads/Microsoft.Dynamics.CRM.CreateMultiple', {
      method: 'POST',
      body: { Targets: targets },
    });
    expect([bulk.status, await lastNames()]).toEqual([400, []]);

    const part = (lastname: string): string =>
      `--all\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nPOST leads HTTP/1.1\r\nContent-Type: application/json\r\n\r\n${JSON.stringify({ lastname })}\r\n`;
    receiver.answers.push(200, 400, 200);
    const batch = await client.call('$batch', {
      method: 'POST',
      headers: { 'content-type': 'multipart/mixed; boundary=all', prefer: 'odata.continue-on-error' },
      body: `${['C', 'D', 'E'].map(part).join('')}--all--\r\n`,
    });
    expect([...batch.text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([
      '204',
      '400',
      '204',
    ]);
    expect(await lastNames()).toEqual(['C', 'E']);
    const calls = (await client.control('calls'))['calls'] as { batch?: string }[];
    expect(calls.filter(({ batch: of }) => of !== undefined)).toHaveLength(3);
  });

  it('is asked again when the row was changed while its receiver thought', async () => {
    const [id = ''] = await client.seed('lead', [{ lastname: 'Ek' }]);
    const step = await synchronous('Update');
    const headers = { 'MSCRM.BypassBusinessLogicExecutionStepIds': step };
    await client.control(`applications/${client.emulator.clientId}`, { mayBypassLogic: true });
    receiver.answers.push(() =>
      client.call(`leads(${id})`, { method: 'PATCH', headers, body: { firstname: 'Ida' } }),
    );
    const answer = await patch(client, `leads(${id})`, { jobtitle: 'Smith' });

    expect(answer.status).toBe(204);
    expect(receiver.received).toHaveLength(2);
    expect((await client.call(`leads(${id})`)).body).toMatchObject({ firstname: 'Ida', jobtitle: 'Smith' });
  });

  it('sees images before the change, loses its data above the size limit, and is bypassed on request', async () => {
    const [id = ''] = await client.seed('lead', [{ lastname: 'Ek' }]);
    const step = await synchronous('Update', 20);
    await createRow(client, 'sdkmessageprocessingstepimages', {
      entityalias: 'was',
      imagetype: 2,
      messagepropertyname: 'Target',
      'sdkmessageprocessingstepid@odata.bind': `/sdkmessageprocessingsteps(${step})`,
    });
    await patch(client, `leads(${id})`, { lastname: 'Berg' });
    const [call] = receiver.received;
    expect(JSON.stringify(call?.body['PreEntityImages'])).toContain('{"key":"lastname","value":"Ek"}');
    expect(call?.body['PostEntityImages']).toEqual([]);

    await patch(client, `leads(${id})`, { description: 'x'.repeat(1_000) });
    await client.control('settings', { webhookBytesMax: 600 });
    await patch(client, `leads(${id})`, { lastname: 'Lind' });
    expect(receiver.received[2]?.headers['x-ms-dynamics-msg-size-exceeded']).toBe('true');
    expect(receiver.received[2]?.body).toMatchObject({ InputParameters: [], PreEntityImages: [] });

    await client.control(`applications/${client.emulator.clientId}`, { mayBypassLogic: true });
    const headers = { 'MSCRM.BypassBusinessLogicExecution': 'CustomSync' };
    await client.call(`leads(${id})`, { method: 'PATCH', headers, body: { lastname: 'Unasked' } });
    expect(receiver.received).toHaveLength(3);
    expect(await lastNames()).toEqual(['Unasked']);
  });
});
