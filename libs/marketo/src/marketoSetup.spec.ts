import { personFields } from '@lockstep/change-events';
import { startMarketoEmulator } from '@lockstep/marketo-emulator';
import {
  marketoSetupContract,
  type CustomType,
  type MarketoSetupHarness,
  type SetupRight,
} from '@lockstep/ports';
import { createMarketo, type Marketo } from './createMarketo.ts';

type Json = Readonly<Record<string, unknown>>;

/** The permissions without which a question is refused. */
const permissionsOf: Readonly<Record<SetupRight, readonly string[]>> = {
  READ_PERSONS: ['Read-Only Lead', 'Read-Write Lead'],
  WRITE_PERSONS: ['Read-Write Lead'],
  READ_ACTIVITIES: ['Read-Only Activity', 'Read-Write Activity'],
  NATIVE_SYNC_OFF: ['Read-Write Company'],
  CREATE_FIELDS: ['Read-Write Schema Custom Field'],
  CREATE_TYPES: ['Read-Write Custom Object Type', 'Read-Only Custom Object Type'],
};

type Stage = MarketoSetupHarness & {
  readonly marketo: Marketo;
  control(method: string, path: string, body?: Json): Promise<Json>;
  rest(path: string, body: Json): Promise<void>;
};

const textField = (name: string): Json => ({
  input: [{ name, displayName: name, dataType: 'string', isDedupeField: false }],
});

async function startStage(): Promise<Stage> {
  const clock = { now: () => Date.UTC(2026, 0, 1), monotonic: () => 0, sleep: async () => undefined };
  const emulator = await startMarketoEmulator({ control: true, now: clock.now });
  const marketo = createMarketo({ ...emulator, fields: personFields, clock });
  const control = async (method: string, path: string, body?: Json): Promise<Json> => {
    const answer = await fetch(`${emulator.url}/_control/${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });

    return (await answer.json()) as Json;
  };
  const withhold = async (names: readonly string[]): Promise<void> => {
    const { users } = await control('GET', 'users');
    const [{ userId, permissions }] = users as [{ userId: string; permissions: string[] }];
    await control('POST', 'users', {
      userId,
      permissions: permissions.filter((each) => !names.includes(each)),
    });
  };

  /** A call of an administrator's own integration. */
  const rest = async (path: string, body: Json): Promise<void> => {
    const { url, clientId, clientSecret } = emulator;
    const query = new URLSearchParams({
      grant_type: 'client_credentials',
      ...{ client_id: clientId, client_secret: clientSecret },
    });
    const identity = (await (await fetch(`${url}/identity/oauth/token?${query.toString()}`)).json()) as Json;
    const answer = await fetch(`${url}/rest/v1/${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${String(identity['access_token'])}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    expect(await answer.json()).toMatchObject({ success: true });
  };

  return {
    marketo,
    control,
    rest,
    setup: marketo.setup,
    forbid: (what) => withhold(permissionsOf[what]),
    switchNativeSyncOn: async () => void (await control('POST', 'settings', { nativeCrm: true })),
    addTextField: async (name, length) =>
      void (await control('POST', 'fields', { fields: [{ name, dataType: 'string', length }] })),
    draftTextField: (apiName, name) => rest(`customobjects/schema/${apiName}/addField.json`, textField(name)),
    advanceClock: async (advanceMs) => void (await control('POST', 'clock', { advanceMs })),
    close: async () => {
      await marketo.close();
      await emulator.close();
    },
  };
}

describe('the setup of Marketo over the REST API', () => {
  marketoSetupContract(startStage);
});

describe('the setup of Marketo over the REST API, with 1018 in the records', () => {
  marketoSetupContract(async () => {
    const stage = await startStage();
    await stage.control('POST', 'settings', { nativeCrmSkipsRecords: true });

    return stage;
  });
});

describe('probes of the setup', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await startStage();
  });
  afterEach(() => stage.close());

  it('change nothing in Marketo', async () => {
    await stage.setup.probe('WRITE_PERSONS');
    await stage.setup.probe('NATIVE_SYNC_OFF');

    expect(await stage.control('GET', 'states')).toMatchObject({ states: [] });
    expect(await stage.control('GET', 'objectStates')).toMatchObject({ states: [] });
  });

  it.each(['drop', 'commitThenDrop'])('are asked again when the answer is lost: %s', async (kind) => {
    await stage.control('POST', 'faults', { action: { kind }, match: { path: 'rest/v1/leads' }, times: 2 });

    await expect(stage.setup.probe('WRITE_PERSONS')).resolves.toBeUndefined();
  });

  it('take any complaint about the record for a permission', async () => {
    await stage.control('POST', 'faults', { action: { kind: 'envelope', code: '702' }, times: 1 });

    await expect(stage.setup.probe('WRITE_PERSONS')).resolves.toBeUndefined();
  });
});

describe('a field that is left out', () => {
  it('is not read, so that it is unknown and not null', async () => {
    const stage = await startStage();
    const { ids } = await stage.control('POST', 'persons', { persons: [{ title: 'Pilot', city: 'Lyon' }] });
    const [id] = ids as readonly number[];
    stage.setup.leaveOut(new Set(['title']));

    const [person] = await stage.marketo.lane('FRESH').findPersons('id', [String(id)]);

    expect(person?.fields).toMatchObject({ city: 'Lyon' });
    expect(person?.fields).not.toHaveProperty('title');
    stage.setup.leaveOut(new Set());
    const [whole] = await stage.marketo.lane('FRESH').findPersons('id', [String(id)]);
    expect(whole?.fields).toMatchObject({ title: 'Pilot' });
    await stage.close();
  });
});

describe('a custom object type that is made', () => {
  const type: CustomType = {
    apiName: 'serviceContract',
    fields: [
      { name: 'number', type: 'string', isKey: true },
      { name: 'value', type: 'float', isKey: false },
      { name: 'signedAt', type: 'datetime', isKey: false },
      { name: 'owner', type: { object: 'lead', field: 'lockstepId' }, isKey: false },
    ],
  };
  let stage: Stage;
  beforeEach(async () => {
    stage = await startStage();
  });
  afterEach(() => stage.close());

  it('has the types that were asked for, and a link that holds what it names', async () => {
    await stage.setup.prepareType(type);

    expect((await stage.setup.describeType('serviceContract'))?.fields).toEqual(
      expect.arrayContaining([
        { name: 'number', type: 'string', lengthMax: 255, isWritable: true },
        { name: 'value', type: 'number', lengthMax: null, isWritable: true },
        { name: 'signedAt', type: 'timestamp', lengthMax: null, isWritable: true },
        expect.objectContaining({ name: 'owner', type: 'string' }),
      ]),
    );
  });

  it('is finished from a draft that an earlier attempt left behind', async () => {
    await stage.rest('customobjects/schema.json', { apiName: 'serviceContract', displayName: 'Mine' });

    expect(await stage.setup.prepareType(type)).toBe('PREPARED');

    expect((await stage.setup.describeType('serviceContract'))?.keyFields).toEqual(['number']);
  });

  it('is refused with the code when a link names nothing', async () => {
    const fields = type.fields.map((field) =>
      field.name === 'owner' ? { ...field, type: { object: 'lead', field: 'parrot' } } : field,
    );

    await expect(stage.setup.prepareType({ ...type, fields })).rejects.toMatchObject({
      ...{ code: 'MARKETO_REFUSED', details: { marketoCode: '1003' } },
    });
    expect(await stage.setup.describeType('serviceContract')).toBeNull();
  });
});
