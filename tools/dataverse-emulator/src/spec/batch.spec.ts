import { startClient, type Answered, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.close());
beforeEach(() => client.control('settings', { requiresContentId: true, requiresInnerContentLength: false }));

const type = 'Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n';

interface Inner {
  readonly id?: string;
  readonly headers?: string;
  readonly body?: unknown;
}

function part(line: string, { id, headers = '', body }: Inner = {}): string {
  const contentId = id === undefined ? '' : `Content-ID: ${id}\r\n`;
  const json = body === undefined ? '' : JSON.stringify(body);
  return `${type}${contentId}\r\n${line} HTTP/1.1\r\nContent-Type: application/json\r\n${headers}\r\n${json}`;
}

function joined(boundary: string, parts: readonly string[]): string {
  return [...parts.map((each) => `--${boundary}\r\n${each}\r\n`), `--${boundary}--\r\n`].join('');
}

function changeSet(...parts: readonly string[]): string {
  return `Content-Type: multipart/mixed; boundary=set\r\n\r\n${joined('set', parts)}`;
}

function sendText(body: string, headers: Record<string, string> = {}): Promise<Answered> {
  return client.call('$batch', {
    method: 'POST',
    headers: { 'content-type': 'multipart/mixed; boundary="all"', ...headers },
    body,
  });
}

function send(parts: readonly string[], headers: Record<string, string> = {}): Promise<Answered> {
  return sendText(joined('all', parts), headers);
}

function statuses(answer: Answered): number[] {
  return [...answer.text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map((match) => Number(match[1]));
}

async function count(set: string): Promise<number> {
  return Number((await client.call(`${set}/$count`)).text);
}

describe('batches', () => {
  it('answers reads and writes in their order, by relative and absolute addresses', async () => {
    const answer = await send([
      part('GET WhoAmI'),
      part('POST /api/data/v9.2/leads', { body: { lastname: 'Lind' } }),
      part(`GET ${client.emulator.url}/api/data/v9.2/leads?$select=lastname&$filter=lastname%20eq%20'Lind'`),
    ]);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(
      /^multipart\/mixed; boundary=batchresponse_[0-9a-f-]{36}$/,
    );
    expect(statuses(answer)).toEqual([200, 204, 200]);
    expect(answer.text).toContain('"lastname":"Lind"');
  });

  it('takes a change set whole, with references to rows it made', async () => {
    const answer = await send([
      changeSet(
        part('POST accounts', { id: '1', body: { name: 'Batch Ltd' } }),
        part('POST contacts', {
          id: '2',
          body: { lastname: 'Batch', 'parentcustomerid_account@odata.bind': '$1' },
        }),
        part('PATCH $1', {
          id: '3',
          headers: 'If-Match: *\r\n',
          body: { 'primarycontactid@odata.bind': '$2' },
        }),
      ),
    ]);
    expect(statuses(answer)).toEqual([204, 204, 204]);
    expect(answer.text).toMatch(/boundary=changesetresponse_/);
    const { body } = await client.call(
      "accounts?$filter=name%20eq%20'Batch%20Ltd'&$select=name&$expand=primarycontactid($select=lastname)",
    );
    expect(body.value[0]?.['primarycontactid']).toMatchObject({ lastname: 'Batch' });
  });

  it('refers to a row that was made by its alternate key', async () => {
    const address = encodeURI("accounts(accountnumber='R 1')");
    const answer = await send([
      changeSet(
        part(`PATCH ${address}`, { id: '1', body: { name: 'By key' } }),
        part('POST contacts', { id: '2', body: { 'parentcustomerid_account@odata.bind': '$1' } }),
      ),
    ]);
    expect(statuses(answer)).toEqual([204, 204]);
  });

  it('undoes a change set that fails, in rows, deltas and the log of states', async () => {
    const tracked = await client.call('leads?$select=lastname', {
      headers: { prefer: 'odata.track-changes' },
    });
    const before = await count('leads');
    const states = (await client.control('states?limit=1'))['last'];
    expect(states).toEqual(expect.any(Number));
    const answer = await send([
      changeSet(
        part('POST leads', { id: '1', body: { lastname: 'Undone' } }),
        part('POST leads', { id: '2', body: { nosuch: 1 } }),
      ),
      part('POST leads', { body: { lastname: 'Never reached' } }),
    ]);
    expect([answer.status, statuses(answer)]).toEqual([400, [400]]);
    expect(await count('leads')).toBe(before);
    expect((await client.call(String(tracked.body['@odata.deltaLink']))).body.value).toEqual([]);
    expect((await client.control('states?limit=1'))['last']).toBe(states);
  });

  it('stops at the first failure, or goes on when asked to', async () => {
    const parts = [part('GET leads?$top=1'), part('GET nosuch'), part('GET WhoAmI')];
    const stopped = await send(parts);
    expect([stopped.status, statuses(stopped)]).toEqual([404, [200, 404]]);
    const whole = await send(parts, { prefer: 'odata.continue-on-error' });
    expect([whole.status, statuses(whole)]).toEqual([200, [200, 404, 200]]);
  });

  it.each([
    ['a reference to a later part', changeSet(part('PATCH $2', { id: '1', body: {} })), '0x80048d19'],
    ['a GET in a change set', changeSet(part('GET WhoAmI', { id: '1' })), '0x80048d19'],
    ['a part of a change set without Content-ID', changeSet(part('POST leads', { body: {} })), '0x80060888'],
    ['a batch in a batch', part('POST $batch', { body: {} }), '0x80040203'],
    ['an address above 64 KB', part(`GET leads?$filter=${'x'.repeat(65_600)}`), '0x80040203'],
  ])('refuses %s', async (_what, inner, code) => {
    const answer = await send([inner]);
    expect([answer.status, statuses(answer)]).toEqual([400, [400]]);
    expect(answer.text).toContain(code);
  });

  it('wants Content-ID and Content-Length as the switches say', async () => {
    const bare = part('POST leads', { body: { lastname: 'Bare' } });
    await client.control('settings', { requiresContentId: false, requiresInnerContentLength: true });
    expect((await send([changeSet(bare)])).text).toContain('0x80048d19');
    const measured = part('POST leads', {
      headers: 'Content-Length: 19\r\n',
      body: { lastname: 'Bare' },
    });
    expect(statuses(await send([changeSet(measured)]))).toEqual([204]);
  });

  it('wants CRLF, a closing boundary, and no more than 1,000 requests', async () => {
    const whole = joined('all', [part('GET WhoAmI')]);
    expect((await sendText(whole.replaceAll('\r\n', '\n'))).status).toBe(400);
    expect((await sendText(whole.replace('--all--', ''))).status).toBe(400);
    expect((await send([], { 'content-type': 'application/json' })).status).toBe(400);
    const thousand = Array.from({ length: 1000 }, () => part('GET WhoAmI'));
    expect(statuses(await send(thousand))).toHaveLength(1000);
    expect((await send([...thousand, part('GET WhoAmI')])).code).toBe('0x80040203');
  });

  it('shows its calls in the log of calls', async () => {
    await send([part("GET leads?$filter=lastname%20eq%20'Logged'")]);
    const last = Number((await client.control('calls?limit=1'))['last']);
    const calls = (await client.control(`calls?after=${last - 2}`))['calls'] as Record<string, unknown>[];
    expect(calls[0]).toMatchObject({
      method: 'GET',
      path: "leads?$filter=lastname%20eq%20'Logged'",
      status: 200,
      batch: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
    });
  });
});
