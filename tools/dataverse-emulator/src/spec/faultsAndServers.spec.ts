import { startClient, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
beforeEach(async () => {
  client = await startClient();
});
afterEach(() => client.close());

const paged = { headers: { prefer: 'odata.track-changes,odata.maxpagesize=2' } };

function arm(action: unknown): Promise<unknown> {
  return client.control('faults', { match: { path: '/leads' }, action });
}

describe('faults that spoil answers', () => {
  it('answer with a web page instead of JSON, as success or as failure', async () => {
    await arm({ kind: 'html', status: 200 });
    await arm({ kind: 'html', status: 503, retryAfterSeconds: 5 });
    const [first, second, third] = [
      await client.call('leads'),
      await client.call('leads'),
      await client.call('leads'),
    ];
    expect([first.status, first.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect([second.status, second.headers['retry-after']]).toEqual([503, '5']);
    expect(third.headers['content-type']).toContain('json');
  });

  it('cut a body after some bytes', async () => {
    await client.seed('lead', [{ lastname: 'Ek' }]);
    await arm({ kind: 'cutBody', afterBytes: 40 });
    await expect(client.call('leads')).rejects.toThrow();
    expect((await client.call('leads')).body.value).toHaveLength(1);
  });

  it('repeat a page, leave out the delta link, repeat rows and turn their order', async () => {
    const ids = await client.seed('lead', [{ lastname: 'A' }, { lastname: 'B' }, { lastname: 'C' }]);
    await arm({ kind: 'repeatPage' });
    const first = await client.call('leads?$select=lastname', paged);
    const again = await client.call(String(first.body['@odata.nextLink']), paged);
    expect(again.body.value).toEqual(first.body.value);
    const next = String(again.body['@odata.nextLink']);
    await arm({ kind: 'omitDeltaLink' });
    const last = await client.call(next, paged);
    expect(last.body.value.map((row) => row['leadid'])).toEqual([ids[2]]);
    expect('@odata.deltaLink' in last.body).toBe(false);
    await arm({ kind: 'repeatRows' });
    await arm({ kind: 'reverseRows' });
    const twice = await client.call('leads?$select=lastname', paged);
    const reversed = await client.call('leads?$select=lastname', paged);
    const names = (rows: readonly Record<string, unknown>[]): unknown => rows.map((row) => row['lastname']);
    expect(names(twice.body.value)).toEqual(['A', 'A', 'B', 'B']);
    expect(names(reversed.body.value)).toEqual(['B', 'A']);
  });
});

describe('web servers', () => {
  it('count on their own: a cookie keeps a client on one, without it calls go round', async () => {
    await client.control('settings', { limits: { servers: 2, requestsMax: 2 } });
    const cookie = String((await client.call('leads')).headers['set-cookie']).split(';')[0] ?? '';
    const stay = async (): Promise<number> => (await client.call('leads', { headers: { cookie } })).status;
    expect([await stay(), await stay()]).toEqual([200, 429]);
    expect((await client.call('leads')).status).toBe(200);
  });

  it('tell a client that keeps pushing to wait longer', async () => {
    await client.control('settings', { limits: { requestsMax: 1, windowSeconds: 60 } });
    const waits = [];
    await client.call('leads');
    await client.control('clock', { advanceMs: 40_000 });
    for (let index = 0; index < 3; index += 1)
      waits.push(Number((await client.call('leads')).headers['retry-after']));
    expect(waits[1]).toBeGreaterThan(Number(waits[0]));
    expect(waits[2]).toBeGreaterThan(Number(waits[1]));
  });

  it('charge a simulated time for each call', async () => {
    await client.control('settings', { limits: { simulatedCallMs: 600_000 } });
    const codes = [];
    for (let index = 0; index < 3; index += 1) codes.push((await client.call('leads')).code);
    expect(codes).toEqual([undefined, undefined, '0x80072321']);
  });
});
