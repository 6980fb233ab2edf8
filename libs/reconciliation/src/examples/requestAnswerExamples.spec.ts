import type { DynamicsOutcome, MarketerRequest } from '@lockstep/change-events';
import { createWorld, type World } from './exampleWorld.ts';
import type { DynamicsEntry } from '../outbox.ts';

/** The worked examples of docs/requests.md about what Dynamics answers to what is done for a request. */

const ann = { firstName: 'Ann', lastName: 'Example', email: 'ann@example.com' };
const task: Partial<MarketerRequest> = {
  ...{ requestId: 'webhook/task', kind: 'CREATE_TASK', arguments: { subject: 'Call back' } },
};

/** The write to Dynamics that is planned last. */
function entryOf({ state }: World): DynamicsEntry {
  const write = state.open.findLast(({ to }) => to === 'dynamics');
  if (write?.to !== 'dynamics') throw new Error('no write is planned');
  return write.entry;
}

function asked(request: Partial<MarketerRequest> = {}) {
  const world = createWorld();
  const person = world.marketo.create(ann);
  world.readMarketo(person);
  world.ask(person, request);
  return { world, person, entry: entryOf(world) };
}

const say = (world: World, { entryId }: DynamicsEntry, answer: Partial<DynamicsOutcome>) =>
  world.handAnswer({
    ...{ kind: 'refusal', goldenId: 'golden/1001' },
    written: { ...{ entryId, result: 'REFUSED', code: null, field: null, detail: null }, ...answer },
  });

/** What became of the requests, as it goes out with a decision. */
const ends = ({ record }: ReturnType<typeof say>) =>
  record.outbox.flatMap((entry) =>
    entry.kind === 'request-state' && entry.request.state !== 'SENT'
      ? [[entry.request.state, entry.request.code, entry.request.detail]]
      : [],
  );

const kinds = ({ record }: ReturnType<typeof say>) => record.outbox.map(({ kind }) => kind);

describe('a creation that Dynamics refuses', () => {
  it.each([
    [{ code: 'OWNER_UNKNOWN', detail: 'who?' }, 'OWNER_UNKNOWN', 'who?'],
    [{ code: '0x80040237' }, 'DYNAMICS_REFUSED', null],
    [{}, 'DYNAMICS_REFUSED', null],
    [{ field: 'new_other', code: 'OWNER_UNKNOWN' }, 'OWNER_UNKNOWN', null],
  ])('with %j ends its request with %s', (answer, code, detail) => {
    const { world, entry } = asked();
    const decision = say(world, entry, answer);

    expect(ends(decision)).toEqual([['FAILED', code, detail]]);
    expect(decision.record.requests).toBeUndefined();
    expect(decision.record.requestsEnded).toEqual(['webhook/1']);
    expect(kinds(decision)).not.toContain('dynamics-write');
  });

  it('for a column is asked for again without that column, which is parked once the row is there', () => {
    const { world, entry } = asked();
    const decision = say(world, entry, { field: 'firstname', code: 'X1', detail: 'no' });
    const parked = { firstName: { value: 'Ann', code: 'X1', detail: 'no' } };

    expect(ends(decision)).toEqual([]);
    expect(decision.record.outbox.filter(({ kind }) => kind === 'dynamics-write')).toEqual(
      decision.dynamicsWrites,
    );
    expect(decision.dynamicsWrites).toMatchObject([
      { ifMatch: null, columns: { lastname: 'Example', emailaddress1: 'ann@example.com' }, parked },
    ]);
    expect(decision.dynamicsWrites[0]).not.toHaveProperty('columns.firstname');
    world.carryOut();
    const { rows, kind } = world.record('marketo/person/1001');
    expect(rows[1]).toMatchObject({ system: 'dynamics', active: true, parked });
    expect(kind).toBe('lead');

    const twice = asked();
    say(twice.world, twice.entry, { field: 'firstname' });
    const { dynamicsWrites } = say(twice.world, entryOf(twice.world), { field: 'lastname', code: 'X2' });
    expect(dynamicsWrites).toMatchObject([
      { parked: { firstName: { code: 'DYNAMICS_REFUSED' }, lastName: { value: 'Example', code: 'X2' } } },
    ]);
  });

  it.each(['WRITTEN', 'STALE', 'MISSING'] as const)('is not told by %s without the row', (result) => {
    const { world, entry } = asked();

    expect(say(world, entry, { result })).toMatchObject({ dirty: false });
    expect(kinds(say(world, entry, { result }))).toContain('dynamics-write');
  });
});

describe('a row that comes into being', () => {
  it('is met by what was sent, so that only what others put there is an edit', () => {
    const { world } = asked({ arguments: { as: 'contact' } });
    world.dynamics.onWrite({ jobtitle: 'Engineer' });
    world.carryOut();
    const { rows, fields, kind } = world.record('marketo/person/1001');

    expect(kind).toBe('contact');
    expect(rows[1]?.seen).toMatchObject({ firstName: { value: 'Ann' }, jobTitle: { value: 'Engineer' } });
    expect(rows[1]?.seen['city']?.value ?? null).toBeNull();
    expect(fields['jobTitle']).toMatchObject({ value: 'Engineer', source: 'dynamics' });
    expect(world.record('marketo/person/1001').outbox.map((entry) => entry.kind)).not.toContain(
      'dynamics-write',
    );
  });

  it('is no other row: one of another id or table is met as any row', () => {
    const { world, entry } = asked();
    world.dynamics.insert('contact', 'contact-9', { firstname: 'Bea' });
    world.state.links.set('dynamics/contact/contact-9', 'golden/1001');
    const { record } = world.readDynamics('contact-9');

    expect(record.outbox.map(({ entryId }) => entryId)).toContain(entry.entryId);
  });
});

describe('what is done for a row', () => {
  function doing() {
    const { world, person } = asked();
    world.settle();
    world.ask(person, task);
    return { world, person, entry: entryOf(world) };
  }

  it('is done, and is not asked for again; what else is on its way stays so', () => {
    const { world, person, entry } = doing();
    world.ask(person, { ...task, requestId: 'webhook/task-2' });
    world.marketo.write(person, { title: 'Architect' });
    world.readMarketo(person);
    const decision = say(world, entry, { result: 'WRITTEN' });

    expect(ends(decision)).toEqual([['DONE', null, null]]);
    expect(decision.record.requests?.map(({ request }) => request.requestId)).toEqual(['webhook/task-2']);
    expect(kinds(decision)).toContain('dynamics-write');
    expect(kinds(decision)).toContain('dynamics-request');
    expect(decision.record.outbox.map(({ entryId }) => entryId)).not.toContain(entry.entryId);
  });

  it.each([
    ['OWNER_UNKNOWN', 'OWNER_UNKNOWN'],
    ['0x80040237', 'DYNAMICS_REFUSED'],
    [null, 'DYNAMICS_REFUSED'],
  ])('is refused with %s: the request fails with %s', (code, known) => {
    const { world, entry } = doing();

    expect(ends(say(world, entry, { code, detail: 'no' }))).toEqual([['FAILED', known, 'no']]);
  });

  it('waits where its row is not found, until the feed explains that', () => {
    const { world, entry } = doing();
    const decision = say(world, entry, { result: 'MISSING' });

    expect(ends(decision)).toEqual([]);
    expect(decision.record.rows.map(({ system, missing }) => [system, missing])).toEqual([
      ['marketo', false],
      ['dynamics', true],
    ]);
    expect(decision.record.requests).toMatchObject([{ request: { requestId: 'webhook/task' } }]);
  });

  it('says nothing once its request has ended', () => {
    const { world, entry } = doing();
    say(world, entry, { result: 'WRITTEN' });

    expect(say(world, entry, { result: 'WRITTEN' })).toMatchObject({ nothing: 'no-entry', dirty: false });
  });
});
