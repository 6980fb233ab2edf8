import type { TestClient } from './testClient.ts';
import { withEmulator } from './testClient.ts';

const write = { method: 'POST', path: '/leads\\.json' };

async function arm(client: TestClient, action: object, times = 1): Promise<void> {
  await client.control('POST', 'faults', { match: write, action, times });
}

async function emails(client: TestClient): Promise<unknown[]> {
  const { persons } = await client.control<{ persons: { email: string }[] }>('GET', 'persons');
  return persons.map(({ email }) => email);
}

const post = (client: TestClient, email: string) => client.post('leads.json', { input: [{ email }] });

test('envelope: the error is answered and nothing is done, as often as armed', () =>
  withEmulator(async (client) => {
    await arm(client, { kind: 'envelope', code: '608' }, 2);

    expect((await post(client, 'a@x.co')).errors?.[0]?.code).toBe('608');
    expect((await post(client, 'a@x.co')).errors?.[0]?.code).toBe('608');
    expect(await emails(client)).toEqual([]);
    expect((await post(client, 'a@x.co')).success).toBe(true);
  }));

test('commitThenEnvelope: the error is answered although it is done', () =>
  withEmulator(async (client) => {
    await arm(client, { kind: 'commitThenEnvelope', code: '604' });

    expect((await post(client, 'a@x.co')).errors?.[0]?.code).toBe('604');
    expect(await emails(client)).toEqual(['a@x.co']);
  }));

test('commitLater: the error is answered first and the commit follows', () =>
  withEmulator(async (client) => {
    await arm(client, { kind: 'commitLater', code: '604', delayMs: 500 });

    expect((await post(client, 'a@x.co')).errors?.[0]?.code).toBe('604');
    expect(await emails(client)).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(await emails(client)).toEqual(['a@x.co']);
  }));

test('drop and commitThenDrop: the connection is cut without and with the commit', () =>
  withEmulator(async (client) => {
    await arm(client, { kind: 'drop' });
    await expect(post(client, 'a@x.co')).rejects.toThrow('fetch failed');
    expect(await emails(client)).toEqual([]);

    await arm(client, { kind: 'commitThenDrop' });
    await expect(post(client, 'b@x.co')).rejects.toThrow('fetch failed');
    expect(await emails(client)).toEqual(['b@x.co']);
    const { calls } = await client.control<{ calls: { status: number }[] }>('GET', 'calls');
    expect(calls.map(({ status }) => status)).toEqual([0, 0]);
  }));

test('status and truncate: a real HTTP error, and a body that is not JSON any more', () =>
  withEmulator(async (client) => {
    await arm(client, { kind: 'status', status: 502 });
    expect((await client.fetchRest('leads.json', { method: 'POST', body: '{}' })).status).toBe(502);

    await arm(client, { kind: 'truncate' });
    await expect(post(client, 'a@x.co')).rejects.toThrow('JSON');
    expect(await emails(client)).toEqual(['a@x.co']);
  }));

test('commitThenStatus: a real HTTP error although it is done', () =>
  withEmulator(async (client) => {
    await arm(client, { kind: 'commitThenStatus', status: 503 });
    const body = JSON.stringify({ input: [{ email: 'a@x.co' }] });

    expect((await client.fetchRest('leads.json', { method: 'POST', body })).status).toBe(503);
    expect(await emails(client)).toEqual(['a@x.co']);
  }));

test('delay: the answer comes late', () =>
  withEmulator(async (client) => {
    await arm(client, { kind: 'delay', delayMs: 120 });
    const startedAt = performance.now();

    expect((await post(client, 'a@x.co')).success).toBe(true);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(115);
  }));

test('a fault hits only what it matches, can be withdrawn, and must make sense', () =>
  withEmulator(async (client) => {
    const match = { ...write, body: 'only@x\\.co' };
    await client.control('POST', 'faults', { match, action: { kind: 'envelope', code: '713' }, times: 9 });

    expect((await post(client, 'other@x.co')).success).toBe(true);
    expect((await post(client, 'only@x.co')).errors?.[0]?.code).toBe('713');
    await client.control('DELETE', 'faults');
    expect((await post(client, 'only@x.co')).success).toBe(true);
    expect(await client.control('POST', 'faults', { action: { kind: 'status' } })).toEqual({
      faults: ['action.status must be a number'],
    });
  }));
