import type { Envelope, TestClient } from './testClient.ts';
import { callAs, withEmulator } from './testClient.ts';

const reader = 'reader@x.co';

async function serve(client: TestClient, userId: string, permissions: readonly string[]) {
  await client.control('POST', 'users', { userId, permissions });
  return callAs(client, userId);
}

const codeOf = ({ errors }: Envelope<unknown>): string | undefined => errors?.[0]?.code;

test('a call without the permission of its endpoint answers 603, is counted, and does nothing', () =>
  withEmulator(async (client) => {
    const call = await serve(client, reader, ['Read-Only Lead']);

    expect(codeOf(await call('GET', 'leads.json?filterType=id&filterValues=1'))).toBeUndefined();
    expect(codeOf(await call('POST', 'leads.json', { input: [{ email: 'a@x.co' }] }))).toBe('603');
    expect(codeOf(await call('GET', 'activities/types.json'))).toBe('603');
    expect((await client.control<{ persons: unknown[] }>('GET', 'persons')).persons).toEqual([]);
    const errors = await client.get<{ errors: unknown }>('stats/errors.json');
    expect(errors.result?.[0]?.errors).toEqual([{ errorCode: '603', count: 2 }]);
  }));

test('who may write may read, of the same subject', () =>
  withEmulator(async (client) => {
    const call = await serve(client, 'writer@x.co', ['Read-Write Company', 'Read-Only Opportunity']);

    const input = [{ externalCompanyId: 'A-1' }];
    expect(codeOf(await call('POST', 'companies.json', { input }))).toBeUndefined();
    expect(codeOf(await call('GET', 'companies/describe.json'))).toBeUndefined();
    expect(codeOf(await call('GET', 'opportunities/roles/describe.json'))).toBeUndefined();
    expect(codeOf(await call('POST', 'opportunities.json', { input }))).toBe('603');
    expect(codeOf(await call('GET', 'companies/schema/fields.json'))).toBe('603');
    expect(codeOf(await call('GET', 'customobjects/schema.json'))).toBe('603');
  }));

test('calls are counted by user, today and for the last seven days, and the limits are for all together', () =>
  withEmulator(async (client) => {
    const settings = { callsPerDayMax: 4, tokenLifetimeSeconds: 10_000_000 };
    await client.control('POST', 'settings', settings);
    const call = await serve(client, reader, []);
    await call('GET', 'stats/usage.json');
    await call('GET', 'stats/usage.json');
    await client.get('stats/usage.json');
    type Usage = { total: number; users: { userId: string; count: number }[] };
    const usage = await client.get<Usage>('stats/usage.json');

    expect(usage.result?.[0]).toMatchObject({
      total: 4,
      users: [{ userId: reader, count: 2 }, { count: 2 }],
    });
    expect(codeOf(await call('GET', 'stats/usage.json'))).toBe('607');
    await client.control('POST', 'clock', { advanceMs: 86_400_000 });
    const week = (await call<Usage>('GET', 'stats/usage/last7days.json')).result;
    expect(week?.map(({ total }) => total)).toEqual([1, 4]);
    const errors = await call<{ total: number }>('GET', 'stats/errors/last7days.json');
    expect(errors.result?.map(({ total }) => total)).toEqual([0, 1]);
  }));

test('states and calls name the user that made them, and each service has its own token', () =>
  withEmulator(async (client) => {
    const call = await serve(client, 'writer@x.co', ['Read-Write Lead']);
    await call('POST', 'leads.json', { input: [{ email: 'a@x.co' }] });
    await client.upsert([{ email: 'b@x.co' }]);
    const actorsIn = async (log: string): Promise<unknown[]> => {
      const entries = (await client.control<Record<string, { actor: string }[]>>('GET', log))[log];
      return entries?.map(({ actor }) => actor) ?? [];
    };

    const first = 'lockstep@api.marketo-emulator.example';
    expect(await actorsIn('states')).toEqual(['writer@x.co', first]);
    expect(await actorsIn('calls')).toEqual(['writer@x.co', first]);
  }));

test('a role can change while a token runs, and must hold permissions that there are', () =>
  withEmulator(async (client) => {
    const call = await serve(client, reader, []);
    expect(codeOf(await call('GET', 'leads/describe.json'))).toBe('603');
    await client.control('POST', 'users', { userId: reader, permissions: ['Read-Write Lead'] });

    expect(codeOf(await call('GET', 'leads/describe.json'))).toBeUndefined();
    const refused = await client.control<{ faults: string[] }>('POST', 'users', {
      userId: reader,
      permissions: ['Fly'],
    });
    expect(refused.faults[0]).toContain('permissions must be an array of Read-Only Activity');
    expect(await client.control('POST', 'services', { userId: 'nobody@x.co' })).toEqual({
      faults: ['no user nobody@x.co'],
    });
  }));
