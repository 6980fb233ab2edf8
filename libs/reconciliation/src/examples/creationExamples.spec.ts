import { linkedPair } from './examplePairs.ts';
import { createWorld, type World } from './exampleWorld.ts';

/** The worked examples of docs/requests.md about the row that is made, and requests that wait for one thing. */

const nowMs = Date.parse('2026-11-22T10:00:00Z');
const askTwice = (world: World, kind: 'SYNC_PERSON' | 'CREATE_TASK' = 'SYNC_PERSON') => {
  for (const requestId of ['webhook/1', 'webhook/2']) world.ask('1001', { requestId, kind });
};
/** How requests ended in the last decision that ended one. */
const endsOf = ({ state }: World) =>
  state.decisions
    .map(({ record }) =>
      record.outbox.flatMap((entry) =>
        entry.kind === 'request-state' && ['DONE', 'FAILED'].includes(entry.request.state)
          ? [`${entry.request.requestId} ${entry.request.state} ${entry.request.code ?? ''}`.trim()]
          : [],
      ),
    )
    .findLast((ends) => ends.length > 0);

describe('a row that is made', () => {
  it('has everything that is known of its person, but for blanks', () => {
    const world = createWorld();
    world.readMarketo(world.marketo.create({ firstName: 'Ann', rating: 'Hot', leadScore: 75 }));
    const { dynamicsWrites } = world.ask('1001', { arguments: { as: 'lead' } });

    expect(dynamicsWrites).toEqual([
      {
        kind: 'dynamics-write',
        entryId: 'golden/1001/1.2/dynamics',
        table: 'lead',
        rowId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        ifMatch: null,
        columns: {
          ...{ firstname: 'Ann', leadqualitycode: 1, mkt_leadscore: 75 },
          ...{ donotbulkemail: false, donotemail: false },
        },
        issuedAt: '2026-11-22T10:00:00.000Z',
        attempts: 0,
        dueAtMs: nowMs + 15_000,
      },
    ]);
    expect(dynamicsWrites[0]).not.toHaveProperty('owner');
    expect(dynamicsWrites[0]).not.toHaveProperty('parked');
  });

  it('once more has another id, and nothing that only Dynamics says', () => {
    const { world, row, person } = linkedPair('lead', {
      ...{
        firstname: 'Ann',
        statecode: 0,
        statuscode: 1,
        createdon: '2026-01-02T03:04:05Z',
        subject: 'Engines',
      },
    });
    world.marketo.write(person, { rating: 'Boiling' });
    world.settle();
    world.dynamics.remove(row);
    world.settle();
    const { dynamicsWrites } = world.ask(person);
    const [entry] = dynamicsWrites;

    expect(entry).toMatchObject({ columns: { firstname: 'Ann', subject: 'Engines' } });
    for (const column of ['statecode', 'statuscode', 'createdon', 'leadqualitycode'])
      expect(entry).not.toHaveProperty(`columns.${column}`);
    const first = createWorld();
    first.readMarketo(first.marketo.create({ firstName: 'Ann' }));
    expect(first.ask('1001').dynamicsWrites[0]?.rowId).not.toBe(entry?.rowId);
  });
});

describe('a row that is being made', () => {
  /** A lead is asked for, and its person is being read again. */
  function asked() {
    const world = createWorld();
    const person = world.marketo.create({ firstName: 'Ann' });
    world.readMarketo(person);
    const [entry] = world.ask(person).dynamicsWrites;
    if (entry?.kind !== 'dynamics-write') throw new Error('nothing is made');
    world.wish(`marketo/person/${person}`, 'read-again');
    const read = world.state.open.pop();
    const openOf = () =>
      world.record(`marketo/person/${person}`).outbox.filter(({ kind }) => kind === 'marketo-write');
    return { world, person, entry, read, openOf };
  }

  it('ends nothing else that is open, neither made nor refused', () => {
    const made = asked();
    made.world.carryOut();
    expect(made.world.record(`marketo/person/${made.person}`).rows).toHaveLength(2);
    expect(made.openOf()).toMatchObject([{ command: { operation: 'READ' } }]);

    const refused = asked();
    const { goldenId } = refused.world.record(`marketo/person/${refused.person}`);
    const reason = { result: 'REFUSED', code: 'DYNAMICS_REFUSED', field: null, detail: null } as const;
    refused.world.handAnswer({
      ...{ kind: 'refusal', goldenId, written: { entryId: refused.entry.entryId, ...reason } },
    });
    expect(endsOf(refused.world)).toEqual(['webhook/1 FAILED DYNAMICS_REFUSED']);
    expect(refused.openOf()).toMatchObject([{ command: { operation: 'READ' } }]);
  });

  it('speaks for nothing where the one that it was to take over from is back meanwhile', () => {
    const { world, row, person } = linkedPair('contact', { firstname: 'Ann' });
    world.dynamics.remove(row);
    world.settle();
    world.ask(person, { arguments: { as: 'lead' } });
    world.dynamics.insert('contact', row, { firstname: 'Ann' });
    world.readDynamics(row);
    world.carryOut();
    const { rows, kind } = world.record(`dynamics/contact/${row}`);

    expect(rows.map(({ table, active }) => [table, active])).toEqual([
      ['contact', true],
      ['person', true],
      ['lead', false],
    ]);
    expect(kind).toBe('contact');
  });

  it('is not made for whoever is found to have one, whose record goes on for the one that asked', () => {
    const world = createWorld({ matchByEmail: true, firstReadsComplete: false });
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ann@example.com' });
    world.readDynamics('lead-1', 'BACKFILL');
    const person = world.marketo.create({ email: 'ann@example.com' });
    world.readMarketo(person, 'BACKFILL');
    world.state.firstReadsComplete = true;

    expect(world.ask(person).goldenEvent).toMatchObject({
      ...{ mergedInto: 'golden/lead-1', causeEventId: 'request/webhook/1', causeSystem: 'marketo' },
      lane: 'LIVE',
    });
  });
});

describe('requests that wait for one thing', () => {
  it('end together when the row is there', () => {
    const world = createWorld({ firstReadsComplete: false });
    world.readMarketo(world.marketo.create({ firstName: 'Ann' }));
    askTwice(world);
    world.state.firstReadsComplete = true;
    world.wakeUp(10_000);
    world.carryOut();

    expect(endsOf(world)).toEqual(['webhook/1 DONE', 'webhook/2 DONE']);
  });

  it('fail together when their person is deleted', () => {
    const world = createWorld({ firstReadsComplete: false });
    world.readMarketo(world.marketo.create({ firstName: 'Ann' }));
    askTwice(world);
    world.marketo.remove('1001');
    world.readMarketo('1001');

    expect(endsOf(world)).toEqual([
      'webhook/1 FAILED REQUEST_PERSON_UNKNOWN',
      'webhook/2 FAILED REQUEST_PERSON_UNKNOWN',
    ]);
  });

  it('fail together when nobody has read their person for a day', () => {
    const world = createWorld();
    askTwice(world);
    world.wakeUp(86_400_001);

    expect(endsOf(world)).toEqual([
      'webhook/1 FAILED REQUEST_PERSON_UNKNOWN',
      'webhook/2 FAILED REQUEST_PERSON_UNKNOWN',
    ]);
  });

  it('fail together when several rows have the address', () => {
    const world = createWorld({ matchByEmail: true, firstReadsComplete: false });
    for (const row of ['lead-1', 'lead-2']) {
      world.dynamics.insert('lead', row, { emailaddress1: 'ann@example.com' });
      world.readDynamics(row, 'BACKFILL');
    }
    world.readMarketo(world.marketo.create({ email: 'ann@example.com' }));
    askTwice(world);
    world.state.firstReadsComplete = true;
    world.wakeUp(10_000);

    expect(endsOf(world)).toEqual([
      'webhook/1 FAILED DYNAMICS_AMBIGUOUS',
      'webhook/2 FAILED DYNAMICS_AMBIGUOUS',
    ]);
  });

  it('fail where a row and somebody else have the address', () => {
    const world = createWorld({ matchByEmail: true, firstReadsComplete: false });
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ann@example.com' });
    world.readDynamics('lead-1', 'BACKFILL');
    for (const title of ['Engineer', 'Architect'])
      world.readMarketo(world.marketo.create({ email: 'ann@example.com', title }));
    world.ask('1001');
    world.state.firstReadsComplete = true;
    world.wakeUp(10_000);

    expect(endsOf(world)).toEqual(['webhook/1 FAILED DYNAMICS_AMBIGUOUS']);
  });
});
