import fastify, { type FastifyInstance } from 'fastify';
import { withEmulator, type TestClient } from './testClient.ts';

type Json = Readonly<Record<string, unknown>>;
type Call = { readonly token: string; readonly callbackUrl: string; readonly apiCallBackKey: string } & Json;

const document = {
  info: { 'x-providerName': 'Example', 'x-schemaVersion': '1.0.0', 'x-supportContact': 'a@example.com' },
  security: [{ apiKey: [] }],
  paths: { '/submitAsyncAction': {}, '/getServiceDefinition': {}, '/status': {} },
  components: { securitySchemes: { apiKey: { type: 'apiKey', name: 'x-api-key', in: 'header' } } },
};
const definition = {
  apiName: 'greet',
  i18n: { en_US: { name: 'Greet' } },
  primaryAttribute: 'word',
  invocationPayloadDef: { flowAttributes: [{ apiName: 'word' }] },
  callbackPayloadDef: { attributes: [{ apiName: 'answer' }] },
};

/** A provider of a step as somebody else would write one. */
async function withProvider(
  changes: { readonly document?: Json; readonly definition?: Json },
  test: (client: TestClient, provider: { readonly url: string; readonly calls: Call[] }) => Promise<void>,
): Promise<void> {
  const calls: Call[] = [];
  const app: FastifyInstance = fastify();
  app.get('/step/openapi.json', () => ({ ...document, ...changes.document }));
  app.get('/step/getServiceDefinition', ({ headers }, reply) =>
    headers['x-api-key'] === 'sesame' ? { ...definition, ...changes.definition } : reply.code(401).send(),
  );
  app.post('/step/submitAsyncAction', ({ body }, reply) => {
    calls.push(body as Call);
    return reply.code(201).send();
  });
  const base = await app.listen({ port: 0, host: '127.0.0.1' });
  try {
    await withEmulator((client) => test(client, { url: `${base}/step/openapi.json`, calls }));
  } finally {
    await app.close();
  }
}

const install = (client: TestClient, url: string) =>
  client.control('POST', 'flowSteps', { url, key: 'sesame' });
const answer = ({ callbackUrl, token, apiCallBackKey }: Call, body: Json, changes: Json = {}) =>
  fetch(callbackUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...{ 'x-callback-token': token, 'x-api-key': apiCallBackKey, ...changes },
    },
    body: JSON.stringify({ munchkinId: '123-EMU-456', ...body }),
  });

async function run(client: TestClient, changes: Json = {}): Promise<{ id: number; token: string }> {
  const [person] = await client.upsert([{ email: 'a@example.com' }]);
  const id = person?.id ?? 0;
  const inputs = { word: 'hello', unknown: 'x' };
  const { token } = await client.control<{ token: string }>('POST', 'flowSteps/greet/runs', {
    ...{ personIds: [id], inputs },
    ...changes,
  });
  return { id, token };
}

test('a flow step is installed by its document, called with people, and logs what it is answered', () =>
  withProvider({}, async (client, { url, calls }) => {
    expect(await install(client, url)).toEqual({ apiName: 'greet', activityTypeId: 100_001 });
    const { id } = await run(client);
    const [call] = calls;
    if (!call) throw new Error('the step was not called');
    expect(call).toMatchObject({
      context: { subscription: { munchkinId: '123-EMU-456' } },
      objectData: [{ objectType: 'lead', objectContext: { id }, flowStepContext: { word: 'hello' } }],
    });

    const activityData = {
      success: false,
      errorCode: 'DEAF',
      reason: 'no ears',
      answer: 'what?',
      other: 'x',
    };
    const taken = await answer(call, { objectData: [{ leadData: { id }, activityData }] });

    expect(taken.status).toBe(200);
    const { nextPageToken } = await client.get('activities/pagingtoken.json?sinceDatetime=2020-01-01');
    const path = `activities.json?activityTypeIds=100001&nextPageToken=${encodeURIComponent(nextPageToken ?? '')}`;
    const { result } = await client.get(path);
    expect(result).toMatchObject([{ leadId: id, primaryAttributeValue: 'hello' }]);
    expect(result?.[0]?.['attributes']).toEqual([
      { name: 'word', value: 'hello' },
      { name: 'unknown', value: 'x' },
      { name: 'success', value: 'false' },
      { name: 'reason', value: 'no ears' },
      { name: 'errorCode', value: 'DEAF' },
      { name: 'answer', value: 'what?' },
    ]);
    const types = await client.get('activities/types.json');
    expect(types.result?.find(({ id: typeId }) => typeId === 100_001)).toMatchObject({ name: 'greet' });
  }));

test('a callback is taken once, with the token and key of its call, and only in its form', () =>
  withProvider({}, async (client, { url, calls }) => {
    await install(client, url);
    await run(client);
    const [call] = calls;
    if (!call) throw new Error('the step was not called');
    const body = { objectData: [] };

    const statuses = [
      await answer(call, body, { 'x-callback-token': 'other' }),
      await answer(call, body, { 'x-api-key': 'other' }),
      await answer(call, {}),
      await answer(call, body),
      await answer(call, body),
    ].map(({ status }) => status);

    expect(statuses).toEqual([401, 401, 405, 200, 404]);
  }));

test('a call can be repeated with its token', () =>
  withProvider({}, async (client, { url, calls }) => {
    await install(client, url);
    const { token } = await run(client);
    await run(client, { token });

    expect(calls.map((call) => call.token)).toEqual([token, token]);
    expect(calls[0]).toEqual(calls[1]);
  }));

test.each<[string, { document?: Json; definition?: Json }, RegExp]>([
  [
    'no support contact',
    { document: { info: { ...document.info, 'x-supportContact': undefined } } },
    /x-supportContact/,
  ],
  [
    'no status',
    { document: { paths: { '/submitAsyncAction': {}, '/getServiceDefinition': {} } } },
    /\/status/,
  ],
  [
    'an older schema',
    { document: { info: { ...document.info, 'x-schemaVersion': '0.3.0' } } },
    /x-schemaVersion/,
  ],
  ['no key', { document: { security: [] } }, /apiKey/],
  [
    'a primary attribute that is no input',
    { definition: { primaryAttribute: 'answer' } },
    /primaryAttribute/,
  ],
  [
    'a reserved result',
    { definition: { callbackPayloadDef: { attributes: [{ apiName: 'reason' }] } } },
    /reserved/,
  ],
  [
    'an input that is a result',
    { definition: { callbackPayloadDef: { attributes: [{ apiName: 'word' }] } } },
    /both/,
  ],
])('a step with %s is not installed', (_, changes, fault) =>
  withProvider(changes, async (client, { url }) => {
    expect(await install(client, url)).toEqual({ faults: [expect.stringMatching(fault) as string] });
    expect(await client.control('GET', 'flowSteps')).toEqual({ services: [] });
  }),
);
