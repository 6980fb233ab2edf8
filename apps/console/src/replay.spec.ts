import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { replay, type ReplayOptions } from './replay.ts';
import { timeWords } from './timeOf.ts';

type Asked = { readonly path: string; readonly body: Readonly<Record<string, unknown>> };

const nowMs = Date.parse('2026-11-28T04:00:00Z');
const asked: Asked[] = [];
let server: Server;

/** Two pages of records, one of messages. */
function answerTo({ path, body }: Asked): unknown {
  if (path.endsWith('/release') && path.startsWith('/v1/records')) return { goldenId: 'g' };
  if (path === '/v1/errors/release') return { released: 500, next: body['after'] === 'a' ? null : 'a' };
  return { replayed: 2, before: 1, kept: 0, next: null };
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => void parts.push(part));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(parts).toString()) as Asked['body'];
      const call = { path: request.url ?? '', body };
      asked.push(call);
      response.end(JSON.stringify(answerTo(call)));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
beforeEach(() => void asked.splice(0));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function printed(options: ReplayOptions): Promise<string[]> {
  const lines: string[] = [];
  const env = { LOCKSTEP_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  await replay(env, { actor: 'ann', ...options }, { nowMs, print: (line) => lines.push(line) });
  return lines;
}

describe('a replay', () => {
  it('asks page after page for what waits since before it began, and tells how far it is', async () => {
    expect(await printed({ code: '1077' })).toEqual([
      '500 records are tried again.',
      '1000 records are tried again.',
      '2 messages are on their way again, 1 had been before, 0 cannot be.',
    ]);
    expect(asked.map(({ path, body }) => [path, body['until'], body['code'], body['after']])).toEqual([
      ['/v1/errors/release', '2026-11-28T04:00:00Z', '1077', undefined],
      ['/v1/errors/release', '2026-11-28T04:00:00Z', '1077', 'a'],
      ['/v1/dead-letters/replay', '2026-11-28T04:00:00Z', '1077', undefined],
    ]);
  });

  it('of one record tries that one, and its messages', async () => {
    await printed({ record: 'g' });

    expect(asked).toMatchObject([
      { path: '/v1/records/g/release', body: { actor: 'ann' } },
      { path: '/v1/dead-letters/replay', body: { key: 'g' } },
    ]);
  });

  it('of a side leaves messages alone, which have none', async () => {
    await printed({ side: 'marketo' });

    expect(asked.map(({ path }) => path)).not.toContain('/v1/dead-letters/replay');
  });

  it.each(['since', 'until'])('whose %s is no time is refused', async (name) => {
    await expect(printed({ all: true, [name]: '2026-11-28T03:00' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      details: { [`--${name}`]: timeWords },
    });
    expect(asked).toEqual([]);
  });

  it('of nothing in particular is refused', async () => {
    await expect(printed({})).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(asked).toEqual([]);
  });
});
