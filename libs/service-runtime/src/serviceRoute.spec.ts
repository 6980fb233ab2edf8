import { startHealthServer, type HealthServer } from './healthServer.ts';
import { createMetrics } from './metrics.ts';
import type { CallHead } from './serviceRoute.ts';

let server: HealthServer;
let answered: { head: CallHead; body: string }[];

beforeEach(async () => {
  answered = [];
  server = await startHealthServer({
    port: 0,
    host: '127.0.0.1',
    checks: () => [],
    registry: createMetrics('extractor').registry,
    routes: [
      {
        method: 'POST',
        path: '/knock',
        bodyBytesMax: 20,
        admits: ({ query }) => query['code'] === 'open',
        answer: (head, body) => {
          answered.push({ head, body: body.toString('utf8') });
          return 202;
        },
      },
    ],
  });
});

afterEach(() => server.close());

const post = (path: string, body?: string, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${server.port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body }),
  });

describe('a route of a service', () => {
  it('hands the body over as it came, also when it is not what it says', async () => {
    const answer = await post('/knock?code=open', '{"broken', { 'x-who': 'me' });

    expect([answer.status, await answer.text()]).toEqual([202, '']);
    expect(answered).toMatchObject([{ head: { headers: { 'x-who': 'me' } }, body: '{"broken' }]);
  });

  it('takes a call without a body', async () => {
    const answer = await post('/knock?code=open');

    expect([answer.status, answered[0]?.body]).toEqual([202, '']);
  });

  it('refuses whom it does not admit, whatever the body', async () => {
    const answer = await post('/knock', 'x'.repeat(1_000));

    expect([answer.status, answered]).toEqual([401, []]);
  });

  it('refuses a body that is too large', async () => {
    const answer = await post('/knock?code=open', 'x'.repeat(21));

    expect([answer.status, answered]).toEqual([413, []]);
  });

  it('takes a query value that comes twice for absent', async () => {
    expect((await post('/knock?code=open&code=open')).status).toBe(401);
  });

  it('leaves health and metrics as they are', async () => {
    const base = `http://127.0.0.1:${server.port}`;

    expect((await fetch(`${base}/health/ready`)).status).toBe(200);
    expect(await (await fetch(`${base}/metrics`)).text()).toContain('process_cpu');
  });
});
