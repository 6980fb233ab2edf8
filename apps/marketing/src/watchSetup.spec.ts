import { personFields, topics, type Notice } from '@lockstep/change-events';
import { createMarketo, type MarketoOptions } from '@lockstep/marketo';
import { startMarketoEmulator } from '@lockstep/marketo-emulator';
import { openSetupCheck, type Creatable, type SchemaWishes, type SetupFault } from '@lockstep/pipelines';
import { inMemoryEventLog, inMemoryStores } from '@lockstep/ports';
import { createLogger, createReadiness, systemClock } from '@lockstep/service-runtime';
import { customTypesOf } from './customTypes.ts';
import { watchSetup } from './watchSetup.ts';

type Json = Readonly<Record<string, unknown>>;

const lease = { isHeld: () => true };
const forever = new AbortController().signal;
const describe2 = '^/rest/v1/leads/describe2';

async function startStage(options: Partial<MarketoOptions> = {}) {
  const emulator = await startMarketoEmulator({ control: true });
  const marketo = createMarketo({ ...emulator, fields: personFields, clock: systemClock, ...options });
  const eventLog = inMemoryEventLog();
  const lines: Json[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as Json);
  const log = createLogger({ service: 'marketing', level: 'info', destination: { write } });
  const readiness = createReadiness();
  const control = async (method: string, path: string, body?: Json): Promise<Json> => {
    const answer = await fetch(`${emulator.url}/_control/${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });

    return (await answer.json()) as Json;
  };
  /** Takes permissions from the role of our user. */
  const withhold = async (...names: string[]) => {
    const { users } = await control('GET', 'users');
    const [{ userId, permissions }] = users as [{ userId: string; permissions: string[] }];
    await control('POST', 'users', {
      userId,
      permissions: permissions.filter((each) => !names.includes(each)),
    });
  };
  /** Describe without, or with others of, these fields. */
  const redescribe = async (change: (fields: readonly Json[]) => readonly Json[]) => {
    const { fields } = await control('GET', 'fields');
    const described = (fields as readonly Json[]).map(({ readOnly, ...field }) => ({
      ...field,
      updateable: readOnly !== true,
    }));
    const body = { success: true, requestId: '1#1', result: [{ fields: change(described) }] };
    const action = { kind: 'commitThenBody', body: JSON.stringify(body) };
    await control('POST', 'faults', { action, match: { path: describe2 }, times: 100 });
  };
  const found: SetupFault[][] = [];
  const open = (wishes?: SchemaWishes) =>
    openSetupCheck({
      ...{ setup: marketo.setup, budget: marketo.budget, log: eventLog, lease, clock: systemClock },
      feedField: options.feedField,
      ...(wishes && { wishes }),
      onFaults: (faults) => void found.push([...faults]),
    });
  const stores = inMemoryStores();
  const config = { marketoRequestField: options.feedField, marketoUrl: emulator.url };
  const parts = { marketo, eventLog, service: { log, readiness }, stores };
  const stop = new AbortController();
  const watches: ReturnType<typeof watchSetup>[] = [];
  const watch = (marketoFormerUrl?: string) => {
    const started = watchSetup({ ...parts, config: { ...config, marketoFormerUrl } }, lease, stop.signal);
    watches.push(started);

    return started;
  };

  return {
    ...{ marketo, control, withhold, redescribe, lines, readiness, open, watch, found, stores },
    url: emulator.url,
    notices: () => eventLog.messages(topics.notices).map(({ value }) => value as Notice),
    stop: async () => {
      stop.abort();
      await Promise.all(watches.map(({ ended }) => ended));
    },
    close: async () => {
      await marketo.close();
      await emulator.close();
    },
  };
}

type Stage = Awaited<ReturnType<typeof startStage>>;

async function untilTrue(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('the setup of Marketo', () => {
  let stage: Stage;
  const start = async (options: Partial<MarketoOptions> = {}) => (stage = await startStage(options));
  afterEach(async () => {
    await stage.stop();
    await stage.close();
  });

  const look = async (wishes?: SchemaWishes): Promise<unknown> => {
    const check = await stage.open(wishes);

    return check.step(forever).catch((error: unknown) => error);
  };

  it('is passed in silence, with five calls, when all is well', async () => {
    await start();

    await stage.watch().passed;

    expect(stage.notices()).toEqual([]);
    expect(stage.lines).toEqual([]);
    expect((await stage.control('GET', 'calls'))['calls']).toHaveLength(5);
  });

  it('remembers the instance, and begins with no other one, which is asked nothing', async () => {
    await start();
    await stage.watch().passed;
    expect(await stage.stores.syncState.originOf('marketo')).toBe(stage.url);
    const calls = async () => ((await stage.control('GET', 'calls'))['calls'] as Json[]).length;
    const before = await calls();

    await stage.stores.syncState.rememberOrigin('marketo', 'https://123-abc-456.mktorest.com');
    stage.watch();
    await untilTrue(() => stage.notices().length === 1);

    expect(stage.notices()).toMatchObject([
      {
        code: 'MARKETO_NOT_READY',
        facts: {
          instance: `MARKETO_REPLACED ${stage.url}; the persons of the database are those of https://123-abc-456.mktorest.com`,
        },
      },
    ]);
    expect(await calls()).toBe(before);
    expect(await stage.stores.syncState.originOf('marketo')).toBe('https://123-abc-456.mktorest.com');
  });

  it('begins with an instance whose former address is the one that is remembered', async () => {
    await start();
    const former = 'https://123-abc-456.mktorest.com';
    await stage.stores.syncState.rememberOrigin('marketo', former);

    await stage.watch(`${former}/rest`).passed;

    expect(await stage.stores.syncState.originOf('marketo')).toBe(stage.url);
  });

  it('names all faults in one answer', async () => {
    await start();
    await stage.control('POST', 'settings', { nativeCrm: true });
    await stage.withhold('Read-Write Lead', 'Read-Only Activity', 'Read-Write Activity');
    await stage.control('POST', 'clock', { advanceMs: 300_000 });
    await stage.redescribe((fields) => fields.filter(({ name }) => name !== 'crmTopic'));

    const error = await look();

    expect(error).toMatchObject({ code: 'MARKETO_NOT_READY' });
    expect(stage.notices()).toEqual([
      expect.objectContaining({
        code: 'MARKETO_NOT_READY',
        severity: 'error',
        counts: { faults: 5, grave: 3 },
        facts: {
          'write-persons': 'MARKETO_FORBIDDEN without Read-Write Person',
          'read-activities': 'MARKETO_FORBIDDEN without Read-Only Activity',
          'native-sync': 'MARKETO_NATIVE_SYNC on',
          'field/crmTopic': 'MARKETO_FIELD_UNKNOWN missing',
          clock: expect.stringMatching(/^CLOCK_SKEWED Marketo ahead by (299|300|301) s$/) as string,
        },
      }),
    ]);
  });

  it('follows the feed without a request field that Marketo lacks, and says so', async () => {
    await start({ feedField: 'lockstepRequest' });

    await stage.watch().passed;

    expect(stage.notices()).toMatchObject([
      { code: 'MARKETO_LIMITED', facts: { 'field/lockstepRequest': 'MARKETO_FIELD_UNKNOWN missing' } },
    ]);
    const people = stage.marketo.lane('FRESH');
    const page = await people.readFeed(await people.openFeed(0));
    expect(page.rows).toEqual([]);
  });

  it.each<[string, (fields: readonly Json[]) => readonly Json[], string]>([
    [
      'that is missing',
      (fields) => fields.filter(({ name }) => name !== 'lockstepId'),
      'field/lockstepId MARKETO_FIELD_UNKNOWN missing',
    ],
    [
      'that is too short',
      (fields) => fields.map((field) => (field['name'] === 'lockstepId' ? { ...field, length: 20 } : field)),
      'field/lockstepId MARKETO_FIELD_UNFIT length 20 for 36',
    ],
    [
      'that may not be written',
      (fields) =>
        fields.map((field) => (field['name'] === 'crmType' ? { ...field, updateable: false } : field)),
      'field/crmType MARKETO_FIELD_UNFIT read-only',
    ],
  ])('keeps the service from beginning for a key field %s', async (_what, change, faults) => {
    await start();
    await stage.redescribe(change);

    expect(await look()).toMatchObject({ code: 'MARKETO_NOT_READY', details: { faults } });
  });

  it('lets the service begin without a field that is missing or of another type, which is not read then', async () => {
    await start();
    await stage.redescribe((fields) =>
      fields
        .filter(({ name }) => name !== 'crmTopic')
        .map((field) => (field['name'] === 'crmCreatedDate' ? { ...field, dataType: 'boolean' } : field)),
    );
    const { ids } = await stage.control('POST', 'persons', { persons: [{ city: 'Lyon' }] });

    await stage.watch().passed;

    expect(stage.notices()).toMatchObject([
      {
        code: 'MARKETO_LIMITED',
        severity: 'warning',
        facts: {
          'field/crmTopic': 'MARKETO_FIELD_UNKNOWN missing',
          'field/crmCreatedDate': 'MARKETO_FIELD_UNFIT type boolean for timestamp',
        },
      },
    ]);
    expect(stage.lines).toMatchObject([{ level: 'warn', msg: 'Marketo is not set up in full.' }]);
    const [person] = await stage.marketo.lane('FRESH').findPersons('id', (ids as number[]).map(String));
    expect(person?.fields).toMatchObject({ city: 'Lyon', crmSubject: null });
    expect(Object.keys(person?.fields ?? {})).not.toContain('crmTopic');
    expect(Object.keys(person?.fields ?? {})).not.toContain('crmCreatedDate');
  });

  it('asks nothing more once the credentials are refused', async () => {
    await start({ clientSecret: 'wrong' });

    expect(await look()).toMatchObject({
      code: 'MARKETO_NOT_READY',
      details: { faults: 'credentials MARKETO_CREDENTIALS refused' },
    });
    expect((await stage.control('GET', 'calls'))['calls']).toEqual([]);
  });

  it('warns when few of the day’s calls are left, and when it cannot tell about the native sync', async () => {
    await start({ callsPerDay: 5 });
    await stage.withhold('Read-Write Company');

    await expect(look()).resolves.toEqual({ idleMs: 3_600_000 });

    expect(stage.found).toMatchObject([
      [
        { check: 'native-sync', code: 'MARKETO_FORBIDDEN', isGrave: false },
        { check: 'calls', code: 'CALLS_RUN_SHORT', found: '5 of 5 used' },
      ],
    ]);
  });

  it('is told once, and the work begins by itself when it is corrected', async () => {
    await start();
    await stage.control('POST', 'settings', { nativeCrm: true });
    const check = await stage.open();
    await expect(check.step(forever)).rejects.toMatchObject({ code: 'MARKETO_NOT_READY' });
    await expect(check.step(forever)).rejects.toMatchObject({ details: { retryAfterMs: 120_000 } });
    expect(stage.notices()).toHaveLength(1);

    await stage.control('POST', 'settings', { nativeCrm: false });

    await expect(check.step(forever)).resolves.toEqual({ idleMs: 3_600_000 });
  });

  it('shows each grave fault on the health page, and none after a stop', async () => {
    await start();
    await stage.control('POST', 'settings', { nativeCrm: true });
    await stage.withhold('Read-Only Activity', 'Read-Write Activity');
    const { passed } = stage.watch();
    while (stage.readiness.reasons().length < 3) await systemClock.sleep(10, forever);

    expect(stage.readiness.reasons()).toEqual([
      expect.stringMatching(/^marketo\/read-activities: MARKETO_FORBIDDEN /),
      expect.stringMatching(/^marketo\/native-sync: MARKETO_NATIVE_SYNC /),
      expect.stringMatching(/^marketo\/setup: MARKETO_NOT_READY /),
    ]);

    await stage.stop();
    await passed;
    expect(stage.readiness.reasons().filter((reason) => !reason.startsWith('marketo/setup'))).toEqual([]);
  });

  const wishesOf = (fields: readonly string[], ...mayCreate: Creatable[]): SchemaWishes => ({
    ...{ customTypes: customTypesOf({ car: fields }), mayCreate },
  });

  it('makes the custom object types that are missing when it may, adds what they lack later, and tells of it', async () => {
    await start();
    await look(wishesOf(['vin:key', 'owner:link:lead.id'], 'custom-types'));
    await look(wishesOf(['vin:key', 'owner:link:lead.id', 'year:integer'], 'custom-types'));
    await look(wishesOf(['vin:key', 'owner:link:lead.id', 'year:integer']));

    expect(stage.notices()).toMatchObject([
      {
        ...{ code: 'MARKETO_SCHEMA_CREATED', severity: 'info', counts: { fields: 2 } },
        facts: { 'custom/car/vin': 'created', 'custom/car/owner': 'created' },
      },
      { code: 'MARKETO_SCHEMA_CREATED', facts: { 'custom/car/year': 'created' } },
    ]);
    expect(stage.found).toEqual([[], [], []]);
    const [created] = await stage.marketo.objects('FRESH').upsert('custom:car', [{ vin: 'V-1', year: 2003 }]);
    expect(created?.result).toBe('CREATED');
  });

  it('makes nothing that it may not, says what is missing or other than wanted, and works without it', async () => {
    await start();
    await expect(look(wishesOf(['vin:key'], 'person-fields'))).resolves.toEqual({ idleMs: 3_600_000 });
    await look(wishesOf(['vin:key', 'year:integer'], 'custom-types'));
    await look(wishesOf(['vin:key', 'year:string:key', 'colour']));

    expect(stage.found[0]).toEqual([
      { check: 'custom/car', code: 'MARKETO_TYPE_MISSING', isGrave: false, found: 'missing or not approved' },
    ]);
    expect(stage.found[2]).toMatchObject([
      { check: 'custom/car/year', code: 'MARKETO_FIELD_UNFIT', found: 'type integer for string' },
      { check: 'custom/car/colour', code: 'MARKETO_FIELD_UNKNOWN', found: 'missing' },
      { check: 'custom/car', code: 'MARKETO_FIELD_UNFIT', found: 'key vin for vin,year' },
    ]);
  });

  it.each<[string, (stage: Stage) => Promise<unknown>, object]>([
    [
      'the permission',
      ({ withhold }) => withhold('Read-Write Custom Object Type', 'Read-Only Custom Object Type'),
      { code: 'MARKETO_FORBIDDEN', found: 'without Read-Write Custom Object Type' },
    ],
    [
      'the kind of subscription',
      ({ control }) => control('POST', 'settings', { customObjectMetadata: false }),
      { code: 'MARKETO_FORBIDDEN' },
    ],
    [
      'room for another type',
      ({ control }) =>
        control('POST', 'faults', {
          ...{ match: { method: 'POST', path: 'schema\\.json' }, times: 1 },
          action: { kind: 'envelope', code: '1003' },
        }),
      { code: 'MARKETO_REFUSED', found: 'refused with 1003' },
    ],
  ])('works all the same when a type cannot be made for want of %s', async (_what, hinder, fault) => {
    await start();
    await hinder(stage);

    await expect(look(wishesOf(['vin:key'], 'custom-types'))).resolves.toEqual({ idleMs: 3_600_000 });

    expect(stage.found).toMatchObject([[{ check: 'custom/car', isGrave: false, ...fault }]]);
    expect(stage.notices().map(({ code }) => code)).toEqual(['MARKETO_LIMITED']);
  });

  it('makes the fields of persons that are missing when it may, the key among them, and begins', async () => {
    await start();
    for (const name of ['lockstepId', 'crmIsDeleted', 'crmCreatedDate'])
      await stage.control('DELETE', `fields/${name}`);
    expect(await look()).toMatchObject({ code: 'MARKETO_NOT_READY' });

    await expect(look({ customTypes: [], mayCreate: ['person-fields'] })).resolves.toEqual({
      idleMs: 3_600_000,
    });

    expect(stage.found.at(-1)).toEqual([]);
    expect(stage.notices().at(-1)).toMatchObject({
      code: 'MARKETO_SCHEMA_CREATED',
      facts: { 'person/lockstepId': 'created', 'person/crmIsDeleted': 'created' },
    });
    const fields = new Map(
      (await stage.marketo.setup.describePersons()).map((field) => [field.name, field.type]),
    );
    expect(['lockstepId', 'crmIsDeleted', 'crmCreatedDate'].map((name) => fields.get(name))).toEqual([
      ...['string', 'boolean', 'timestamp'],
    ]);
  });

  it('makes the field of requests too, and follows it', async () => {
    await start({ feedField: 'lockstepRequest' });

    await look({ customTypes: [], mayCreate: ['person-fields'] });

    expect(stage.notices().at(-1)).toMatchObject({ facts: { 'person/lockstepRequest': 'created' } });
    const { ids } = await stage.control('POST', 'persons', { persons: [{ lastName: 'Example' }] });
    const id = (ids as readonly number[])[0];
    await stage.control('POST', 'edits', { id, fields: { lockstepRequest: 'sync' } });
    const people = stage.marketo.lane('FRESH');
    const { rows } = await people.readFeed(await people.openFeed(0));
    expect(rows.map(({ field, newValue }) => [field, newValue])).toContainEqual(['lockstepRequest', 'sync']);
  });

  it('waits for the key field, and says why it could not make it', async () => {
    await start();
    await stage.control('DELETE', 'fields/lockstepId');
    await stage.withhold('Read-Write Schema Custom Field');

    expect(await look({ customTypes: [], mayCreate: ['person-fields'] })).toMatchObject({
      code: 'MARKETO_NOT_READY',
    });

    expect(stage.found).toMatchObject([
      [
        { check: 'field/lockstepId', isGrave: true },
        { check: 'create-fields', code: 'MARKETO_FORBIDDEN', isGrave: false },
      ],
    ]);
  });
});
