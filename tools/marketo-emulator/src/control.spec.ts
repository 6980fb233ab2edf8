import { startMarketoEmulator } from './startMarketoEmulator.ts';
import { withEmulator } from './testClient.ts';

interface States {
  states: {
    sequence: number;
    actorKind: string;
    actor: string;
    operation: string;
    id: number;
    changed: object;
    person: object;
  }[];
  last: number;
}

interface Calls {
  calls: { sequence: number; status: number; codes: string[]; method: string; requestBody: unknown }[];
  last: number;
}

test('the control API is absent unless asked for', async () => {
  const emulator = await startMarketoEmulator();
  try {
    const body: unknown = await (await fetch(`${emulator.url}/_control/persons`)).json();
    expect(body).toMatchObject({ success: false, errors: [{ code: '603' }] });
  } finally {
    await emulator.close();
  }
});

test('seeds all persons or none, naming the faults', () =>
  withEmulator(async (client) => {
    const bad = { persons: [{ email: 'a@x.co' }, { email: 'b@x.co', shoe: 1 }] };

    expect(await client.control('POST', 'persons', bad)).toEqual({
      faults: ["persons[1]: Field 'shoe' not found"],
    });
    expect(await client.control('GET', 'persons')).toEqual({ persons: [] });
  }));

test('seeds 10,000 persons in one call', () =>
  withEmulator(async (client) => {
    const persons = Array.from({ length: 10_000 }, (_value, index) => ({
      email: `p${index}@example.com`,
      firstName: 'Ada',
      lastName: `Byron ${index}`,
      crmId: String(index),
    }));
    const { ids } = await client.control<{ ids: number[] }>('POST', 'persons', { persons });

    expect(new Set(ids).size).toBe(10_000);
  }));

test('the state log names actor, operation and only what really changed', () =>
  withEmulator(async (client) => {
    const [created] = await client.upsert([{ email: 'a@x.co' }]);
    const edit = { id: created?.id, fields: { email: 'a@x.co', city: 'Rome' }, actor: 'mia' };
    expect(await client.control('POST', 'edits', edit)).toEqual({ changed: true });
    expect(await client.control('POST', 'edits', edit)).toEqual({ changed: false });
    await client.control('POST', 'deletes', { id: created?.id, actor: 'mia' });

    const { states, last } = await client.control<States>('GET', 'states');
    expect(states.map(({ sequence, actorKind, operation }) => [sequence, actorKind, operation])).toEqual([
      [1, 'application', 'create'],
      [2, 'human', 'update'],
      [3, 'human', 'delete'],
    ]);
    expect(states[1]).toMatchObject({
      actor: 'mia',
      id: created?.id,
      person: { email: 'a@x.co', city: 'Rome', fax: null },
    });
    expect(states[1]?.changed).toEqual({ city: { before: null, after: 'Rome' } });
    expect(last).toBe(3);
    expect((await client.control<States>('GET', 'states?after=1&limit=1')).states[0]?.sequence).toBe(2);
  }));

test('the call log holds every call with its body, status and codes', () =>
  withEmulator(async (client) => {
    await client.upsert([{ email: 'bad' }]);
    await client.get('nothing.json');
    await client.fetchRest('leads.json', { method: 'POST', body: 'x'.repeat(1_100_000) });

    const { calls, last } = await client.control<Calls>('GET', 'calls');
    expect(calls.map(({ method, status, codes }) => [method, status, codes])).toEqual([
      ['POST', 200, ['1003']],
      ['GET', 200, ['610']],
      ['POST', 413, []],
    ]);
    expect(calls[0]?.requestBody).toEqual({ input: [{ email: 'bad' }] });
    expect(last).toBe(3);
  }));

test('the oldest calls lose their bodies first, and the oldest entries leave beyond the bound', () =>
  withEmulator(async (client) => {
    await client.control('POST', 'settings', { callBodyCharsMax: 60, callLogMax: 2 });
    for (const letter of ['a', 'b', 'c', 'd']) await client.upsert([{ email: `${letter}@x.co` }]);

    const { calls, last } = await client.control<Calls>('GET', 'calls');
    expect([calls.map(({ sequence }) => sequence), last]).toEqual([[3, 4], 4]);
    expect(calls.map(({ requestBody }) => requestBody === null)).toEqual([true, false]);
  }));

test('unknown settings and settings of the wrong kind are refused together', () =>
  withEmulator(async (client) => {
    const answer = await client.control('POST', 'settings', { nope: 1, latencyMs: 'slow', shortPages: true });

    expect(answer).toEqual({ faults: ['unknown setting nope', 'latencyMs must be a number'] });
    expect(await client.control('GET', 'settings')).toMatchObject({ latencyMs: 0, shortPages: false });
  }));

test('unknown persons are HTTP 404', () =>
  withEmulator(async (client) => {
    expect(await client.control('POST', 'edits', { id: 5, fields: {} })).toEqual({ faults: ['no person 5'] });
    expect((await fetch(`${client.url}/_control/persons/5`)).status).toBe(404);
  }));
