import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rematch } from './rematch.ts';

type Body = Readonly<Record<string, unknown>>;

const nowMs = Date.parse('2026-11-28T04:00:00Z');
const asked: Body[] = [];
let server: Server;

/** Two pages. */
beforeAll(async () => {
  server = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => {
      const body = JSON.parse(text) as Body;
      asked.push({ path: request.url, ...body });
      const next = body['after'] === undefined ? 'a' : null;
      response.end(JSON.stringify({ waiting: 100, matched: 90, unclear: 7, taken: 3, next }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => void asked.splice(0));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it.each([
  [true, 'would get'],
  [false, 'get'],
])('a rematch (dry run: %s) counts page after page what waits since before it began', async (dryRun, get) => {
  const lines: string[] = [];
  const env = { LOCKSTEP_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };

  await rematch(env, { dryRun, actor: 'ann' }, { nowMs, print: (line) => lines.push(line) });

  expect(lines).toEqual([
    `100 rows wait for a person: 90 ${get} that of a deleted row, 7 meet several, 3 meet one whose row is there.`,
    `200 rows wait for a person: 180 ${get} that of a deleted row, 14 meet several, 6 meet one whose row is there.`,
  ]);
  const page = { path: '/v1/reviews/rematch', dryRun, actor: 'ann', until: '2026-11-28T04:00:00Z' };
  expect(asked).toEqual([page, { ...page, after: 'a' }]);
});
