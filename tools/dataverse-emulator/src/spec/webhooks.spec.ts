import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startClient, type OrganizationClient } from './organizationClient.ts';

type Received = {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
};

let client: OrganizationClient;
let server: Server;
let url: string;
let received: Received[];
let statuses: number[];

beforeEach(async () => {
  received = [];
  statuses = [];
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = JSON.parse(String(Buffer.concat(parts))) as Received['body'];
      received.push({ url: request.url ?? '', headers: request.headers, body });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  client = await startClient();
});

afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function untilReceived(count: number): Promise<void> {
  for (let waitedMs = 0; received.length < count; waitedMs += 20) {
    if (waitedMs > 5_000) throw new Error(`${received.length} of ${count} calls came`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const register = (more: Readonly<Record<string, unknown>> = {}): Promise<unknown> =>
  client.control('webhooks', { url, table: 'lead', authtype: 4, authvalue: 'sesame', ...more });

describe('a webhook', () => {
  it('is called after a commit with message, table, changed columns and the key as code', async () => {
    const [id = ''] = await client.seed('lead', [{ lastname: 'Ek' }]);
    await register();
    await client.call(`leads(${id})?tag=by-us`, { method: 'PATCH', body: { jobtitle: 'Smith' } });
    await untilReceived(1);

    const [{ url: called, headers, body }] = received as [Received];
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
    await untilReceived(2);

    expect(received.map(({ body }) => body['MessageName']).sort()).toEqual(['Delete', 'Update']);
    expect(received.map(({ headers }) => headers['x-key'])).toEqual(['sesame', 'sesame']);
  });

  it('loses its data above the size limit, and says so', async () => {
    await client.control('settings', { webhookBytesMax: 600 });
    await register({ message: 'Create' });
    await client.seed('lead', [{ lastname: 'Ek', description: 'x'.repeat(600) }]);
    await untilReceived(1);

    expect(received[0]?.headers['x-ms-dynamics-msg-size-exceeded']).toBe('true');
    expect(received[0]?.body).toMatchObject({
      MessageName: 'Create',
      InputParameters: [],
      PostEntityImages: [],
    });
  });

  it('is called again when the receiver fails, a few times', async () => {
    statuses = [500, 503];
    await register();
    await client.seed('lead', [{ lastname: 'Ek' }]);
    await untilReceived(3);

    expect(new Set(received.map(({ body }) => body['PrimaryEntityId'])).size).toBe(1);
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
    await untilReceived(1);

    expect(refused.status).toBe(400);
    expect(received).toHaveLength(1);
    expect(JSON.stringify(received[0]?.body)).toContain('Good');
  });

  it('is not called any more once it is removed', async () => {
    const { id } = (await register()) as { id: string };
    await client.control(`webhooks/${id}`, undefined, 'DELETE');
    await client.seed('lead', [{ lastname: 'Ek' }]);
    await new Promise((resolve) => setTimeout(resolve, 200));

    expect(received).toEqual([]);
  });
});
