import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resyncRows } from './resyncRecord.ts';

const posts: { readonly path: string; readonly body: unknown }[] = [];
let server: Server;

/** Person 7 and lead 1 are of one record; person 9 is unknown. */
function answerTo(path: string): unknown {
  if (path.endsWith('/resync')) return { goldenId: 'g', asked: ['marketo/person/7'], absent: [] };
  return { records: path.includes('9') ? [] : [{ goldenId: 'g' }] };
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => void parts.push(part));
    request.on('end', () => {
      const path = request.url ?? '';
      if (request.method === 'POST') posts.push({ path, body: JSON.parse(Buffer.concat(parts).toString()) });
      response.end(JSON.stringify(answerTo(path)));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function printed(rows: string): Promise<string[]> {
  const lines: string[] = [];
  const env = { LOCKSTEP_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  await resyncRows(env, { rows, from: 'marketo', actor: 'ann' }, (line) => lines.push(line));
  return lines;
}

describe('a resync of rows', () => {
  it('has the record of each row read again once, and names what nobody knows', async () => {
    expect(await printed('marketo/person/7, marketo/person/9,dynamics/lead/1')).toEqual([
      'g reads again: marketo/person/7',
      'Nothing is known about marketo/person/9.',
    ]);
    expect(posts).toEqual([{ path: '/v1/records/g/resync', body: { from: 'marketo', actor: 'ann' } }]);
  });

  it('refuses what is no row, before anything is asked', async () => {
    await expect(printed('marketo/person/7,seven')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    // An empty list looked as if it had been done.
    await expect(printed(' ')).rejects.toMatchObject({ details: { '--rows': 'names no row.' } });
  });
});
