import {
  isSyncError,
  tableDefinitions,
  type FieldValue,
  type FieldValues,
  type TableDefinition,
} from '@lockstep/change-events';
import { startDataverseEmulator, type DataverseEmulator } from '@lockstep/dataverse-emulator';
import {
  dynamicsContract,
  dynamicsQueriesContract,
  dynamicsRequestsContract,
  type DynamicsHuman,
  type SeenMember,
  type SeenTask,
} from '@lockstep/ports';
import { createDynamics, type Dynamics, type DynamicsOptions } from './createDynamics.ts';
import type { DataverseRequest } from './dataverseClient.ts';

type Json = Readonly<Record<string, unknown>>;
type Control = (path: string, body: Json) => Promise<Json>;

type Stage = {
  readonly dynamics: Dynamics;
  readonly emulator: DataverseEmulator;
  readonly human: DynamicsHuman;
  readonly control: Control;
  readonly requests: DataverseRequest[];
  open(options?: Partial<DynamicsOptions>): Promise<Dynamics>;
  /** Calls of one HTTP method since the last reset, as the emulator saw them. */
  callsOf(method: string): Promise<readonly Json[]>;
  /** Empties the organisation; starting another emulator would cost more than most tests. */
  reset(): Promise<void>;
  close(): Promise<void>;
};

const id = '00000000-0000-4000-8000-000000000001';
const never = new AbortController().signal;
const lead = tableDefinitions['lead'] as TableDefinition;

function controlOf(emulator: DataverseEmulator): Control {
  return async (path, body) => {
    const answer = await fetch(`${emulator.url}/_control/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);

    return (await answer.json()) as Json;
  };
}

/** The port's values in the form in which Dataverse's own users write them. */
function rawFields(fields: FieldValues): Json {
  const entries = Object.entries(fields).map(([name, value]) => [name, rawValue(name, value)] as const);

  return Object.fromEntries(entries);
}

function rawValue(name: string, value: FieldValue): unknown {
  if (typeof value === 'object' && value !== null && 'value' in value) return value.value;

  return name === 'revenue' && value !== null ? Number(value) : value;
}

type Rows = (table: string) => Promise<readonly Json[]>;

const seenTask = (row: Json): SeenTask => ({
  id: String(row['activityid']),
  subject: String(row['subject']),
  description: (row['description'] as string | null | undefined) ?? null,
  dueAt: String(row['scheduledend']),
  regardingId: String(row['_regardingobjectid_value']),
  ownerId: String(row['_ownerid_value']),
  state: Number(row['statecode']),
  status: Number(row['statuscode']),
});

async function membersOf(rowsOf: Rows, campaignId: string): Promise<readonly SeenMember[]> {
  const items = await rowsOf('campaignitem');
  const attached = items
    .filter(({ campaignid }) => campaignid === campaignId)
    .map(({ entityid }) => entityid);
  const names = new Map((await rowsOf('list')).map(({ listid, listname }) => [listid, String(listname)]));
  const members = await rowsOf('listmember');

  return members
    .filter(({ _listid_value: list }) => attached.includes(list))
    .map((row) => ({
      listName: names.get(row['_listid_value']) ?? '',
      memberId: String(row['_entityid_value']),
    }));
}

function humanOf(control: Control, rowsOf: Rows): DynamicsHuman {
  return {
    seed: async (table, rows) => {
      const raw = rows.map((row) => ({ [`${table}id`]: row.id, ...rawFields(row.fields) }));
      await control('rows', { table, rows: raw });
    },
    edit: async (table, rowId, fields) =>
      void (await control('edits', { table, id: rowId, fields: rawFields(fields) })),
    remove: async (table, rowId) => void (await control('deletes', { table, id: rowId })),
    tasks: async () => (await rowsOf('task')).map(seenTask),
    seedCampaign: async (campaignid, name) =>
      void (await control('rows', { table: 'campaign', rows: [{ campaignid, name }] })),
    members: (campaignId) => membersOf(rowsOf, campaignId),
    expirePositions: async () => void (await control('clock', { advanceMs: 8 * 24 * 60 * 60 * 1000 })),
  };
}

async function startStage(): Promise<Stage> {
  const emulator = await startDataverseEmulator({ control: true });
  const control = controlOf(emulator);
  const requests: DataverseRequest[] = [];
  const opened: Dynamics[] = [];
  let callsBefore = 0;
  const get = async (path: string): Promise<Json> =>
    (await (await fetch(`${emulator.url}/_control/${path}`)).json()) as Json;
  const rowsOf: Rows = async (table) => (await get(`rows/${table}`))['rows'] as readonly Json[];
  const open = async (options: Partial<DynamicsOptions> = {}): Promise<Dynamics> => {
    const dynamics = await createDynamics({
      ...emulator,
      tables: tableDefinitions,
      pageSizeMax: 2,
      requestTimeoutMs: 5000,
      onRequest: (request) => requests.push(request),
      ...options,
    });
    opened.push(dynamics);

    return dynamics;
  };

  return {
    dynamics: await open(),
    emulator,
    human: humanOf(control, rowsOf),
    control,
    requests,
    open,
    callsOf: async (method) => {
      const { calls } = await get(`calls?after=${callsBefore}`);

      return (calls as readonly Json[]).filter((call) => call['method'] === method);
    },
    reset: async () => {
      await fetch(`${emulator.url}/_control/faults`, { method: 'DELETE' });
      await control('settings', { omitDeltaLink: false, missingPrivileges: [] });
      for (const { activityid: task } of await rowsOf('task'))
        await control('deletes', { table: 'task', id: task });
      for (const { leadid: row } of await rowsOf('lead'))
        await control('deletes', { table: 'lead', id: row });
      callsBefore = Number((await get('calls'))['last']);
      requests.length = 0;
    },
    close: async () => {
      await Promise.all(opened.map((dynamics) => dynamics.close()));
      await emulator.close();
    },
  };
}

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

/** What the call answers, also on a machine that is busy for a few time-outs. */
async function answered<Answer>(call: () => Promise<Answer>, retriesMax = 10): Promise<Answer> {
  return call().catch((error: unknown) => {
    if (retriesMax === 0 || !isSyncError(error, 'DYNAMICS_UNREACHABLE')) throw error;

    return answered(call, retriesMax - 1);
  });
}

describe('Dynamics over the Web API', () => {
  dynamicsContract(async () => ({ ...stage, close: () => stage.reset() }));
  dynamicsQueriesContract(async () => ({ ...stage, close: () => stage.reset() }));
  dynamicsRequestsContract(async () => ({ ...stage, close: () => stage.reset() }));
});

describe('the Dataverse adapter', () => {
  afterEach(() => stage.reset());

  const arm = (match: Json, action: Json, times = 1) =>
    stage.control('faults', { match: { path: '^/api', ...match }, action, times });
  const statuses = () => stage.requests.map(({ status }) => status);
  const seeded = async (fields: FieldValues = { lastname: 'Reed' }): Promise<number> => {
    await stage.human.seed('lead', [{ id, fields }]);

    return (await stage.dynamics.read('lead', id))?.version ?? 0;
  };
  it('gets a fresh token once when the current one is refused, also for a write', async () => {
    const version = await seeded();
    await arm({ method: 'PATCH' }, { kind: 'status', status: 401 });

    const result = await stage.dynamics.update({ table: 'lead', id, version, columns: { lastname: 'Ours' } });

    expect(result.result).toBe('WRITTEN');
    expect(statuses().slice(-2)).toEqual([401, 200]);
  });

  it('goes on after its token has expired', async () => {
    await seeded();
    await stage.control('clock', { advanceMs: 2 * 60 * 60 * 1000 });

    expect(await stage.dynamics.read('lead', id)).not.toBeNull();
    expect(statuses().slice(-2)).toEqual([401, 200]);
  });

  it('reports refused credentials when the fresh token is refused too', async () => {
    await arm({}, { kind: 'status', status: 401 }, 2);

    await expect(stage.dynamics.read('lead', id)).rejects.toMatchObject({ code: 'DYNAMICS_CREDENTIALS' });
    expect(statuses()).toEqual([401, 401]);
  });

  it('reports a wrong secret as refused credentials', async () => {
    const dynamics = await stage.open({ clientSecret: 'wrong' });

    await expect(dynamics.read('lead', id)).rejects.toMatchObject({ code: 'DYNAMICS_CREDENTIALS' });
  });

  it('reports a token service that is not there as unreachable', async () => {
    const dynamics = await stage.open({ tokenAuthority: 'https://127.0.0.1:9' });

    await expect(dynamics.read('lead', id)).rejects.toMatchObject({ code: 'DYNAMICS_UNREACHABLE' });
  });

  it('does not trust the token service without its authority', async () => {
    const { caFile: _caFile, ...withoutAuthority } = stage.emulator;
    const dynamics = await createDynamics({ ...withoutAuthority, tables: tableDefinitions });

    await expect(dynamics.read('lead', id)).rejects.toMatchObject({ code: 'DYNAMICS_UNREACHABLE' });
    await dynamics.close();
  });

  it('names the setting of an authority that cannot be read', async () => {
    await expect(stage.open({ caFile: '/nowhere/ca.pem' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      details: { DATAVERSE_CA_FILE: '/nowhere/ca.pem cannot be read.' },
    });
  });

  it('waits as long as a busy Dataverse asks before it reads again', async () => {
    await arm({}, { kind: 'status', status: 429, code: '0x80072322', retryAfterSeconds: 0.3 });
    const startedMs = performance.now();

    const page = await stage.dynamics.readPage(lead, null, never);

    expect(page.complete).toBe(true);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(300);
    expect(statuses()).toEqual([429, 200]);
  });

  it('leaves a long wait to the caller and says how long it is', async () => {
    const dynamics = await stage.open();
    await arm({}, { kind: 'status', status: 429, code: '0x80072321', retryAfterSeconds: 120 });

    await expect(dynamics.readPage(lead, null, never)).rejects.toMatchObject({
      code: 'DYNAMICS_BUSY',
      details: { retryAfterMs: 120_000 },
    });
    expect(statuses()).toEqual([429]);
  });

  it('gives up a read after a few attempts', async () => {
    await arm({}, { kind: 'status', status: 503, retryAfterSeconds: 0 }, 10);

    await expect(stage.dynamics.readPage(lead, null, never)).rejects.toMatchObject({
      code: 'DYNAMICS_BUSY',
    });
    expect(statuses()).toEqual([503, 503, 503]);
  });

  it.each([
    ['busy', { kind: 'status', status: 429, code: '0x80072322', retryAfterSeconds: 0 }, 'DYNAMICS_BUSY'],
    ['failing', { kind: 'status', status: 503 }, 'DYNAMICS_BUSY'],
    ['cut off', { kind: 'drop' }, 'DYNAMICS_UNREACHABLE'],
  ])('never repeats a write when Dataverse is %s', async (_name, action, code) => {
    const version = await seeded();
    await arm({ method: 'PATCH' }, action);

    const write = stage.dynamics.update({ table: 'lead', id, version, columns: { lastname: 'Ours' } });

    await expect(write).rejects.toMatchObject({ code });
    expect(stage.requests.filter(({ operation }) => operation === 'update')).toHaveLength(1);
    expect((await stage.dynamics.read('lead', id))?.fields['lastname']).toBe('Reed');
  });

  it('does not claim an outcome when the answer to a write is lost after the commit', async () => {
    const version = await seeded();
    await arm({ method: 'PATCH' }, { kind: 'commitThenDrop' });

    const write = stage.dynamics.update({ table: 'lead', id, version, columns: { lastname: 'Ours' } });

    await expect(write).rejects.toMatchObject({ code: 'DYNAMICS_UNREACHABLE' });
    expect((await stage.dynamics.read('lead', id))?.fields['lastname']).toBe('Ours');
  });

  it('hangs up when no answer comes in time', async () => {
    const dynamics = await stage.open({ requestTimeoutMs: 1_000 });
    await answered(() => dynamics.countRows(lead));
    await arm({}, { kind: 'delay', delayMs: 5_000 });

    await expect(dynamics.readPage(lead, null, never)).rejects.toMatchObject({
      code: 'DYNAMICS_UNREACHABLE',
      details: { reason: 'timed out' },
    });
  });

  it('stops reading when it is told to', async () => {
    await stage.dynamics.countRows(lead);
    await arm({}, { kind: 'delay', delayMs: 800 });
    const stop = new AbortController();
    const read = stage.dynamics.readPage(lead, null, stop.signal);
    setTimeout(() => stop.abort(), 50);

    await expect(read).rejects.toMatchObject({
      code: 'DYNAMICS_UNREACHABLE',
      details: { reason: 'stopped' },
    });
  });

  it('asks for a full read when Dataverse cannot make sense of a position', async () => {
    const { position } = await stage.dynamics.readPage(lead, null, never);

    const damaged = position.replace(/deltatoken=.*/, 'deltatoken=rubbish');

    await expect(stage.dynamics.readPage(lead, damaged, never)).rejects.toMatchObject({
      code: 'DYNAMICS_POSITION_EXPIRED',
    });
  });

  it('asks for a full read after a change of the table’s metadata', async () => {
    const { position } = await stage.dynamics.readPage(lead, null, never);
    await stage.control('tokens/lead/expire', {});

    await expect(stage.dynamics.readPage(lead, position, never)).rejects.toMatchObject({
      code: 'DYNAMICS_POSITION_EXPIRED',
    });
  });

  it('sends its token to no other address than the configured one', async () => {
    const elsewhere = 'http://127.0.0.1:9/api/data/v9.2/leads?$deltatoken=1';

    await expect(stage.dynamics.readPage(lead, elsewhere, never)).rejects.toMatchObject({
      code: 'DYNAMICS_POSITION_EXPIRED',
    });
    expect(stage.requests).toEqual([]);
  });

  it('takes a last page without a delta link for an invalid answer', async () => {
    await stage.control('settings', { omitDeltaLink: true });

    await expect(stage.dynamics.readPage(lead, null, never)).rejects.toMatchObject({
      code: 'DYNAMICS_ANSWER_INVALID',
    });
  });

  /** Dataverse's web server refuses an address above 32 KB with a page of its own, whatever it asks for. */
  it('reads a table whose columns do not fit into an address', async () => {
    await stage.human.seed('lead', [{ id, fields: { lastname: 'Wide' } }]);
    const more = Array.from({ length: 1000 }, (_, n) => ({
      name: `new_a_rather_long_name_of_a_column_${n}`,
      type: 'string' as const,
    }));
    const wide = { ...lead, fields: [...lead.fields, ...more] };

    const first = await stage.dynamics.readPage(wide, null, never);
    await stage.human.edit('lead', id, { lastname: 'Wider' });
    const delta = await stage.dynamics.readPage(wide, first.position, never);
    const since = await stage.dynamics.readSince(wide, 0, never);

    expect(first.rows).toMatchObject([
      { id, fields: { lastname: 'Wide', ownerid: { table: 'systemuser' } } },
    ]);
    expect(delta.rows).toMatchObject([{ fields: { lastname: 'Wider' } }]);
    expect(since.rows).toEqual(delta.rows);
  });

  it('names a table with a column that Dataverse does not have', async () => {
    const strange = { ...lead, fields: [{ name: 'parrot', type: 'string' as const }] };

    await expect(stage.dynamics.readPage(strange, null, never)).rejects.toMatchObject({
      code: 'DYNAMICS_TABLE_UNKNOWN',
      details: { table: 'lead' },
    });
  });

  it('names an entity set that Dataverse does not have', async () => {
    const strange = { ...lead, entitySet: 'parrots' };

    await expect(stage.dynamics.readPage(strange, null, never)).rejects.toMatchObject({
      code: 'DYNAMICS_TABLE_UNKNOWN',
    });
  });

  it('reports a missing privilege', async () => {
    const version = await seeded();
    await stage.control('settings', { missingPrivileges: ['prvReadlead', 'prvWritelead'] });

    await expect(stage.dynamics.readPage(lead, null, never)).rejects.toMatchObject({
      code: 'DYNAMICS_FORBIDDEN',
    });
    await expect(
      stage.dynamics.update({ table: 'lead', id, version, columns: { lastname: 'Ours' } }),
    ).rejects.toMatchObject({ code: 'DYNAMICS_FORBIDDEN' });
  });

  it('guards every write with the version and sends only the changed columns', async () => {
    const version = await seeded();
    await stage.dynamics.update({
      table: 'lead',
      id,
      version,
      columns: { lastname: 'Ours', revenue: '1200.50' },
    });

    const [call] = await stage.callsOf('PATCH');

    expect(JSON.stringify(call)).toContain(`W/\\"${version}\\"`);
    expect(call?.['requestBody'] ?? call?.['body']).toEqual({ lastname: 'Ours', revenue: 1200.5 });
  });

  it('does not ask for duplicate detection, so a rule of the organisation refuses no edit of ours', async () => {
    const other = '00000000-0000-4000-8000-000000000002';
    await stage.human.seed('lead', [{ id: other, fields: { emailaddress1: 'same@example.com' } }]);
    const version = await seeded();
    const columns = { emailaddress1: 'same@example.com' };

    expect(await stage.dynamics.update({ table: 'lead', id, version, columns })).toMatchObject({
      result: 'WRITTEN',
    });
  });

  it('shows an owner with its table, a user or a team', async () => {
    const team = '00000000-0000-4000-8000-000000000003';
    await seeded();
    const ownerOf = async () => (await stage.dynamics.read('lead', id))?.fields['ownerid'];
    expect(await ownerOf()).toMatchObject({ table: 'systemuser' });

    await stage.control('rows', { table: 'team', rows: [{ teamid: team, name: 'Sales', teamtype: 0 }] });
    const owner = { _ownerid_value: team, '_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname': 'team' };
    await stage.control('edits', { table: 'lead', id, fields: owner });

    expect(await ownerOf()).toEqual({ table: 'team', id: team });
  });

  it('does not send what it cannot write', async () => {
    const version = await seeded();
    const columns = { lastname: 'Ours', ownerid: 'someone' };

    expect(await stage.dynamics.update({ table: 'lead', id, version, columns })).toMatchObject({
      result: 'REFUSED',
      code: 'VALUE_NOT_REPRESENTABLE',
      field: 'ownerid',
    });
    expect(await stage.callsOf('PATCH')).toEqual([]);
  });
});
