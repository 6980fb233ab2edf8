import type { TestClient } from './testClient.ts';
import { withEmulator } from './testClient.ts';

const cheapCall = 'activities/types.json';

async function codesOf(client: TestClient, count: number): Promise<string[]> {
  const answers = await Promise.all(Array.from({ length: count }, () => client.get(cheapCall)));
  return answers.flatMap(({ errors }) => (errors ?? []).map(({ code }) => code));
}

test('refuses the call beyond 100 in 20 seconds with 606 and lets it pass when the window has moved on', () =>
  withEmulator(async (client) => {
    for (let call = 0; call < 100; call += 1) expect((await client.get(cheapCall)).success).toBe(true);

    expect((await client.get(cheapCall)).errors).toEqual([
      { code: '606', message: "Max rate limit '100' exceeded with in '20' secs" },
    ]);
    await client.control('POST', 'clock', { advanceMs: 20_000 });
    expect((await client.get(cheapCall)).success).toBe(true);
  }));

test('refuses the eleventh call in flight with 615', () =>
  withEmulator(async (client) => {
    const hold = { match: { path: 'types' }, action: { kind: 'delay', delayMs: 500 }, times: 10 };
    await client.control('POST', 'faults', hold);

    expect(await codesOf(client, 12)).toEqual(['615', '615']);
    expect(await codesOf(client, 1)).toEqual([]);
  }));

test('refuses calls beyond the daily quota with 607 until midnight US Central', () =>
  withEmulator(async (client) => {
    await client.control('POST', 'settings', { callsPerDayMax: 3, tokenLifetimeSeconds: 100_000 });
    // A token of an hour would end before midnight.
    await client.control('POST', 'clock', { now: '2030-01-15T05:58:00Z' });
    const { access_token } = (await (await client.token()).json()) as { access_token: string };
    const headers = { authorization: `Bearer ${access_token}` };
    const isAdmitted = async (): Promise<boolean> =>
      ((await (await client.fetchRest(cheapCall, { headers })).json()) as { success: boolean }).success;

    expect([await isAdmitted(), await isAdmitted(), await isAdmitted(), await isAdmitted()]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    await client.control('POST', 'clock', { now: '2030-01-15T05:59:50Z' });
    expect(await isAdmitted()).toBe(false);
    await client.control('POST', 'clock', { now: '2030-01-15T06:00:01Z' });
    expect(await isAdmitted()).toBe(true);
  }));

test('counts calls by user but not those answered with a starred code', () =>
  withEmulator(async (client) => {
    const fault = { match: { path: 'types' }, action: { kind: 'envelope', code: '604' }, times: 2 };
    await client.control('POST', 'faults', fault);
    expect(await codesOf(client, 3)).toEqual(['604', '604']);
    await client.get('leads.json?filterType=firstName&filterValues=x');

    const usage = await client.get<{ total: number; users: { count: number }[] }>('stats/usage.json');
    const errors = await client.get<{ errors: unknown }>('stats/errors.json');
    // One call of types.json, one refused with 1011, and the usage call itself.
    expect(usage.result?.[0]).toMatchObject({ total: 3, users: [{ count: 3 }] });
    expect(errors.result?.[0]?.errors).toEqual([
      { errorCode: '604', count: 2 },
      { errorCode: '1011', count: 1 },
    ]);
  }));
