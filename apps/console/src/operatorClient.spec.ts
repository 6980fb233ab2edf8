import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createProgram } from './createProgram.ts';
import { openClient } from './operatorClient.ts';
import { listReviews } from './reviews.ts';
import { showErrors } from './showErrors.ts';

const asked: string[] = [];
let server: Server;
let origin: string;

/** Nothing waits. */
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(JSON.stringify({ records: [], reviews: [], next: null }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => void asked.splice(0));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it('asks below the path of the address, as behind a gateway', async () => {
  const client = openClient({ lockstepApiUrl: `${origin}/lockstep`, lockstepApiToken: undefined });
  await client.get('/v1/errors/records', { code: '1077', side: undefined });
  await client.post('/v1/control', {});

  expect(asked).toEqual(['/lockstep/v1/errors/records?code=1077', '/lockstep/v1/control']);
});

it('says why nobody answers', async () => {
  const gone = createServer().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  const client = openClient({ lockstepApiUrl: `http://127.0.0.1:${port}`, lockstepApiToken: undefined });

  await expect(client.get('/v1/errors')).rejects.toMatchObject({
    code: 'API_UNREACHABLE',
    details: { host: `127.0.0.1:${port}`, reason: 'ECONNREFUSED' },
  });
});

it('says so where nothing waits, and leaves what machines read empty', async () => {
  const env = { LOCKSTEP_API_URL: origin };
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  await showErrors(env, { list: true }, print);
  await listReviews(env, { json: false }, print);
  expect(lines.splice(0)).toEqual(['No errors.', 'Nothing waits for a decision.']);

  await showErrors(env, { list: true, json: true }, print);
  await listReviews(env, { json: true }, print);
  expect(lines).toEqual([]);
});

/** A script once took a row that nobody knows for one that is explained. */
it.each([
  [[], ['Nothing is known about marketo/person/9.']],
  [['--json'], ['[]']],
])('ends explain with 1 where nothing is known (%j)', async (options, printed) => {
  const lines: string[] = [];
  const program = createProgram({ LOCKSTEP_API_URL: origin }, (line) => void lines.push(line));

  await program.parseAsync(['explain', 'marketo/person/9', ...options], { from: 'user' });

  expect(lines).toEqual(printed);
  expect(process.exitCode).toBe(1);
  process.exitCode = undefined;
});
