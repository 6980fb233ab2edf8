import { SyncError, topics, type Conflict, type InboxMessage } from '@lockstep/change-events';
import { createDirections, createRouter } from '@lockstep/pipelines';
import { inMemoryDynamics, inMemoryEventLog, inMemoryStores, type IncomingMessage } from '@lockstep/ports';
import { defaultMapping, newGoldenRecord, type GoldenRecord } from '@lockstep/reconciliation';
import { openRules } from '@lockstep/rules';
import { createMetrics, startHealthServer, type HealthServer } from '@lockstep/service-runtime';
import { operatorApi } from './operatorApi.ts';
import { createOperatorDoor } from './operatorParts.ts';

const token = 'a-token-of-sixteen-characters';
type Json = Readonly<Record<string, unknown>>;

let server: HealthServer | null = null;
afterEach(() => server?.close());

/** A lead whose fax Marketo refused. */
function annRecord(): GoldenRecord {
  const row = {
    ...({ system: 'marketo', table: 'person', id: '7', active: true, deletedAt: null } as const),
    ...{ missing: false, version: null, page: { epoch: 1, number: 1 }, filter: null, decidedEvidence: [] },
    ...{ seen: {}, inFlight: {}, parked: { fax: { value: 'x', code: '1077', detail: 'too long' } } },
  };
  const why = { source: 'dynamics', changedAt: null, eventId: 'e1', rule: 'changed', agreed: true } as const;
  return {
    ...newGoldenRecord('ann'),
    fields: { email: { ...why, value: 'ann@example.com', base: undefined } },
    rows: [row],
    troubledSince: '2026-11-28T03:00:00.000Z',
  };
}

async function createApi({ isStarting = false } = {}) {
  const stores = inMemoryStores();
  await stores.golden.save([{ record: annRecord(), expected: null }]);
  await stores.links.link(new Map([['marketo/person/7', 'ann']]));
  const log = inMemoryEventLog();
  const door = createOperatorDoor();
  const groups = () => ({ live: { group: 'g', topics: [topics.inbox] } });
  const dynamics = inMemoryDynamics();
  const publisher = await log.openPublisher('operator');
  const letters = {
    scan: async (visit: (message: IncomingMessage) => void) =>
      log.messages(topics.deadLetters).forEach(visit),
    route: createRouter(stores.links),
    decode: () => Promise.reject(new SyncError('MESSAGE_UNDECODABLE', {})),
  };
  const directions = createDirections(new Set());
  directions.hold('marketo', 'blanked 6, at most 4 in 60 min');
  let nowMs = Date.parse('2026-11-28T04:00:00Z');
  const rules = { ...(await openRules(undefined)), refused: () => ['fax'] };
  if (!isStarting)
    door.open({
      ...{ stores, log, groups, publisher, dynamics, letters, tables: ['lead', 'contact'] },
      ...{ directions, rules, mapping: () => defaultMapping, clock: { now: () => nowMs } },
    });
  const { registry } = createMetrics('reconciler');
  const options = { token: () => Promise.resolve(token), log: { error: () => undefined }, parts: door.parts };
  server = await startHealthServer({
    ...{ port: 0, host: '127.0.0.1', checks: () => [], registry, apis: [operatorApi(options)] },
  });
  const base = `http://127.0.0.1:${server.port}`;
  const call = async (path: string, given: string | null = token, init: RequestInit = {}) => {
    const headers: Record<string, string> = given === null ? {} : { authorization: `Bearer ${given}` };
    if (init.body) headers['content-type'] = 'application/json';
    const answer = await fetch(`${base}${path}`, { ...init, headers });
    return { status: answer.status, body: (await answer.json()) as Json };
  };
  const post = (path: string, body: unknown) =>
    call(path, token, { method: 'POST', body: JSON.stringify(body) });
  const inbox = () =>
    log.messages(topics.inbox).map(({ value }) => value as Extract<InboxMessage, { kind: 'wake-up' }>);
  return { call, post, stores, log, dynamics, inbox, advance: (ms: number) => void (nowMs += ms) };
}

describe('the operator’s API', () => {
  it.each(['/v1/status', '/v1/errors', '/v1/records/ann'])('keeps %s from who has no token', async (path) => {
    const { call } = await createApi();

    for (const wrong of [null, '', `${token}x`])
      expect(await call(path, wrong)).toMatchObject({ status: 401, body: { code: 'API_UNAUTHORIZED' } });
    expect((await call(path)).status).toBe(200);
  });

  it('describes itself without a token, and every answer that it has', async () => {
    const { call } = await createApi();

    const { body } = await call('/openapi.json', null);

    expect(body).toMatchObject({ openapi: '3.1.0', security: [{ bearer: [] }] });
    const paths = body['paths'] as Record<string, unknown>;
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/v1/status', '/v1/errors', '/v1/errors/records', '/v1/records/{goldenId}']),
    );
    expect(paths['/v1/records/{goldenId}']).toMatchObject({
      get: { responses: { 200: expect.anything() as unknown, default: expect.anything() as unknown } },
    });
  });

  it('tells what waits by cause, and each record with operation, side, code and message', async () => {
    const { call } = await createApi();

    expect((await call('/v1/errors')).body).toMatchObject({
      groups: [{ side: 'marketo', code: '1077', records: 1, since: '2026-11-28T03:00:00.000Z' }],
      isWhole: true,
    });
    const trouble = { side: 'marketo', operation: 'UPDATE', code: '1077', field: 'fax', detail: 'too long' };
    expect((await call('/v1/errors/records?code=1077')).body).toMatchObject({
      records: [{ goldenId: 'ann', rows: ['marketo/person/7'], troubles: [trouble] }],
      next: null,
    });
    expect((await call('/v1/errors/records?side=dynamics')).body['records']).toEqual([]);
  });

  it.each(['/v1/records/ann', '/v1/records?row=marketo/person/7', '/v1/records?person=7'])(
    'explains the record of %s',
    async (path) => {
      const { call } = await createApi();

      const { status, body } = await call(path);

      const [record] = 'records' in body ? (body['records'] as Json[]) : [body];
      expect(status).toBe(200);
      expect(record).toMatchObject({
        goldenId: 'ann',
        fields: [{ field: 'email', value: 'ann@example.com', source: 'dynamics', rule: 'changed' }],
        troubles: [{ code: '1077' }],
      });
    },
  );

  it('refuses what it does not know or understand with a code', async () => {
    const { call } = await createApi();

    expect(await call('/v1/records/nobody')).toMatchObject({ status: 404, body: { code: 'RECORD_UNKNOWN' } });
    for (const path of ['/v1/records', '/v1/records?person=1&row=2', '/v1/errors/records?limit=9999'])
      expect(await call(path)).toMatchObject({ status: 400, body: { code: 'API_REQUEST_INVALID' } });
  });

  it('shows how far everything is, what lags and what waits', async () => {
    const { call, stores } = await createApi();
    const ended = { system: 'marketo', entity: 'person', done: 3, refused: 1 } as const;
    await stores.outcomeCounts.add(Date.parse('2026-11-28T02:30:00Z'), [ended]);
    const since = '2026-11-28T02:59:00.000Z';
    const write = {
      ...({ kind: 'dynamics-write', entryId: 'w', table: 'lead', rowId: 'r', ifMatch: null } as const),
      ...{ columns: {}, issuedAt: since, attempts: 0, dueAtMs: 1 },
    };
    await stores.golden.save([{ record: { ...newGoldenRecord('eve'), outbox: [write] }, expected: null }]);

    expect((await call('/v1/status')).body).toMatchObject({
      rules: { hash: expect.stringMatching(/^\w+$/) as unknown, refused: ['fax'] },
      tables: [],
      ended: { lastHour: [], last24Hours: [ended] },
      waiting: [{ side: 'dynamics', entity: 'person', operation: 'CREATE', writes: 1, since }],
      waitingWhole: true,
      firstReadsComplete: false,
      lag: { live: 0 },
      errors: [{ code: '1077', records: 1 }],
      writes: {
        dynamics: { isWithheld: false, heldFor: null },
        marketo: { isWithheld: true, heldFor: 'blanked 6, at most 4 in 60 min', records: 0 },
      },
    });
  });

  it('tells how fast what was withheld is planned, and how long that takes', async () => {
    const { advance, call, stores } = await createApi();
    const record = (goldenId: string) => ({
      ...newGoldenRecord(goldenId),
      withheld: { dynamics: true } as const,
    });
    const saves = ['bea', 'cyd', 'dan'].map((id) => ({ record: record(id), expected: null }));
    await stores.golden.save(saves);
    const toDynamics = async () =>
      ((await call('/v1/status')).body as { writes: { dynamics: unknown } }).writes.dynamics;
    expect(await toDynamics()).toMatchObject({ records: 3, recordsTotal: 3, recordsPerSecond: null });

    const { revision } = newGoldenRecord('bea');
    await stores.golden.save([{ record: newGoldenRecord('bea'), expected: revision }]);
    advance(2_000);

    expect(await toDynamics()).toMatchObject({
      ...{ records: 2, recordsTotal: 3, recordsPerSecond: 0.5, secondsLeft: 4 },
    });
  });

  it('foretells page by page what would be written, and says that it is not final while writes flow', async () => {
    const { call, stores } = await createApi();
    const forecast = { marketo: [{ operation: 'UPDATE', table: 'person', fields: ['city'] }] } as const;
    await stores.golden.save([{ record: { ...annRecord(), goldenId: 'bea', forecast }, expected: null }]);

    const { body: first } = await call('/v1/rehearsal?limit=1');
    const { body: second } = await call(`/v1/rehearsal?limit=1&after=${String(first['next'])}`);

    expect(first).toMatchObject({ next: 'ann', isFinal: false, counts: { records: { persons: 1 } } });
    expect(second).toMatchObject({
      counts: { sides: { marketo: { updates: { person: 1 }, fields: { 'person.city': 1 } } } },
    });
  });

  it('says that it cannot answer yet while the service starts, or while the database is away', async () => {
    const { call } = await createApi({ isStarting: true });
    expect(await call('/v1/errors')).toMatchObject({ status: 503, body: { code: 'MONGODB_UNREACHABLE' } });
    await server?.close();

    const { call: later, stores } = await createApi();
    Object.assign(stores.golden, { load: () => Promise.reject(new SyncError('MONGODB_UNREACHABLE', {})) });
    expect(await later('/v1/records/ann')).toMatchObject({ status: 503 });
  });

  it('hands wishes about a record to its owner, and tells of who asked', async () => {
    const { post, inbox, log } = await createApi();

    expect(await post('/v1/records/ann/release', { actor: 'ben' })).toMatchObject({ status: 202 });
    expect(await post('/v1/records/ann/resync', { actor: 'ben' })).toMatchObject({
      status: 202,
      body: { asked: ['marketo/person/7'], absent: [] },
    });

    expect(inbox().map(({ reason }) => reason)).toEqual(['release', 'read-again']);
    expect(log.messages(topics.notices).map(({ value }) => value)).toMatchObject([
      { code: 'OPERATOR_ASKED', entity: 'golden/ann', facts: { action: 'release', actor: 'ben' } },
      { facts: { action: 'resync' } },
    ]);
    expect((await post('/v1/records/ann/release', {})).status).toBe(400);
    expect((await post('/v1/records/nobody/release', { actor: 'ben' })).status).toBe(404);
  });

  it('unlinks a pair, and refuses that for a record that is none', async () => {
    const { post, stores, inbox } = await createApi();
    const ann = annRecord();
    const row = {
      ...ann.rows[0],
      system: 'dynamics',
      table: 'lead',
      id: 'l',
    } as GoldenRecord['rows'][number];
    const pair = { ...ann, goldenId: 'bea', rows: [...ann.rows, row] };
    await stores.golden.save([{ record: pair, expected: null }]);

    expect(await post('/v1/records/bea/unlink', { actor: 'ben' })).toMatchObject({
      status: 202,
      body: { goldenId: 'bea', rows: ['dynamics/lead/l'] },
    });
    expect(inbox()).toMatchObject([{ goldenId: 'bea', reason: 'unlink' }]);
    expect((await post('/v1/records/ann/unlink', { actor: 'ben' })).status).toBe(400);
  });

  it('releases what waits since before a time, by cause, page by page', async () => {
    const { post, inbox } = await createApi();
    const ask = { actor: 'ben', until: '2026-11-28T04:00:00Z' };

    expect((await post('/v1/errors/release', { ...ask, code: 'OTHER' })).body).toMatchObject({ released: 0 });
    expect((await post('/v1/errors/release', { ...ask, until: '2026-11-28' })).body).toMatchObject({
      released: 0,
    });
    expect(await post('/v1/errors/release', { ...ask, until: '2026-13-28' })).toMatchObject({ status: 400 });
    expect((await post('/v1/errors/release', { ...ask, code: '1077' })).body).toEqual({
      released: 1,
      next: null,
    });

    expect(inbox()).toMatchObject([{ goldenId: 'ann', reason: 'release' }]);
  });

  it('shows who waits for review with its candidates, and takes a decision for one that is free', async () => {
    const { call, post, stores, inbox } = await createApi();
    const waiting = { cause: 'review', code: 'MARKETO_AMBIGUOUS', dueAtMs: 1 } as const;
    const twin = { ...annRecord(), goldenId: 'bea', rows: [], waiting };
    await stores.golden.save([{ record: twin, expected: null }]);
    const claim = { claim: 'email/ann@example.com', rowKey: 'marketo/person/7', goldenId: 'ann' };
    await stores.claims.add([claim]);

    expect((await call('/v1/reviews')).body).toMatchObject({
      reviews: [
        {
          goldenId: 'bea',
          fields: { email: 'ann@example.com' },
          candidates: [{ goldenId: 'ann', standing: 'free', rows: ['marketo/person/7'] }],
        },
      ],
    });
    const decide = (goldenId: string, decision: object) =>
      post(`/v1/records/${goldenId}/review`, { actor: 'ben', ...decision });
    expect((await decide('bea', { decision: 'join', with: 'nobody' })).status).toBe(400);
    expect((await decide('ann', { decision: 'separate' })).status).toBe(400);
    expect((await decide('bea', { decision: 'join', with: 'ann' })).status).toBe(202);
    expect((await decide('bea', { decision: 'separate' })).status).toBe(202);
    expect(inbox()).toMatchObject([
      { goldenId: 'bea', reason: 'review-join', target: 'ann' },
      { goldenId: 'bea', reason: 'review-separate' },
    ]);
  });

  it('joins who waits to a person whose rows were all deleted, which these leave before', async () => {
    const { post, stores, inbox } = await createApi();
    const [person] = annRecord().rows;
    const gone = {
      ...person,
      system: 'dynamics',
      table: 'lead',
      id: 'l',
      deletedAt: { epoch: 1, number: 9 },
    };
    const waiting = { cause: 'review', code: 'MARKETO_AMBIGUOUS', dueAtMs: 1 } as const;
    const pair = { ...annRecord(), goldenId: 'cid', rows: [person, gone] as GoldenRecord['rows'] };
    const twin = { ...annRecord(), goldenId: 'bea', rows: [], waiting };
    await stores.golden.save([pair, twin].map((record) => ({ record, expected: null })));
    await stores.claims.add([
      { claim: 'email/ann@example.com', rowKey: 'marketo/person/7', goldenId: 'cid' },
    ]);

    await post('/v1/records/bea/review', { decision: 'join', with: 'cid', actor: 'ben' });

    expect(inbox()).toMatchObject([
      { goldenId: 'cid', reason: 'leave' },
      { goldenId: 'bea', reason: 'review-join', target: 'cid' },
    ]);
  });

  it('takes what is said of a person that was deleted in Marketo, and of no other', async () => {
    const { post, stores, inbox } = await createApi();
    const { rows, ...ann } = annRecord();
    const waiting = { cause: 'review', code: 'PERSON_DELETED', dueAtMs: 1 } as const;
    const gone = rows.map((row) => ({ ...row, deletedAt: { epoch: 1, number: 9 } }));
    await stores.golden.save([{ record: { ...ann, rows: gone, goldenId: 'bea', waiting }, expected: null }]);
    const decide = (goldenId: string, decision: string) =>
      post(`/v1/records/${goldenId}/review`, { actor: 'ben', decision });

    expect((await decide('ann', 'recreate')).status).toBe(400);
    expect((await decide('bea', 'recreate')).status).toBe(202);
    expect((await decide('bea', 'stay-away')).status).toBe(202);
    expect(inbox()).toMatchObject([
      { goldenId: 'bea', reason: 'review-recreate' },
      { goldenId: 'bea', reason: 'review-stay-away' },
    ]);
  });

  it('lists messages that were set aside, and replays them', async () => {
    const { call, post, log } = await createApi();
    const publisher = await log.openPublisher('letters');
    const letter = {
      ...{ topic: topics.inbox, partition: 0, offset: '3', code: 'MESSAGE_UNEXPECTED', sentence: 's' },
      ...{ table: null, recordId: null, field: null, at: '2026-11-28T03:00:00Z', bytes: new Uint8Array([1]) },
    };
    await publisher.publish([{ topic: topics.deadLetters, key: 'ann', value: letter }]);

    const list = async () => (await call('/v1/dead-letters?key=ann')).body['letters'];
    expect(await list()).toMatchObject([{ key: 'ann', topic: topics.inbox, isReplayed: false, replays: 0 }]);
    expect((await post('/v1/dead-letters/replay', { key: 'ann', replayId: 'r' })).body).toMatchObject({
      replayed: 1,
    });
    expect(await list()).toMatchObject([{ isReplayed: true }]);
    expect(log.messages(topics.inbox)).toMatchObject([{ key: 'ann', headers: { 'lockstep-replays': '1' } }]);
  });

  it('puts commands to the reading of Marketo on their topic, once it has saved a place', async () => {
    const { post, log } = await createApi();
    const pause = () => post('/v1/control', { action: 'pause', target: 'marketo/person', actor: 'ben' });

    expect((await pause()).status).toBe(400);
    const publisher = await log.openPublisher('example');
    await publisher.publish([{ topic: topics.checkpoints, key: 'marketo/person', value: {} }]);

    expect((await pause()).status).toBe(202);
    expect(log.messages(topics.control)).toMatchObject([{ key: 'marketo/person' }]);
  });

  it('puts commands to a table or a direction on their topic, and refuses those that nobody would obey', async () => {
    const { post, log } = await createApi();
    const control = (action: string, target: string) => post('/v1/control', { action, target, actor: 'ben' });

    const { status, body } = await control('pause', 'reconciler/to-dynamics');

    expect(status).toBe(202);
    expect(log.messages(topics.control)).toMatchObject([
      {
        key: 'reconciler/to-dynamics',
        value: { controlId: body['controlId'], action: 'pause', actor: 'ben', at: '2026-11-28T04:00:00Z' },
      },
    ]);
    for (const [action, target] of [
      ['resync', 'reconciler/to-marketo'],
      ['pause', 'dynamics/nothing'],
      ['dance', 'dynamics/lead'],
      ['pause', 'toString'],
    ] as const)
      expect((await control(action, target)).status).toBe(400);
    expect(log.messages(topics.control)).toHaveLength(1);
  });
});

describe('an undo that is asked of the API', () => {
  const conflict = {
    ...{ field: 'jobTitle', winner: 'marketo', winnerValue: 'Architect', loserValue: 'Director' },
    ...{ rule: 'marketo-wins-for-leads', at: '2026-11-28T03:00:00.000Z', loser: 'dynamics' },
    ...{ decision: '1.7/jobTitle', winnerEventId: 'e7' },
  } as const satisfies Conflict;

  /** A lead that lost its job title to its person. */
  async function disputed(parts: Partial<GoldenRecord> = {}) {
    const api = await createApi();
    const ann = annRecord();
    const row = { ...ann.rows[0], ...({ system: 'dynamics', table: 'lead', id: 'l' } as const) };
    const why = { source: 'marketo', changedAt: null, eventId: 'e7', agreed: true, base: null } as const;
    const record: GoldenRecord = {
      ...ann,
      ...{ goldenId: 'bo', rows: [...ann.rows, row as GoldenRecord['rows'][number]], conflicts: [conflict] },
      fields: { jobTitle: { ...why, value: 'Architect', rule: 'marketo-wins-for-leads' } },
      ...parts,
    };
    await api.stores.golden.save([{ record, expected: null }]);
    return { ...api, undo: (body: object) => api.post('/v1/records/bo/undo', { actor: 'ann', ...body }) };
  }

  it.each([{ decision: '1.7/jobTitle' }, { field: 'jobTitle' }])(
    'of %j is handed to the record',
    async (asked) => {
      const { undo, inbox, call, log } = await disputed();

      expect((await call('/v1/records/bo')).body).toMatchObject({ conflicts: [{ undo: 'possible' }] });
      expect(await undo(asked)).toMatchObject({
        status: 202,
        body: { decision: '1.7/jobTitle', field: 'jobTitle', value: 'Director', instead: 'Architect' },
      });
      expect(inbox()).toMatchObject([{ goldenId: 'bo', reason: 'undo', conflict }]);
      const notices = log.messages(topics.notices).map(({ value }) => value);
      expect(notices).toMatchObject([{ code: 'OPERATOR_ASKED', facts: { action: 'undo', actor: 'ann' } }]);
    },
  );

  it('finds a decision that its record keeps no longer', async () => {
    const { undo, inbox, stores } = await disputed({ conflicts: [] });
    await stores.pastConflicts.add([{ goldenId: 'bo', conflict }], { nowMs: 0, keptMs: 1e15 });

    expect(await undo({ field: 'jobTitle' })).toMatchObject({ status: 202 });
    expect(inbox()).toMatchObject([{ reason: 'undo', conflict: { loserValue: 'Director' } }]);
  });

  it.each([
    ['UNDO_UNKNOWN', 404, {}, { decision: '1.8/jobTitle' }],
    ['UNDO_UNKNOWN', 404, {}, { field: 'city' }],
    ['UNDO_OVERTAKEN', 409, { fields: {} }, { field: 'jobTitle' }],
    ['UNDO_NO_PAIR', 409, { rows: [] }, { field: 'jobTitle' }],
    ['API_REQUEST_INVALID', 400, {}, {}],
    ['API_REQUEST_INVALID', 400, {}, { field: 'jobTitle', decision: '1.7/jobTitle' }],
  ] as const)(
    'is refused with %s, %i for what is %j where %j is asked',
    async (code, status, parts, asked) => {
      const { undo, inbox } = await disputed(parts);

      expect(await undo(asked)).toMatchObject({
        status,
        body: { code, sentence: expect.any(String) as unknown },
      });
      expect(inbox()).toEqual([]);
    },
  );
});
