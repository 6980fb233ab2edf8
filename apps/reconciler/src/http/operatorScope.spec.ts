import { createMetrics, startHealthServer, type HealthServer } from '@lockstep/service-runtime';
import { operatorApi } from './operatorApi.ts';
import { createOperatorDoor } from './operatorParts.ts';

const token = 'a-token-of-sixteen-characters';
const readToken = 'another-that-may-only-read';
let server: HealthServer;

/** An API whose service is starting: what gets through to it is answered 503. */
beforeAll(async () => {
  const { registry } = createMetrics('reconciler');
  const { parts } = createOperatorDoor();
  const tokens = { token: () => Promise.resolve(token), readToken };
  const options = { ...tokens, log: { error: () => undefined }, parts };
  server = await startHealthServer({
    ...{ port: 0, host: '127.0.0.1', checks: () => [], registry, apis: [operatorApi(options)] },
  });
});
afterAll(() => server.close());

async function call(path: string, body?: unknown, given = token) {
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    headers: {
      authorization: `Bearer ${given}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });

  return { status: answer.status, body: (await answer.json()) as unknown };
}

// A misspelt filter would have all records done, a misspelt dryRun would do it.
describe('a name that a call of the operator’s API does not know', () => {
  const span = { actor: 'ben', from: '2026-11-01', until: '2026-11-29' };

  it.each([
    ['/v1/errors/release', { actor: 'ben', until: '2026-11-29', sied: 'dynamics' }, 'sied'],
    ['/v1/dead-letters/replay', { replayId: 'r', kye: 'ann' }, 'kye'],
    ['/v1/decisions/undo', { ...span, dryrun: true }, 'dryrun'],
    ['/v1/reviews/rematch', { actor: 'ben', until: '2026-11-29', dryrun: true }, 'dryrun'],
    ['/v1/control', { action: 'pause', target: 'dynamics/lead', actor: 'ben', fliter: 'x' }, 'fliter'],
    ['/v1/records/ann/release', { actor: 'ben', side: 'marketo' }, 'side'],
    ['/v1/records/ann/undo', { actor: 'ben', feild: 'fax' }, 'feild'],
  ])('is refused in the body of %s, and named', async (path, body, name) => {
    const { [name]: _, ...known } = body as Readonly<Record<string, unknown>>;

    expect((await call(path, known)).status).toBe(503);
    expect(await call(path, body)).toMatchObject({
      status: 400,
      body: { code: 'API_REQUEST_INVALID', detail: `body must NOT have additional properties: ${name}` },
    });
  });

  it.each(['/v1/errors/records?sied=dynamics', '/v1/dead-letters?kye=ann', '/v1/records?mail=a@example.com'])(
    'is refused in a query: %s',
    async (path) => {
      expect(await call(path)).toMatchObject({ status: 400, body: { code: 'API_REQUEST_INVALID' } });
    },
  );
});

describe('a token that may only read', () => {
  const path = '/v1/records/ann';

  it('is let through where nothing is changed, and refused with 403 elsewhere', async () => {
    const refused = {
      code: 'API_FORBIDDEN',
      sentence: 'The token of this call may only read.',
      detail: null,
    };

    expect((await call(path, undefined, readToken)).status).toBe(503);
    expect(await call(`${path}/release`, { actor: 'ann' }, readToken)).toEqual({
      status: 403,
      body: refused,
    });
    expect((await call(`${path}/release`, { actor: 'ann' })).status).toBe(503);
  });

  it('is no token where it is another one', async () => {
    expect((await call(path, undefined, `${readToken}x`)).status).toBe(401);
  });
});
