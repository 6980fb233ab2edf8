import {
  createCodec,
  createMessageCodec,
  subjectSchemas,
  topics,
  topicSchemas,
  type MarketerRequest,
} from '@lockstep/change-events';
import { createEventLog, createKafkaClient } from '@lockstep/kafka';
import { createSchemaIds } from '@lockstep/schema-registry';
import { untilHolds } from './operatorClient.ts';
import { readTopics } from './readTopics.ts';
import { startNoticing, type Noticing } from './startNoticing.ts';
import type { ServiceProcess } from './serviceProcess.ts';

const key = 'a-key-of-sixteen-characters';
const timeoutMs = 60_000;

let setting: Noticing;
let service: ServiceProcess;

beforeAll(async () => {
  setting = await startNoticing({
    ...{ MARKETO_REQUEST_KEY: key, MARKETO_REQUEST_FIELD: 'lockstepRequest' },
    ...{ FLOW_STEP_ANSWER_AFTER_MS: '30000', FEED_INTERVAL_MAX_MS: '500', FEED_INTERVAL_MIN_MS: '500' },
  });
  const field = { name: 'lockstepRequest', dataType: 'string', length: 255 };
  await setting.marketo.control.post('fields', { fields: [field] });
  service = await setting.services.start('marketing', 'first');
  await setting.services.untilReady([service]);
}, 2 * timeoutMs);
afterAll(() => setting.close());

const until = <Value>(ask: () => Promise<Value>, holds: (value: Value) => boolean): Promise<Value> =>
  untilHolds(ask, holds, timeoutMs);

const call = (path: string, body?: unknown, headers: Record<string, string> = { 'x-lockstep-key': key }) =>
  fetch(`${service.url}${path}`, {
    headers,
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });

async function published(personId: number): Promise<readonly MarketerRequest[]> {
  const messages = await readTopics({ ...setting, names: [topics.requests] });
  return messages
    .filter(({ key: person }) => person === String(personId))
    .map(({ value }) => value as MarketerRequest);
}

/** What the one who carries requests out says of them. */
async function say(state: MarketerRequest['state'], requests: readonly MarketerRequest[]): Promise<void> {
  const schemaIds = createSchemaIds({ url: setting.schemaRegistryUrl, autoRegister: false });
  const { topicPrefix: prefix } = setting;
  const codec = createMessageCodec(createCodec(schemaIds, subjectSchemas(topicSchemas(), prefix)), prefix);
  const kafka = createKafkaClient({ brokers: setting.kafkaBrokers.split(','), clientId: 'carrier' });
  const log = createEventLog({ kafka, codec, prefix, instanceId: 'carrier' });
  const publisher = await log.openPublisher('carrier');
  await publisher.publish(
    requests.map((request) => ({
      topic: topics.requests,
      key: request.personId,
      value: { ...request, state },
    })),
  );
  await publisher.close();
}

async function person(): Promise<number> {
  const [id] = await setting.marketo.createPersons([{ lastName: 'Example' }]);
  return id ?? 0;
}

it(
  'takes a request from a webhook once, publishes it, and tells what became of it',
  async () => {
    const personId = await person();
    const asked = {
      requestId: 'spring-1',
      personId,
      request: 'sync',
      arguments: { as: 'contact', owner: '' },
    };

    const answers = [await call('/requests', asked), await call('/requests', { ...asked, arguments: {} })];
    const [queued] = await until(
      () => published(personId),
      (list) => list.length > 0,
    );
    await say('DONE', queued ? [queued] : []);
    const told = await until(
      async () => (await (await call('/requests/webhook/spring-1')).json()) as MarketerRequest,
      ({ state }) => state !== 'QUEUED',
    );

    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    expect(await answers[0]?.json()).toMatchObject({ requestId: 'webhook/spring-1', state: 'QUEUED' });
    expect(await published(personId)).toMatchObject([
      { kind: 'SYNC_PERSON', arguments: { as: 'contact' }, door: 'WEBHOOK', state: 'QUEUED' },
      { state: 'DONE' },
    ]);
    expect(told).toMatchObject({ requestId: 'webhook/spring-1', state: 'DONE' });
    expect(told).not.toHaveProperty('arguments');
  },
  2 * timeoutMs,
);

it('says what is wrong with a call, and stores nothing of it', async () => {
  const asked = { requestId: 'wrong', personId: 1, request: 'sync' };
  const refused = async (answer: Promise<Response>) => {
    const { status, headers } = await answer;
    const isJson = headers.get('content-type')?.includes('json') === true;
    return [status, isJson ? ((await (await answer).json()) as { code: string }).code : null];
  };

  expect(await refused(call('/requests', asked, {}))).toEqual([401, null]);
  expect(await refused(call('/requests/webhook/wrong', undefined, {}))).toEqual([401, null]);
  expect(await refused(call('/requests', { ...asked, request: 'dance' }))).toEqual([400, 'REQUEST_INVALID']);
  expect(await refused(call('/requests', { ...asked, personId: 'x' }))).toEqual([400, 'REQUEST_INVALID']);
  expect(await refused(call('/requests/webhook/wrong'))).toEqual([404, 'REQUEST_UNKNOWN']);
});

it(
  'takes a request from a field that a batch campaign writes, and keeps one that it cannot read as failed',
  async () => {
    const personId = await person();
    await setting.marketo.editPerson(personId, { lockstepRequest: 'create task; subject=Call; due=3' });
    await until(
      () => published(personId),
      (list) => list.length > 0,
    );
    await setting.marketo.editPerson(personId, { lockstepRequest: 'call them' });

    const requests = await until(
      () => published(personId),
      (list) => list.length > 1,
    );

    expect(requests).toMatchObject([
      { kind: 'CREATE_TASK', arguments: { subject: 'Call', due: '3' }, door: 'FIELD', state: 'QUEUED' },
      { kind: null, state: 'FAILED', code: 'REQUEST_INVALID' },
    ]);
  },
  2 * timeoutMs,
);

it(
  'serves a flow step: installed by its address, each person a request, called back when all have ended',
  async () => {
    const { control } = setting.marketo;
    const people = [await person(), await person()];
    const { apiName, activityTypeId } = await control.post<{ apiName: string; activityTypeId: number }>(
      'flowSteps',
      { url: `${service.url}/flow-step/openapi.json`, key },
    );
    const run = { personIds: people, inputs: { request: 'change owner', owner: 'ann@example.com' } };
    const first = await control.post<{ status: number; token: string }>(`flowSteps/${apiName}/runs`, run);
    const again = await control.post<{ status: number }>(`flowSteps/${apiName}/runs`, {
      ...run,
      token: first.token,
    });
    const all = async () => (await Promise.all(people.map(published))).flat();
    const queued = await until(all, (list) => list.length === 2);

    await say(
      'FAILED',
      queued.slice(0, 1).map((request) => ({ ...request, code: 'DYNAMICS_REFUSED', detail: 'owner' })),
    );
    await say('DONE', queued.slice(1));
    const logged = await until(
      () => activitiesOf(activityTypeId),
      (list) => list.length > 0,
    );

    expect([first.status, again.status]).toEqual([201, 201]);
    expect(queued).toMatchObject(
      people.map(() => ({ kind: 'CHANGE_OWNER', door: 'FLOW_STEP', state: 'QUEUED' })),
    );
    expect(await all()).toHaveLength(4);
    expect(logged).toMatchObject([
      {
        leadId: people[0],
        success: 'false',
        errorCode: 'DYNAMICS_REFUSED',
        reason: 'owner',
        requestState: 'failed',
      },
      { leadId: people[1], success: 'true', requestState: 'done' },
    ]);
  },
  2 * timeoutMs,
);

it(
  'loses no request that was answered when the process is killed',
  async () => {
    const personId = await person();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        call('/requests', { requestId: `kill-${n}`, personId, request: 'sync' }),
      ),
    );
    await service.kill();
    service = await setting.services.start('marketing', 'second');
    await setting.services.untilReady([service]);

    const ids = async () => new Set((await published(personId)).map(({ requestId }) => requestId));

    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(202));
    expect((await until(ids, ({ size }) => size >= 50)).size).toBe(50);
  },
  2 * timeoutMs,
);

/** Rows of the activity log, as a client of Marketo reads them, with their attributes by name. */
async function activitiesOf(typeId: number): Promise<readonly Record<string, unknown>[]> {
  const { url, clientId, clientSecret } = setting.marketo;
  const query = new URLSearchParams({
    grant_type: 'client_credentials',
    ...{ client_id: clientId, client_secret: clientSecret },
  });
  const identity = await fetch(`${url}/identity/oauth/token?${query.toString()}`);
  const { access_token: token } = (await identity.json()) as { access_token: string };
  const read = async <Answer>(path: string): Promise<Answer> =>
    (await (
      await fetch(`${url}/rest/v1/${path}`, { headers: { authorization: `Bearer ${token}` } })
    ).json()) as Answer;
  type Row = { leadId: number; attributes: readonly { name: string; value: string }[] };
  const { nextPageToken } = await read<{ nextPageToken: string }>(
    'activities/pagingtoken.json?sinceDatetime=2020-01-01',
  );
  const { result = [] } = await read<{ result?: Row[] }>(
    `activities.json?activityTypeIds=${typeId}&nextPageToken=${encodeURIComponent(nextPageToken)}`,
  );
  return result.map(({ leadId, attributes }) => ({
    leadId,
    ...Object.fromEntries(attributes.map(({ name, value }) => [name, value])),
  }));
}
