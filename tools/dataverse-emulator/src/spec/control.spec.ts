import { startDataverseEmulator } from '../startDataverseEmulator.ts';
import { startClient, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
beforeEach(async () => {
  client = await startClient();
});
afterEach(() => client.close());

const absentId = '11111111-2222-4333-8444-555555555555';

async function statuses(count: number): Promise<readonly (readonly [number, string | undefined, unknown])[]> {
  const answers = [];
  for (let index = 0; index < count; index += 1) answers.push(await client.call('leads?$top=1'));
  return answers.map(({ status, code, headers }) => [status, code, headers['retry-after']] as const);
}

describe('the control API', () => {
  it('is off unless asked for', async () => {
    const plain = await startDataverseEmulator();
    const answer = await fetch(`${plain.url}/_control/clock`);
    await plain.close();
    expect(answer.status).toBe(404);
  });

  it('seeds rows and edits them as a human', async () => {
    const { ids, versions } = (await client.control('rows', {
      table: 'lead',
      rows: [{ lastname: 'Ek', createdon: '2020-05-01T10:00:00Z', statecode: 1 }],
    })) as { ids: string[]; versions: number[] };
    const edited = await client.control('edits', { table: 'lead', id: ids[0], fields: { lastname: 'Berg' } });
    expect(edited['version']).toBe(Number(versions[0]) + 1);
    const row = await client.control(`rows/lead/${ids[0]}`);
    expect(row).toMatchObject({ lastname: 'Berg', createdon: '2020-05-01T10:00:00Z', statuscode: 3 });
    const user = await client.call(`systemusers(${String(row['_modifiedby_value'])})`);
    expect(user.body['fullname']).toBe('sales user');
    expect((await client.control('rows/lead'))['rows']).toHaveLength(1);
  });

  it('keeps every committed state with its author and what really changed', async () => {
    const [id] = await client.seed('lead', [{ lastname: 'Ek', jobtitle: 'Buyer' }]);
    const before = Number((await client.control('states'))['last']);
    await client.control('edits', { table: 'lead', id, fields: { lastname: 'Ek', jobtitle: 'Seller' } });
    await client.call(`leads(${id})`, { method: 'DELETE' });
    const { states } = (await client.control(`states?after=${before}`)) as {
      states: Record<string, unknown>[];
    };
    expect(states).toMatchObject([
      {
        sequence: before + 1,
        actor: 'sales user',
        actorKind: 'human',
        operation: 'update',
        table: 'lead',
        id,
      },
      {
        sequence: before + 2,
        actor: 'application',
        actorKind: 'application',
        operation: 'delete',
        row: null,
      },
    ]);
    expect(states[0]?.['changed']).toMatchObject({ jobtitle: { before: 'Buyer', after: 'Seller' } });
    expect(states[0]?.['changed']).not.toHaveProperty('lastname');
    expect(await client.control(`states?after=${before}&limit=1`)).toMatchObject({ last: before + 2 });
  });

  it('keeps every call with its condition, body and outcome', async () => {
    const headers = { 'if-match': '*', prefer: 'return=representation' };
    await client.call(`leads(${absentId})`, { method: 'PATCH', headers, body: { jobtitle: 'Buyer' } });
    const { calls } = (await client.control('calls')) as { calls: Record<string, unknown>[] };
    expect(calls.at(-1)).toMatchObject({
      actor: 'application',
      method: 'PATCH',
      path: `/api/data/v9.2/leads(${absentId})`,
      status: 404,
      code: '0x80040217',
      requestHeaders: headers,
      requestBody: { jobtitle: 'Buyer' },
    });
    expect(JSON.stringify(calls)).not.toContain(client.emulator.clientSecret);
  });

  it('refuses an unknown table, column, setting and fault', async () => {
    await expect(client.control('rows', { table: 'invoice', rows: [] })).rejects.toThrow('404');
    await expect(client.control('rows', { table: 'lead', rows: [{ nosuch: 1 }] })).rejects.toThrow('nosuch');
    await expect(client.control('settings', { nosuch: 1 })).rejects.toThrow('400');
    await expect(client.control('faults', { match: {}, action: { kind: 'explode' } })).rejects.toThrow('400');
    await expect(
      client.control('faults', { match: { path: '(' }, action: { kind: 'drop' } }),
    ).rejects.toThrow('400');
  });

  it('takes a seed of more rows than one page holds', async () => {
    const rows = Array.from({ length: 5_001 }, (_, index) => ({
      firstname: 'A',
      lastname: `Person ${index}`,
    }));
    await client.seed('contact', rows);
    const prefer = 'odata.track-changes';
    expect((await client.call('contacts', { headers: { prefer } })).body.value).toHaveLength(5000);
  });
});

describe('faults', () => {
  it('answers with an armed status for as many matching calls as asked', async () => {
    const action = { kind: 'status', status: 503, code: '0x80040216', retryAfterSeconds: 7 };
    await client.control('faults', { id: 'f', match: { method: 'GET', path: '/leads' }, action, times: 2 });
    expect((await client.call('contacts')).status).toBe(200);
    expect((await statuses(1))[0]).toEqual([503, '0x80040216', '7']);
    expect(await client.control('faults')).toMatchObject({ faults: [{ id: 'f', times: 1 }] });
    expect((await statuses(2)).map(([status]) => status)).toEqual([503, 200]);
  });

  it('drops a connection before anything is done', async () => {
    await client.control('faults', { match: { method: 'POST' }, action: { kind: 'drop' } });
    await expect(client.call('leads', { method: 'POST', body: { lastname: 'Ek' } })).rejects.toThrow();
    expect((await client.control('rows/lead'))['rows']).toEqual([]);
  });

  it('commits and then drops the connection', async () => {
    await client.control('faults', { match: { method: 'POST' }, action: { kind: 'commitThenDrop' } });
    await expect(client.call('leads', { method: 'POST', body: { lastname: 'Ek' } })).rejects.toThrow();
    expect((await client.control('rows/lead'))['rows']).toMatchObject([{ lastname: 'Ek' }]);
    const { calls } = (await client.control('calls')) as { calls: Record<string, unknown>[] };
    expect(calls.at(-1)).toMatchObject({ method: 'POST', status: null });
  });

  it('delays an answer, and forgets its faults when told', async () => {
    await client.control('faults', { match: {}, action: { kind: 'delay', delayMs: 150 }, times: 9 });
    const startedMs = performance.now();
    await client.call('leads');
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(145);
    await client.control('faults', undefined, 'DELETE');
    expect(await client.control('faults')).toEqual({ faults: [] });
  });

  it('fails the token endpoint too', async () => {
    await client.control('faults', { match: { path: '/token$' }, action: { kind: 'status', status: 503 } });
    expect((await client.postToken({})).status).toBe(503);
  });
});

describe('service protection', () => {
  it('refuses more requests than the window allows until the oldest has left it', async () => {
    await client.control('settings', { limits: { requestsMax: 2 } });
    await client.control('clock', { advanceMs: 0 });
    const [first, , third] = await statuses(3);
    expect(first?.[0]).toBe(200);
    expect(third?.slice(0, 2)).toEqual([429, '0x80072322']);
    expect(Number(third?.[2])).toBeGreaterThan(295);
    await client.control('clock', { advanceMs: 301_000 });
    expect((await statuses(1))[0]?.[0]).toBe(200);
  });

  it('refuses when the combined execution time is used up', async () => {
    await client.control('settings', { limits: { executionTimeMsMax: 50 } });
    await client.control('faults', { match: {}, action: { kind: 'delay', delayMs: 80 } });
    expect((await statuses(2)).map(([status, code]) => [status, code])).toEqual([
      [200, undefined],
      [429, '0x80072321'],
    ]);
  });

  it('refuses more calls at once than allowed', async () => {
    await client.control('settings', { limits: { concurrentRequestsMax: 2 } });
    await client.control('faults', { match: {}, action: { kind: 'delay', delayMs: 200 }, times: 3 });
    const answers = await Promise.all([1, 2, 3].map(() => client.call('leads')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 429]);
    expect(answers.find(({ status }) => status === 429)?.code).toBe('0x80072326');
  });

  it('hints at a degree of parallelism and tells what remains', async () => {
    const { headers } = await client.call('leads');
    expect([headers['x-ms-dop-hint'], headers['x-ms-ratelimit-burst-remaining-xrm-requests']]).toEqual([
      '10',
      '5999',
    ]);
  });
});

describe('switches for what is not documented', () => {
  it('orders deletes first, or leaves out the delta link', async () => {
    const ids = await client.seed('lead', [{ lastname: 'A' }, { lastname: 'B' }]);
    const first = await client.call('leads', { headers: { prefer: 'odata.track-changes' } });
    await client.control('edits', { table: 'lead', id: ids[0], fields: {} });
    await client.control('deletes', { table: 'lead', id: ids[1] });
    await client.control('settings', { deletesInDelta: 'first', omitDeltaLink: true });
    const { body } = await client.call(String(first.body['@odata.deltaLink']));
    expect(body.value.map((row) => row['id'] ?? row['leadid'])).toEqual([ids[1], ids[0]]);
    expect('@odata.deltaLink' in body).toBe(false);
  });

  it('answers expired tokens with another status', async () => {
    const first = await client.call('leads', { headers: { prefer: 'odata.track-changes' } });
    await client.control('settings', { expiredDeltaTokenStatus: 410, retentionDays: 1 });
    await client.control('clock', { advanceMs: 90_000_000 });
    await client.renewToken();
    expect((await client.call(String(first.body['@odata.deltaLink']))).status).toBe(410);
  });

  it('takes empty text for null, or keeps it', async () => {
    const [id] = await client.seed('lead', [{ lastname: 'Ek' }]);
    const blank = async (): Promise<unknown> => {
      await client.call(`leads(${id})`, { method: 'PATCH', body: { lastname: '' } });
      return (await client.call(`leads(${id})`)).body['lastname'];
    };
    expect(await blank()).toBeNull();
    await client.control('settings', { isEmptyTextNull: false });
    expect(await blank()).toBe('');
  });
});
