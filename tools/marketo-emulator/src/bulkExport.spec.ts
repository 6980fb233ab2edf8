import { createHash } from 'node:crypto';
import type { Call, Envelope, TestClient } from './testClient.ts';
import { callAs, withEmulator } from './testClient.ts';

interface Job {
  readonly exportId: string;
  readonly status: string;
  readonly numberOfRecords?: number;
  readonly fileSize?: number;
  readonly fileChecksum?: string;
}

interface Bulk {
  readonly post: (path: string, body?: unknown) => Promise<Envelope<Job>>;
  readonly get: (path: string) => Promise<Envelope<Job>>;
  readonly file: (exportId: string, headers?: Record<string, string>) => Promise<Response>;
}

/** Bulk calls of one kind; `../../` leaves /rest/v1. */
function bulkOf(client: TestClient, kind = 'leads'): Bulk {
  const path = (rest: string): string => `../../bulk/v1/${kind}/export${rest}`;
  return {
    post: (rest, body) => client.post<Job>(path(rest), body),
    get: (rest) => client.get<Job>(path(rest)),
    file: (exportId, headers = {}) => client.fetchRest(path(`/${exportId}/file.json`), { headers }),
  };
}

const codeOf = ({ errors }: Envelope<unknown>) => errors?.[0]?.code;
const first = ({ result = [] }: Envelope<Job>): Job => result[0] ?? { exportId: '', status: 'none' };

function today(): { startAt: string; endAt: string } {
  const text = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;
  return { startAt: text(Date.now() - 86_400_000), endAt: text(Date.now() + 86_400_000) };
}

async function created(bulk: Bulk, more: object = {}): Promise<string> {
  const body = { fields: ['id', 'email', 'city'], filter: { createdAt: today() }, ...more };
  return first(await bulk.post('/create.json', body)).exportId;
}

const advance = (client: TestClient, advanceMs: number) => client.control('POST', 'clock', { advanceMs });
const statusOf = async (bulk: Bulk, id: string): Promise<string> =>
  first(await bulk.get(`/${id}/status.json`)).status;

/** Lets a job run to its end. */
async function finished(client: TestClient, bulk: Bulk, id: string): Promise<Job> {
  await bulk.post(`/${id}/enqueue.json`);
  await advance(client, 61_000);
  return first(await bulk.get(`/${id}/status.json`));
}

test('an export goes from Created over Queued and Processing to Completed, and a poll sees news once a minute', () =>
  withEmulator(async (client) => {
    const bulk = bulkOf(client);
    await client.control('POST', 'settings', { exportMs: 90_000 });
    const id = await created(bulk);
    const seen = [await statusOf(bulk, id), first(await bulk.post(`/${id}/enqueue.json`)).status];
    for (let poll = 0; poll < 6; poll += 1) {
      await advance(client, 20_000);
      seen.push(await statusOf(bulk, id));
    }

    expect(seen).toEqual([
      ...['Created', 'Queued', 'Queued', 'Queued'],
      ...['Processing', 'Processing', 'Processing', 'Completed'],
    ]);
  }));

test('the file is CSV with null for nothing, has the told size and checksum, and comes in ranges', () =>
  withEmulator(async (client) => {
    const bulk = bulkOf(client);
    const input = [{ email: 'a@x.co', city: 'Ulm, "old"' }, { email: 'b@x.co' }];
    const [a, b] = await client.upsert(input);
    const job = await finished(client, bulk, await created(bulk, { columnHeaderNames: { city: 'Town' } }));
    const bytes = Buffer.from(await (await bulk.file(job.exportId)).arrayBuffer());

    expect(bytes.toString()).toBe(`id,email,Town\n${a?.id},a@x.co,"Ulm, ""old"""\n${b?.id},b@x.co,null\n`);
    expect(job).toMatchObject({
      status: 'Completed',
      numberOfRecords: 2,
      fileSize: bytes.length,
      fileChecksum: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    });
    const part = await bulk.file(job.exportId, { range: 'bytes=3-7' });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      `bytes 3-7/${bytes.length}`,
      'email',
    ]);
    const beyond = await bulk.file(job.exportId, { range: `bytes=${bytes.length}-` });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${bytes.length}`]);
    const backward = await bulk.file(job.exportId, { range: 'bytes=7-3' });
    expect([backward.status, await backward.text()]).toEqual([200, bytes.toString()]);
  }));

test('a file that is not finished, not known or kept no longer is HTTP 404 in plain text', () =>
  withEmulator(async (client) => {
    const bulk = bulkOf(client);
    await client.control('POST', 'settings', { tokenLifetimeSeconds: 10_000_000 });
    await client.control('DELETE', 'tokens');
    const { access_token } = (await (await client.token()).json()) as { access_token: string };
    const headers = { authorization: `Bearer ${access_token}` };
    const post = (path: string, body?: unknown): Promise<Response> =>
      client.fetchRest(`../../bulk/v1/leads/export${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body ?? {}),
      });
    const answer = await post('/create.json', { fields: ['id'], filter: { createdAt: today() } });
    const { exportId } = first((await answer.json()) as Envelope<Job>);

    const unfinished = await bulk.file(exportId, headers);
    expect([unfinished.status, unfinished.headers.get('content-type')]).toEqual([404, 'text/plain']);
    expect((await bulk.file('unknown', headers)).status).toBe(404);
    await post(`/${exportId}/enqueue.json`);
    await advance(client, 61_000);
    expect((await bulk.file(exportId, headers)).status).toBe(200);
    await advance(client, 7 * 86_400_000);
    expect((await bulk.file(exportId, headers)).status).toBe(404);
  }));

test('two jobs run, eight wait, the eleventh is refused with 1029, and a cancelled one makes room', () =>
  withEmulator(async (client) => {
    const bulk = bulkOf(client);
    const ids: string[] = [];
    for (let job = 0; job < 11; job += 1) ids.push(await created(bulk));
    const codes: unknown[] = [];
    for (const id of ids) codes.push(codeOf(await bulk.post(`/${id}/enqueue.json`)));

    expect(codes).toEqual([...Array.from({ length: 10 }, () => undefined), '1029']);
    expect(codeOf(await bulk.post(`/${ids[0]}/enqueue.json`))).toBe('1029');
    expect(first(await bulk.post(`/${ids[1]}/cancel.json`)).status).toBe('Cancelled');
    expect(codeOf(await bulk.post(`/${ids[10]}/enqueue.json`))).toBeUndefined();
    await advance(client, 61_000);
    const listed = async (status: string): Promise<number> =>
      (await bulk.get(`.json?status=${status}`)).result?.length ?? 0;
    expect([await listed('Completed'), await listed('Canceled'), await listed('Created')]).toEqual([2, 1, 0]);
    expect(await listed('Processing,Queued')).toBe(8);
  }));

test('beyond the bytes of a day no job is made until midnight US Central: 1029', () =>
  withEmulator(async (client) => {
    const bulk = bulkOf(client);
    await client.control('POST', 'settings', { exportBytesPerDayMax: 10 });
    await finished(client, bulk, await created(bulk));
    const body = { fields: ['id'], filter: { createdAt: today() } };

    expect(codeOf(await bulk.post('/create.json', body))).toBe('1029');
    await client.control('POST', 'settings', { exportBytesPerDayMax: 1_000 });
    expect(codeOf(await bulk.post('/create.json', body))).toBeUndefined();
  }));

test('a job is only there for the user that made it', () =>
  withEmulator(async (client) => {
    const id = await created(bulkOf(client));
    await client.control('POST', 'users', { userId: 'other@x.co' });
    const call: Call = await callAs(client, 'other@x.co');

    expect(codeOf(await call('GET', `../../bulk/v1/leads/export/${id}/status.json`))).toBe('1013');
    expect((await call('GET', '../../bulk/v1/leads/export.json')).result).toEqual([]);
  }));

test.each([
  ['no fields', { fields: undefined }, '1002'],
  ['an unknown field', { fields: ['shoe'] }, '1006'],
  ['no filter', { filter: {} }, '1003'],
  ['two filters', { filter: { createdAt: today(), staticListId: 1 } }, '1003'],
  [
    '32 days',
    { filter: { createdAt: { startAt: '2026-01-01T00:00:00Z', endAt: '2026-02-02T00:00:00Z' } } },
    '1003',
  ],
  [
    'milliseconds',
    { filter: { createdAt: { startAt: '2026-01-01T00:00:00.000Z', endAt: '2026-01-02T00:00:00Z' } } },
    '1003',
  ],
  [
    'a day that no month has',
    { filter: { createdAt: { startAt: '2026-02-01T00:00:00Z', endAt: '2026-02-30T00:00:00Z' } } },
    '1003',
  ],
  ['a smart list', { filter: { smartListId: 1 } }, '1035'],
  ['an unknown list', { filter: { staticListId: 1 } }, '1013'],
  ['an unknown format', { format: 'XML' }, '1003'],
])('refuses a job with %s', (_name, more, code) =>
  withEmulator(async (client) => {
    const body = { fields: ['id'], filter: { createdAt: today() }, ...more };
    expect(codeOf(await bulkOf(client).post('/create.json', body))).toBe(code);
  }),
);

test('filters by the last change of any field where that is offered, else 1035, and by a static list', () =>
  withEmulator(async (client) => {
    const bulk = bulkOf(client);
    const [a, b] = await client.upsert([{ email: 'a@x.co' }, { email: 'b@x.co' }]);
    const { id: list } = await client.control<{ id: number }>('POST', 'lists', { name: 'Guests' });
    await client.control('POST', `lists/${list}/members`, { add: [b?.id] });
    await client.control('POST', 'clock', { advanceMs: 3_000_000 });
    await client.control('POST', 'edits', { id: a?.id, fields: { crmId: 'C-1' } });
    const since = new Date(Date.now() + 2_000_000).toISOString().slice(0, 19);
    const filters = [{ updatedAt: { ...today(), startAt: `${since}Z` } }, { staticListName: 'Guests' }];
    const texts: string[] = [];
    for (const filter of filters) {
      const { exportId } = await finished(client, bulk, await created(bulk, { fields: ['id'], filter }));
      texts.push(await (await bulk.file(exportId)).text());
    }

    expect(texts).toEqual([`id\n${a?.id}\n`, `id\n${b?.id}\n`]);
    await client.control('POST', 'settings', { exportByUpdatedAt: false });
    expect(codeOf(await bulk.post('/create.json', { fields: ['id'], filter: filters[0] }))).toBe('1035');
  }));

test('activities are exported with their attributes as JSON, without deletes', () =>
  withEmulator(async (client) => {
    const bulk = bulkOf(client, 'activities');
    const [person] = await client.upsert([{ email: 'a@x.co' }]);
    await client.upsert([{ email: 'a@x.co', city: 'Ulm' }]);
    await client.post('leads/delete.json', { input: [{ id: person?.id }] });
    const filter = { createdAt: today() };
    const fields = ['leadId', 'activityTypeId', 'campaignId', 'attributes'];
    const job = await finished(client, bulk, await created(bulk, { fields, filter, format: 'SSV' }));
    const lines = (await (await bulk.file(job.exportId)).text()).trim().split('\n');

    expect(lines.map((line) => line.split(';').slice(0, 3))).toEqual([
      ['leadId', 'activityTypeId', 'campaignId'],
      [String(person?.id), '12', 'null'],
      [String(person?.id), '13', 'null'],
    ]);
    expect(lines[2]).toContain('""New Value"":""Ulm""');
    const deletes = { fields, filter: { ...filter, activityTypeIds: [37] } };
    expect(codeOf(await bulk.post('/create.json', deletes))).toBe('1003');
  }));
