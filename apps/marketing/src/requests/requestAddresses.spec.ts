import { createRequestDoors } from '@lockstep/pipelines';
import { inMemoryCallbacks, inMemoryRequests } from '@lockstep/ports';
import { createMetrics, startHealthServer, systemClock, type HealthServer } from '@lockstep/service-runtime';
import { SyncError } from '@lockstep/change-events';
import { flowStepApi } from './flowStepApi.ts';
import { requestApi } from './requestApi.ts';

const key = 'a-key-of-sixteen-characters';
type Json = Readonly<Record<string, unknown>>;

let server: HealthServer | null = null;
afterEach(() => server?.close());

async function createAddresses({ isDatabaseAway = false } = {}) {
  const [requests, callbacks] = [inMemoryRequests(), inMemoryCallbacks()];
  const away = async () => {
    throw new SyncError('MONGODB_UNREACHABLE', {});
  };
  const store = isDatabaseAway ? { ...requests, accept: away } : requests;
  const doors = createRequestDoors({ requests: store, clock: systemClock, onAccepted: () => undefined });
  const callbackHosts = { hosts: ['*.adobe.io'], marketoUrl: 'https://123-abc-456.mktorest.com' };
  const log = { error: () => undefined };
  const { registry } = createMetrics('marketing');
  server = await startHealthServer({
    ...{ port: 0, host: '127.0.0.1', checks: () => [], registry },
    apis: [
      requestApi({ key, log, doors, requests }),
      ...flowStepApi({ key, log, doors, callbacks, callbackHosts, answerAfterMs: 1_000, clock: systemClock }),
    ],
  });
  const base = `http://127.0.0.1:${server.port}`;
  const call = async (
    url: string,
    body?: unknown,
    headers: Record<string, string> = { 'x-api-key': key },
  ) => {
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    const init = { headers, ...(body !== undefined && { method: 'POST', body: payload }) };
    const answer = await fetch(`${base}${url}`, init);
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? null : (JSON.parse(text) as Json) };
  };
  return { call, requests, callbacks };
}

const asked = { requestId: 'r1', personId: 7, request: 'sync' };
const flowCall = (changes: Json = {}) => ({
  ...{ token: 't', apiCallBackKey: 'k', callbackUrl: 'https://a.adobe.io/c', campaignId: 1 },
  context: { subscription: { munchkinId: 'm' } },
  objectData: [{ objectType: 'lead', objectContext: { id: 7 }, flowStepContext: { request: 'sync' } }],
  ...changes,
});

describe('the addresses of requests', () => {
  it.each<[string, unknown, number, RegExp]>([
    ['no JSON', '{"requestId": "Ann', 400, /null/],
    ['no id', { ...asked, requestId: undefined }, 400, /requestId/],
    ['an empty id', { ...asked, requestId: [] }, 400, /requestId/],
    ['a person that is none', { ...asked, personId: '{{lead.Id}}' }, 400, /personId/],
    ['arguments that are none', { ...asked, arguments: 'as=lead' }, 400, /arguments/],
    ['an unknown request', { ...asked, request: 'dance' }, 400, /request: not one of/],
    ['a body that is too large', { ...asked, arguments: { owner: 'x'.repeat(70_000) } }, 413, /null/],
  ])('refuse %s with a code and what is wrong', async (_, body, status, detail) => {
    const { call, requests } = await createAddresses();

    const answer = await call('/requests', body);

    expect(answer).toMatchObject({
      status,
      body: { code: 'REQUEST_INVALID', sentence: expect.stringMatching(/marketer/) as string },
    });
    expect(String(answer.body?.['detail'])).toMatch(detail);
    expect(await requests.unpublished(10)).toEqual([]);
  });

  it('say that the database is away, so that the call is made again', async () => {
    const { call } = await createAddresses({ isDatabaseAway: true });

    expect(await call('/requests', asked)).toMatchObject({
      status: 503,
      body: { code: 'MONGODB_UNREACHABLE' },
    });
    expect(await call('/flow-step/submitAsyncAction', flowCall())).toMatchObject({ status: 503 });
  });

  it.each<[unknown, string]>([
    ['spring/7 & x', 'webhook/spring-7-x'],
    [[7, 12, '2026-03-01 10:00:00'], 'webhook/7-12-2026-03-01-10:00:00'],
  ])('make one id of what a template can write: %j', async (requestId, expected) => {
    const { call } = await createAddresses();

    const { body } = await call('/requests', { ...asked, requestId });

    expect(body).toMatchObject({ requestId: expected });
    expect(await call(`/requests/${expected}`)).toMatchObject({ status: 200, body: { state: 'QUEUED' } });
  });

  it('take numbers, and arguments without a value', async () => {
    const { call, requests } = await createAddresses();

    const { status } = await call('/requests', {
      ...asked,
      request: 'create task',
      arguments: { subject: 7, due: null },
    });

    expect(status).toBe(202);
    expect(await requests.unpublished(10)).toMatchObject([
      { personId: '7', arguments: { subject: '7', due: '5' } },
    ]);
  });

  it('show the document of the flow step to all, and its definition, picklists and state to who knows the key', async () => {
    const { call } = await createAddresses();
    const paths = ['openapi.json', 'getServiceDefinition', 'status'].map((name) => `/flow-step/${name}`);
    const statuses = async (headers?: Record<string, string>) =>
      Promise.all(paths.map(async (path) => (await call(path, undefined, headers)).status));

    expect(await statuses({})).toEqual([200, 401, 401]);
    expect(await statuses()).toEqual([200, 200, 200]);
    const choices = (await call('/flow-step/getPicklist', { name: 'as', type: 'flow' })).body?.['choices'];
    expect(choices).toMatchObject([{ submittedValue: 'lead' }, { submittedValue: 'contact' }]);
    expect((await call('/flow-step/getPicklist', { name: 'owner', type: 'flow' })).status).toBe(400);
  });

  it('keep the callback of a flow step with its requests, once for a call that is repeated', async () => {
    const { call, requests, callbacks } = await createAddresses();
    for (const _ of [1, 2]) expect((await call('/flow-step/submitAsyncAction', flowCall())).status).toBe(201);

    const due = await callbacks.due(Date.now(), 10);

    expect(due).toMatchObject([{ token: 't', apiKey: 'k', munchkinId: 'm', url: 'https://a.adobe.io/c' }]);
    const stored = await requests.unpublished(10);
    expect(stored.map(({ requestId }) => requestId)).toEqual(due[0]?.requestIds);
    expect(stored[0]?.requestId).not.toContain('/t/');
  });

  it.each<[string, Json]>([
    ['a callback elsewhere', { callbackUrl: 'https://example.com/c' }],
    ['nobody', { objectData: [] }],
    ['no token', { token: undefined }],
  ])('refuse a flow step with %s, and store nothing', async (_, changes) => {
    const { call, requests, callbacks } = await createAddresses();

    const answer = await call('/flow-step/submitAsyncAction', flowCall(changes));

    expect(answer).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
    expect([await requests.unpublished(10), await callbacks.due(Date.now(), 10)]).toEqual([[], []]);
  });
});
