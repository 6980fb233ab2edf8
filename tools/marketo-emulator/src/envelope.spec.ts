import { request } from 'node:http';
import { parse, withEmulator } from './testClient.ts';
import type { Envelope, TestClient } from './testClient.ts';

function rawGet(client: TestClient, path: string): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(client.url);
  const options = { hostname, port, path, headers: { authorization: client.authorization } };
  return new Promise((resolve, reject) => {
    const call = request(options, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    call.on('error', reject);
    call.end();
  });
}

test('request ids hold a growing counter and the time of the call in hexadecimal', () =>
  withEmulator(async (client) => {
    const first = await client.get('stats/usage.json');
    const second = await client.get('stats/usage.json');
    const [count = '', time = ''] = first.requestId.split('#');

    expect(Math.abs(Number.parseInt(time, 16) - Date.now())).toBeLessThan(5_000);
    expect(Number.parseInt(second.requestId, 16)).toBe(Number.parseInt(count, 16) + 1);
    expect(Object.keys(first)).toEqual(['requestId', 'success', 'result']);
  }));

test.each([
  ['610 for an unknown path', 'nothing.json', {}, '610'],
  ['605 for a wrong method', 'leads/describe.json', { method: 'PUT', body: '{}' }, '605'],
  ['609 for broken JSON', 'leads.json', { method: 'POST', body: '{"input":[' }, '609'],
  [
    '612 for a foreign content type',
    'leads.json',
    { method: 'POST', body: '{}', headers: { 'content-type': 'text/plain' } },
    '612',
  ],
  ['1002 for a body without input', 'leads.json', { method: 'POST', body: '{}' }, '1002'],
])('answers %s as HTTP 200', (_title, path, init, code) =>
  withEmulator(async (client) => {
    const response = await client.fetchRest(path, init);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json;charset=UTF-8');
    const { success, errors } = await parse<Envelope<unknown>>(response);
    expect({ success, code: errors?.[0]?.code }).toEqual({ success: false, code });
  }),
);

test('a body above 1 MB is HTTP 413 and an address above 8 KB is HTTP 414', () =>
  withEmulator(async (client) => {
    const body = JSON.stringify({ input: [{ mktoPersonNotes: 'x'.repeat(1024 * 1024) }] });
    const tooLarge = await client.fetchRest('leads.json', { method: 'POST', body });
    const tooLong = await client.fetchRest(`leads.json?filterType=id&filterValues=${'1,'.repeat(4200)}`);

    expect([tooLarge.status, tooLong.status]).toEqual([413, 414]);
  }));

test('resolves dot segments in a path', () =>
  withEmulator(async (client) => {
    const { status, body } = await rawGet(client, '/bulk/../rest/v1/activities/types.json');

    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ success: true });
  }));

test('reads by POST with _method=GET in the address or in the form', () =>
  withEmulator(async (client) => {
    const [created] = await client.upsert([{ email: 'ada@example.com' }]);
    const read = async (query: string, form: string): Promise<unknown> =>
      parse(
        await client.fetchRest(`leads.json${query}`, {
          method: 'POST',
          body: form,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        }),
      );

    const form = 'filterType=email&filterValues=ada%40example.com&fields=email';
    const expected = { success: true, result: [{ id: created?.id, email: 'ada@example.com' }] };
    expect(await read('?_method=GET', form)).toMatchObject(expected);
    expect(await read('', `_method=GET&${form}`)).toMatchObject(expected);
  }));
