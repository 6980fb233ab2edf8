import { startClient, type OrganizationClient } from './organizationClient.ts';
import { startReceiver, type Received, type Receiver } from './receiver.ts';

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

const register = (more: Readonly<Record<string, unknown>> = {}): Promise<unknown> =>
  client.control('webhooks', { url: receiver.url, table: 'lead', authtype: 4, authvalue: 'sesame', ...more });

describe('a webhook', () => {
  it('is called after a commit with message, table, changed columns and the key as code', async () => {
    const [id = ''] = await client.seed('lead', [{ lastname: 'Ek' }]);
    await register();
    await client.call(`leads(${id})?tag=by-us`, { method: 'PATCH', body: { jobtitle: 'Smith' } });
    await receiver.until(1);

    const [{ url: called, headers, body }] = receiver.received as [Received];
    expect(called).toBe('/hook?code=sesame');
    expect(headers).toMatchObject({
      'x-ms-dynamics-entity-name': 'lead',
      'x-ms-dynamics-request-name': 'Update',
      'x-ms-correlation-request-id': body['CorrelationId'],
    });
    expect(body).toMatchObject({ MessageName: 'Update', PrimaryEntityName: 'lead', PrimaryEntityId: id });
    expect(body['SharedVariables']).toEqual([{ key: 'tag', value: 'by-us' }]);
    expect(JSON.stringify(body['InputParameters'])).toContain('{"key":"jobtitle","value":"Smith"}');
    expect(JSON.stringify(body['InputParameters'])).not.toContain('lastname');
  });

  it('is called for a human’s edit and a delete, not for other tables', async () => {
    const [id = ''] = await client.seed('lead', [{ lastname: 'Ek' }]);
    await register({ authtype: 5, authvalue: { 'x-key': 'sesame' } });
    await client.seed('contact', [{ lastname: 'Other' }]);
    await client.control('edits', { table: 'lead', id, fields: { jobtitle: 'Smith' } });
    await client.control('deletes', { table: 'lead', id });
    await receiver.until(2);

    expect(receiver.received.map(({ body }) => body['MessageName']).sort()).toEqual(['Delete', 'Update']);
    expect(receiver.received.map(({ headers }) => headers['x-key'])).toEqual(['sesame', 'sesame']);
  });

  it('loses its data above the size limit, and says so', async () => {
    await client.control('settings', { webhookBytesMax: 600 });
    await register({ message: 'Create' });
    await client.seed('lead', [{ lastname: 'Ek', description: 'x'.repeat(600) }]);
    await receiver.until(1);

    expect(receiver.received[0]?.headers['x-ms-dynamics-msg-size-exceeded']).toBe('true');
    expect(receiver.received[0]?.body).toMatchObject({
      MessageName: 'Create',
      InputParameters: [],
      PostEntityImages: [],
    });
  });

  it('is called once more when a gateway failed, and only then', async () => {
    receiver.answers.push(503, 504);
    await register();
    await client.seed('lead', [{ lastname: 'Twice in vain' }]);
    await receiver.until(2);
    receiver.answers.push(500);
    await client.seed('lead', [{ lastname: 'Once in vain' }]);
    await receiver.until(3);
    await client.seed('lead', [{ lastname: 'Taken' }]);
    await receiver.until(4);

    expect(receiver.received[0]?.body['PrimaryEntityId']).toBe(receiver.received[1]?.body['PrimaryEntityId']);
    expect(new Set(receiver.received.map(({ body }) => body['PrimaryEntityId'])).size).toBe(3);
    expect(await client.control('webhooks')).toMatchObject({ delivered: 1, failed: 2 });
  });

  it('hears nothing of a transaction that was rolled back', async () => {
    await register();
    const Targets = [{ lastname: 'Ek' }, { lastname: 'x'.repeat(500) }].map((target) => ({
      ...target,
      '@odata.type': 'Microsoft.Dynamics.CRM.lead',
    }));
    const refused = await client.call('leads/Microsoft.Dynamics.CRM.CreateMultiple', {
      method: 'POST',
      body: { Targets },
    });
    await client.seed('lead', [{ lastname: 'Good' }]);
    await receiver.until(1);

    expect(refused.status).toBe(400);
    expect(receiver.received).toHaveLength(1);
    expect(JSON.stringify(receiver.received[0]?.body)).toContain('Good');
  });

  it('is not called any more once it is removed', async () => {
    const { id } = (await register()) as { id: string };
    await client.control(`webhooks/${id}`, undefined, 'DELETE');
    await client.seed('lead', [{ lastname: 'Ek' }]);
    await new Promise((resolve) => setTimeout(resolve, 200));

    expect(receiver.received).toEqual([]);
  });
});
