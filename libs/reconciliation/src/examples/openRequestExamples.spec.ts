import { createWorld, type World } from './exampleWorld.ts';

/** The worked examples of docs/requests.md about requests that wait, and what a record remembers of them. */

const askedAt = '2026-11-22T10:00:00.000Z';
const firstAsk = (world: World, number: number) => world.ask('1001', { requestId: `webhook/${number}` });
/** What a record that nobody linked to a row yet has become. */
const lastRecord = (world: World) => world.state.decisions.at(-1)?.record;
const statesIn = (world: World) =>
  lastRecord(world)?.outbox.flatMap((entry) =>
    entry.kind === 'request-state'
      ? [[entry.request.requestId, entry.request.state, entry.request.code]]
      : [],
  );

/** A person of Marketo that was read. */
function known() {
  const world = createWorld();
  world.readMarketo(world.marketo.create({ firstName: 'Ann', email: 'ann@example.com' }));
  return world;
}

describe('requests of a person', () => {
  it('are refused from the hundred-and-first that is open on', () => {
    const world = createWorld();
    for (let number = 1; number <= 100; number += 1) firstAsk(world, number);
    expect(lastRecord(world)?.requests).toHaveLength(100);
    expect(lastRecord(world)?.requestsEnded).toBeUndefined();
    firstAsk(world, 101);

    expect(lastRecord(world)?.requests).toHaveLength(100);
    expect(lastRecord(world)?.requestsEnded).toEqual(['webhook/101']);
    expect(statesIn(world)).toEqual([['webhook/101', 'FAILED', 'REQUESTS_TOO_MANY']]);
  });

  it('that ended are known by their ids, the last fifty', () => {
    const world = known();
    for (let number = 1; number <= 52; number += 1) {
      firstAsk(world, number);
      world.settle();
    }
    const { requestsEnded = [], requests } = world.record('marketo/person/1001');

    expect(requests).toBeUndefined();
    expect(requestsEnded).toHaveLength(50);
    expect([requestsEnded[0], requestsEnded.at(-1)]).toEqual(['webhook/3', 'webhook/52']);
    expect(firstAsk(world, 52)).toMatchObject({ nothing: 'repeated', dirty: false });
    expect(firstAsk(world, 1)).toMatchObject({ nothing: null });
  });

  it('that are open are taken up once', () => {
    const world = createWorld();
    firstAsk(world, 1);

    expect(firstAsk(world, 1)).toMatchObject({ nothing: 'repeated', dirty: false });
    expect(firstAsk(world, 2).record.requests?.map(({ request }) => request.requestId)).toEqual([
      'webhook/1',
      'webhook/2',
    ]);
  });

  it('say once that they are sent, with their time, under an id of their own', () => {
    const world = known();
    world.state.nowMs += 1_000;
    const { record } = world.ask('1001', { askedAt, at: askedAt });

    expect(record.outbox).toContainEqual({
      kind: 'request-state',
      entryId: 'webhook/1/SENT/golden/1001/1.2',
      request: {
        ...{ requestId: 'webhook/1', personId: '1001', kind: 'SYNC_PERSON', state: 'SENT', door: 'WEBHOOK' },
        ...{ arguments: { as: 'lead' }, askedAt, at: '2026-11-22T10:00:01Z', code: null, detail: null },
      },
    });
    expect(record.requests).toMatchObject([{ dueAtMs: null, rowId: expect.any(String) }]);
    world.wakeUp(15_000);
    expect(statesIn(world)).toEqual([]);
    expect(record.dueAtMs).not.toBeNull();
  });
});

describe('a request that waits', () => {
  it('is looked at after five seconds, then after half its age, and at the latest after ten minutes', () => {
    const world = createWorld({ firstReadsComplete: false });
    world.readMarketo(world.marketo.create({ firstName: 'Ann' }));
    world.ask('1001');
    const waits: number[] = [];
    for (let turn = 0; turn < 16; turn += 1) {
      const { dueAtMs } = world.record('marketo/person/1001');
      waits.push(((dueAtMs ?? 0) - world.state.nowMs) / 1000);
      world.wakeUp((dueAtMs ?? 0) - world.state.nowMs);
    }

    expect(waits.slice(0, 4)).toEqual([5, 5, 5, 7.5]);
    expect(waits.at(-1)).toBe(600);
    expect(Math.max(...waits)).toBe(600);
  });

  it('is not put off by what happens meanwhile', () => {
    const world = createWorld({ firstReadsComplete: false });
    world.readMarketo(world.marketo.create({ firstName: 'Ann' }));
    world.ask('1001');
    const { dueAtMs } = world.record('marketo/person/1001');
    world.state.nowMs += 2_000;
    world.marketo.write('1001', { title: 'Engineer' });
    world.readMarketo('1001');

    expect(world.record('marketo/person/1001').dueAtMs).toBe(dueAtMs);
  });

  it('goes to the record that its person joins, behind the person, and is forgotten here', () => {
    const world = createWorld({ firstReadsComplete: false });
    world.readMarketo(world.marketo.create({ firstName: 'Ann' }));
    world.ask('1001');
    const { forwards, record } = world.handAnswer({
      ...{ kind: 'wake-up', goldenId: 'golden/1001', reason: 'join', target: 'golden/lead-1' },
    });

    expect(record.requests).toBeUndefined();
    expect(forwards).toMatchObject([
      { kind: 'event', goldenId: 'golden/lead-1' },
      { kind: 'request', goldenId: 'golden/lead-1', request: { requestId: 'webhook/1' } },
    ]);
  });
});
