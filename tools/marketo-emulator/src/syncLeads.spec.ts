import type { TestClient } from './testClient.ts';
import { tokenSince, withEmulator } from './testClient.ts';

async function reasonOf(client: TestClient, record: Record<string, unknown>, more = {}): Promise<unknown> {
  const [outcome] = await client.upsert([record], more);
  expect(Object.keys(outcome ?? {})).toEqual(['status', 'reasons']);
  expect(outcome?.status).toBe('skipped');
  return outcome?.reasons?.[0];
}

async function person(client: TestClient, id: number | undefined): Promise<Record<string, unknown>> {
  return client.control('GET', `persons/${id}`);
}

test('creates, then updates the person with the same email in any case', () =>
  withEmulator(async (client) => {
    const [created] = await client.upsert([{ email: 'ada@example.com', firstName: 'Ada', city: 'Paris' }]);
    const [updated] = await client.upsert([{ email: 'ADA@example.com', city: null }]);

    expect([created?.status, updated]).toEqual(['created', { id: created?.id, status: 'updated' }]);
    expect(await person(client, created?.id)).toMatchObject({ firstName: 'Ada', city: null });
  }));

test('answers in input order and skips a whole record for one bad field while the others go through', () =>
  withEmulator(async (client) => {
    const outcomes = await client.upsert([
      { email: 'a@x.co', firstName: 'A' },
      { email: 'b@x.co', firstName: 'B', unsubscribed: 'perhaps' },
      { email: 'c@x.co', firstName: 'C' },
    ]);

    expect(outcomes.map(({ status }) => status)).toEqual(['created', 'skipped', 'created']);
    expect(outcomes[1]?.reasons).toEqual([
      { code: '1003', message: "Invalid value for field 'unsubscribed' and value 'perhaps'" },
    ]);
    const found = await client.get('leads.json?filterType=email&filterValues=b@x.co');
    expect(found.result).toEqual([]);
  }));

test.each([
  ['leadScore', 14.1, '1003'],
  ['leadScore', 'many', '1003'],
  ['annualRevenue', 'a lot', '1003'],
  ['crmCreatedDate', 'yesterday', '1003'],
  ['crmCreatedDate', '2026-02-31T08:00:00Z', '1003'],
  ['dateOfBirth', '2026-02-31', '1003'],
  ['firstName', { nested: true }, '1003'],
  ['firstName', 'x'.repeat(256), '1077'],
  ['noSuchField', 1, '1006'],
  ['createdAt', '2020-01-01T00:00:00Z', '1006'],
])('skips a record whose %s is %p with %s and %s', (field, value, code) =>
  withEmulator(async (client) => {
    expect(await reasonOf(client, { email: 'a@x.co', [field]: value })).toMatchObject({ code });
  }),
);

test.each(['no at sign', 'jürgen@example.com', 'a@nodot', 7])('refuses the email %p', (email) =>
  withEmulator(async (client) => {
    expect(await reasonOf(client, { email })).toEqual({
      code: '1003',
      message: `Invalid value for field 'email' and value '${email}'`,
    });
  }),
);

test('honours the action: 1005 for an existing lead, 1004 for a missing one, 1007 for several', () =>
  withEmulator(async (client) => {
    await client.upsert([{ email: 'a@x.co' }]);
    const email = { email: 'a@x.co' };

    expect(await reasonOf(client, email, { action: 'createOnly' })).toMatchObject({ code: '1005' });
    expect(await reasonOf(client, { email: 'z@x.co' }, { action: 'updateOnly' })).toEqual({
      code: '1004',
      message: 'Lead not found',
    });
    expect(await client.upsert([email], { action: 'createDuplicate' })).toMatchObject([
      { status: 'created' },
    ]);
    expect(await reasonOf(client, { email: 'a@x.co', firstName: 'A' })).toEqual({
      code: '1007',
      message: 'Multiple lead match lookup criteria',
    });
  }));

test('updates by id with updateOnly and refuses id as the key of any other action', () =>
  withEmulator(async (client) => {
    const [created] = await client.upsert([{ email: 'a@x.co' }]);
    const byId = { lookupField: 'id', action: 'updateOnly' };

    expect(await client.upsert([{ id: created?.id, email: 'new@x.co' }], byId)).toEqual([
      { id: created?.id, status: 'updated' },
    ]);
    expect((await person(client, created?.id))['email']).toBe('new@x.co');
    const byOldEmail = await client.get('leads.json?filterType=email&filterValues=a@x.co');
    expect(byOldEmail.result).toEqual([]);
    expect(await reasonOf(client, { id: 999_999, email: 'z@x.co' }, byId)).toMatchObject({ code: '1004' });
    const refused = await client.post('leads.json', { lookupField: 'id', input: [{ id: created?.id }] });
    expect(refused.errors?.[0]?.code).toBe('1011');
  }));

test('looks up by a custom field without a glance at the email, and wants the key to be there', () =>
  withEmulator(async (client) => {
    await client.upsert([{ email: 'a@x.co' }]);
    const byKey = { lookupField: 'lockstepId' };
    const [created] = await client.upsert([{ lockstepId: 'g1', email: 'a@x.co' }], byKey);
    const [updated] = await client.upsert([{ lockstepId: 'g1', city: 'Rome' }], byKey);

    expect([created?.status, updated?.status, updated?.id]).toEqual(['created', 'updated', created?.id]);
    expect(await reasonOf(client, { email: 'b@x.co' }, byKey)).toMatchObject({ code: '1003' });
    const refused = await client.post('leads.json', { lookupField: 'city', input: [{ city: 'Rome' }] });
    expect(refused.errors?.[0]?.code).toBe('1011');
  }));

test('lets the first of equal keys in one input through and skips the others with 1036', () =>
  withEmulator(async (client) => {
    const outcomes = await client.upsert([{ email: 'a@x.co' }, { email: 'A@x.co' }]);

    expect(outcomes.map(({ reasons }) => reasons?.[0]?.code)).toEqual([undefined, '1036']);
  }));

test('refuses more than 300 records as a whole', () =>
  withEmulator(async (client) => {
    const input = Array.from({ length: 301 }, (_value, index) => ({ email: `p${index}@x.co` }));

    expect((await client.post('leads.json', { input })).errors?.[0]?.code).toBe('1003');
    expect((await client.upsert(input.slice(1))).length).toBe(300);
  }));

test('a write that changes nothing answers "updated", keeps updatedAt and logs no change', () =>
  withEmulator(async (client) => {
    const record = {
      email: 'a@x.co',
      firstName: 'A',
      unsubscribed: false,
      crmCreatedDate: '2026-01-02T03:04:05.678Z',
    };
    const [created] = await client.upsert([record]);
    const before = await person(client, created?.id);
    await client.control('POST', 'clock', { advanceMs: 10_000 });

    expect(await client.upsert([record])).toEqual([{ id: created?.id, status: 'updated' }]);
    expect(await person(client, created?.id)).toEqual(before);
    const token = await tokenSince(client);
    const changes = await client.get(
      `activities/leadchanges.json?nextPageToken=${token}&fields=firstName,unsubscribed,crmCreatedDate`,
    );
    expect(changes.result?.map(({ activityTypeId }) => activityTypeId)).toEqual([12]);
    expect(await client.control('GET', 'states')).toMatchObject({ last: 1 });
    await client.upsert([{ email: 'a@x.co', firstName: 'B' }]);
    expect((await person(client, created?.id))['updatedAt']).not.toBe(before['updatedAt']);
  }));

test('concurrent upserts of one missing key create duplicates in race mode, and one person without it', () =>
  withEmulator(async (client) => {
    const twice = async (email: string): Promise<string[]> => {
      const outcomes = await Promise.all([client.upsert([{ email }]), client.upsert([{ email }])]);
      return outcomes.map(([outcome]) => outcome?.status ?? '').sort();
    };

    await client.control('POST', 'settings', { raceWindowMs: 300 });
    expect(await twice('race@x.co')).toEqual(['created', 'created']);
    await client.control('POST', 'settings', { raceDuplicates: false });
    expect(await twice('calm@x.co')).toEqual(['created', 'updated']);
  }));

test('deletes by body, by override and by query, and skips unknown ids with 1004', () =>
  withEmulator(async (client) => {
    const created = await client.upsert([{ email: 'a@x.co' }, { email: 'b@x.co' }, { email: 'c@x.co' }]);
    const [a, b, c] = created.map(({ id }) => id);

    expect((await client.post('leads/delete.json', { input: [{ id: a }, { id: a }] })).result).toEqual([
      { id: a, status: 'deleted' },
      { status: 'skipped', reasons: [{ code: '1004', message: 'Lead not found' }] },
    ]);
    expect((await client.post('leads.json?_method=DELETE', { input: [{ id: b }] })).result).toEqual([
      { id: b, status: 'deleted' },
    ]);
    expect(
      await (await client.fetchRest(`leads/delete.json?id=${c}`, { method: 'POST' })).json(),
    ).toMatchObject({
      result: [{ id: c, status: 'deleted' }],
    });
    expect(await client.control('GET', 'persons')).toEqual({ persons: [] });
  }));
