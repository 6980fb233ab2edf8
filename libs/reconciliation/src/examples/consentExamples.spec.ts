import type { InboxMessage } from '@lockstep/change-events';
import { createWorld, valuesOf, type World } from './exampleWorld.ts';

/** The worked examples of docs/conflict-resolution.md about opt-outs, which go with the email address (F-43). */

const email = 'ann@example.com';
const tableOf = (id: string) => (id.startsWith('contact') ? 'contact' : 'lead');
const row = (fields = {}) => ({ lastname: 'Example', emailaddress1: email, ...fields });

/** Leads with one address, each with a person of Marketo. */
function sharers(...ids: string[]): World {
  const world = createWorld();
  for (const id of ids) appear(world, id);
  return world;
}

function appear(world: World, id: string, fields = {}): void {
  world.dynamics.insert(tableOf(id), id, row(fields));
  world.readDynamics(id);
  world.settle();
}

function personOf(world: World, id: string): string {
  const person = world
    .record(`dynamics/${tableOf(id)}/${id}`)
    .rows.find(({ system }) => system === 'marketo');
  if (!person) throw new Error(`${id} has no person`);
  return person.id;
}

/** Dynamics, golden and Marketo of one record. */
const optOutsOf = (world: World, id: string) => valuesOf(world, id, personOf(world, id), 'unsubscribed');
const everywhere = [true, true, true];

function unsubscribe(world: World, id: string, value = true): void {
  world.marketo.write(personOf(world, id), { unsubscribed: value });
  world.settle();
}

describe('an opt-out of an email address', () => {
  it('reaches every record with the address, on both sides', () => {
    const world = sharers('lead-1', 'lead-2', 'contact-3');
    appear(world, 'lead-4', { emailaddress1: 'bob@example.com' });
    unsubscribe(world, 'lead-1');

    for (const id of ['lead-1', 'lead-2', 'contact-3']) expect(optOutsOf(world, id)).toEqual(everywhere);
    expect(optOutsOf(world, 'lead-4')).not.toEqual(everywhere);
    expect(world.record('dynamics/lead/lead-2').fields['unsubscribed']?.rule).toBe('opt-out-of-address');
  });

  it('does not bring back a person that was deleted in Marketo, whose row opts out all the same', () => {
    const world = sharers('lead-1');
    world.marketo.remove(personOf(world, 'lead-1'));
    world.readMarketo(personOf(world, 'lead-1'));
    appear(world, 'lead-2', { donotbulkemail: true });

    expect(world.dynamics.column('lead-1', 'donotbulkemail')).toBe(true);
    expect(world.marketo.ids()).toEqual([personOf(world, 'lead-2')]);
  });

  it.each([
    ['an opt-out', true],
    ['a lift', false],
  ])('brings back a deleted person by %s of its own row, with which another one was first', (_, wish) => {
    const world = sharers('lead-1', 'lead-2');
    unsubscribe(world, 'lead-2', !wish);
    world.marketo.remove(personOf(world, 'lead-1'));
    world.readMarketo(personOf(world, 'lead-1'));
    for (const id of ['lead-2', 'lead-1']) {
      world.dynamics.edit(id, { donotbulkemail: wish });
      world.readDynamics(id);
    }
    world.settle();

    expect(world.dynamics.column('lead-1', 'donotbulkemail')).toBe(wish);
    expect(world.marketo.findBy('unsubscribed', wish)).toHaveLength(2);
  });

  it('is inherited by a record that appears later, however its address is spelled', () => {
    const world = sharers('lead-1');
    unsubscribe(world, 'lead-1');
    appear(world, 'lead-2', { emailaddress1: 'Ann@Example.com' });

    expect(optOutsOf(world, 'lead-2')).toEqual(everywhere);
  });

  it('is inherited by a record that gets the address later', () => {
    const world = sharers('lead-1');
    appear(world, 'lead-2', { emailaddress1: 'old@example.com' });
    unsubscribe(world, 'lead-1');
    world.dynamics.edit('lead-2', { emailaddress1: email });
    world.settle();

    expect(optOutsOf(world, 'lead-2')).toEqual(everywhere);
  });

  it('goes with a record that brings it to another address', () => {
    const world = sharers('lead-1');
    appear(world, 'lead-2', { emailaddress1: 'new@example.com' });
    unsubscribe(world, 'lead-1');
    world.dynamics.edit('lead-1', { emailaddress1: 'new@example.com' });
    world.settle();

    expect(optOutsOf(world, 'lead-1')).toEqual(everywhere);
    expect(optOutsOf(world, 'lead-2')).toEqual(everywhere);
  });

  it('outlives the record that brought it', () => {
    const world = sharers('lead-1');
    unsubscribe(world, 'lead-1');
    world.dynamics.remove('lead-1');
    world.settle();
    appear(world, 'lead-2');

    expect(optOutsOf(world, 'lead-2')).toEqual(everywhere);
  });

  it('is lifted for all by whoever lifts it for one', () => {
    const world = sharers('lead-1', 'lead-2');
    unsubscribe(world, 'lead-1');
    unsubscribe(world, 'lead-2', false);
    appear(world, 'lead-3');

    for (const id of ['lead-1', 'lead-2', 'lead-3']) expect(optOutsOf(world, id)[1] ?? false).toBe(false);
    expect(optOutsOf(world, 'lead-1')).toEqual([false, false, false]);
  });

  it('is lifted at a person too whose creation was settled by a read', () => {
    const world = sharers('lead-1');
    unsubscribe(world, 'lead-1');
    world.dynamics.insert('lead', 'lead-2', row());
    world.readDynamics('lead-2');
    world.carryOut({ loseAnswers: true });
    const [, second = ''] = world.marketo.ids();
    world.readMarketo(second);
    unsubscribe(world, 'lead-1', false);

    world.wakeUp(121_000);
    world.settle();

    expect(optOutsOf(world, 'lead-2')).toEqual([false, false, false]);
  });

  it('is not undone by an older lift that is read later', () => {
    const world = sharers('lead-1');
    world.dynamics.edit('lead-1', { donotbulkemail: true }, '2026-11-22T10:00:00Z');
    world.readDynamics('lead-1');
    world.settle();
    world.dynamics.edit('lead-1', { donotbulkemail: false }, '2026-11-22T10:02:00Z');
    world.dynamics.insert('lead', 'lead-2', row());
    world.dynamics.edit('lead-2', { donotbulkemail: true }, '2026-11-22T10:05:00Z');
    world.readDynamics('lead-2');
    world.readDynamics('lead-1');
    world.settle();

    expect(optOutsOf(world, 'lead-1')).toEqual(everywhere);
    expect(optOutsOf(world, 'lead-2')).toEqual(everywhere);
  });

  it('is not undone by an older lift, though somebody with the address had opted out already', () => {
    const world = sharers('lead-1', 'lead-2');
    world.state.withheld.add('dynamics');
    world.dynamics.edit('lead-1', { donotbulkemail: true }, '2026-11-22T10:00:00Z');
    world.readDynamics('lead-1');
    world.settle();
    world.dynamics.edit('lead-1', { donotbulkemail: false }, '2026-11-22T10:02:00Z');
    world.dynamics.edit('lead-2', { donotbulkemail: true }, '2026-11-22T10:05:00Z');
    world.readDynamics('lead-2');
    world.state.withheld.clear();
    world.readDynamics('lead-1');
    world.settle();

    expect(optOutsOf(world, 'lead-1')).toEqual(everywhere);
    expect(optOutsOf(world, 'lead-2')).toEqual(everywhere);
  });

  it('is not undone by a lift of before that the late answer to a creation shows', () => {
    const world = createWorld();
    world.dynamics.insert('lead', 'lead-1', row({ donotbulkemail: true }));
    world.readDynamics('lead-1');
    const [creation] = world.state.open.splice(0);
    if (creation?.to !== 'marketo') throw new Error('nobody is made');
    const { commandId, goldenId, revision, lane, fields } = creation.command;
    const person = world.marketo.create(fields);
    const answered = world.marketo.nextNumber();
    world.marketo.write(person, { unsubscribed: false });
    world.readMarketo(person);
    world.dynamics.insert('lead', 'lead-2', row());
    world.dynamics.edit('lead-2', { donotbulkemail: true }, '2026-11-22T10:05:00Z');
    world.readDynamics('lead-2');
    const nothing = { state: null, sent: null, code: null, field: null, detail: null, retryAt: null };
    world.handAnswer({
      ...{ kind: 'outcome', goldenId },
      outcome: {
        ...{ commandId, goldenId, revision, lane, ...nothing, result: 'CREATED', personId: person },
        ...{ accepted: fields, answered, at: '2026-11-22T10:00:00Z' },
      },
    });
    world.settle();

    expect(optOutsOf(world, 'lead-1')).toEqual(everywhere);
    expect(optOutsOf(world, 'lead-2')).toEqual(everywhere);
  });

  it('is lifted by a newer lift, also where another record opted out', () => {
    const world = sharers('lead-1');
    world.dynamics.insert('lead', 'lead-2', row());
    world.dynamics.edit('lead-2', { donotbulkemail: true }, '2026-11-22T10:05:00Z');
    world.readDynamics('lead-2');
    world.settle();
    world.dynamics.edit('lead-1', { donotbulkemail: false }, '2026-11-22T10:06:00Z');
    world.readDynamics('lead-1');
    world.settle();

    expect(optOutsOf(world, 'lead-2')).toEqual([false, false, false]);
  });

  it.each([
    ['not lifted by a lift that is read with a later edit of its row', { jobtitle: 'Director' }, true],
    ['lifted by a lift alone', {}, false],
  ])('that another record said anew is %s', (_, edit, optedOut) => {
    const world = sharers('lead-1');
    const read = (id: string, columns = {}, at = '') => {
      world.dynamics.edit(id, columns, at);
      world.readDynamics(id);
    };
    read('lead-1', { donotbulkemail: true }, '2026-11-22T10:00:00Z');
    world.settle();
    world.dynamics.edit('lead-1', { donotbulkemail: false }, '2026-11-22T10:02:00Z');
    world.dynamics.insert('lead', 'lead-2', row());
    read('lead-2', { donotbulkemail: true }, '2026-11-22T10:05:00Z');
    read('lead-1', edit, '2026-11-22T10:06:00Z');
    world.settle();

    for (const id of ['lead-1', 'lead-2'])
      expect(optOutsOf(world, id)).toEqual(everywhere.map(() => optedOut));
  });

  it('that a record follows is lifted by its row, whatever else is edited there', () => {
    const world = sharers('lead-1', 'lead-2');
    world.dynamics.edit('lead-1', { donotbulkemail: true }, '2026-11-22T10:00:00Z');
    world.settle();
    world.dynamics.edit('lead-2', { donotbulkemail: false, jobtitle: 'Director' }, '2026-11-22T10:06:00Z');
    world.settle();

    for (const id of ['lead-1', 'lead-2']) expect(optOutsOf(world, id)).toEqual([false, false, false]);
  });

  it.each([
    ['is not lifted by an older lift', 'Lead update', false, everywhere],
    ['is not lifted by an older lift, though we have written it since', 'Lead update', true, everywhere],
    ['is lifted where whoever made it may be us', 'Web service API', false, [false, false, false]],
  ])('of a person to which we were about to write the same %s', (_, source, isWritten, optOuts) => {
    const world = sharers('lead-1', 'lead-2');
    world.dynamics.edit('lead-1', { donotbulkemail: true }, '2026-11-22T09:58:00Z');
    world.readDynamics('lead-1');
    const person = personOf(world, 'lead-2');
    world.marketo.write(person, { unsubscribed: true });
    if (isWritten) world.carryOut();
    const { evidence, ...event } = world.marketo.change(person, 'LIVE');
    const rows = (evidence?.rows ?? []).map((each) => ({ ...each, source }));
    world.hand(person, { ...event, evidence: evidence && { ...evidence, rows } });
    world.dynamics.edit('lead-1', { donotbulkemail: false }, '2026-11-22T09:59:00Z');
    world.settle();

    expect(optOutsOf(world, 'lead-2')).toEqual(optOuts);
  });

  it('of a person is put back where our write of a lift ran over it, before the feed tells of that', () => {
    const world = sharers('lead-1', 'lead-2');
    world.state.withheld.add('dynamics');
    world.dynamics.edit('lead-1', { donotbulkemail: true }, '2026-11-22T09:58:00Z');
    world.readDynamics('lead-1');
    const person = personOf(world, 'lead-2');
    world.marketo.write(person, { unsubscribed: true });
    world.dynamics.edit('lead-1', { donotbulkemail: false }, '2026-11-22T09:59:00Z');
    world.readDynamics('lead-1');
    world.carryOut();
    world.carryOut({ loseAnswers: true });
    expect(world.marketo.field(person, 'unsubscribed')).toBe(false);
    const { evidence, ...event } = world.marketo.change(person, 'LIVE');
    const rows = (evidence?.rows ?? []).slice(0, 1).map((each) => ({ ...each, source: 'Lead update' }));
    world.hand(person, { ...event, evidence: evidence && { ...evidence, rows } });

    expect(world.record('dynamics/lead/lead-2').fields['unsubscribed']).toMatchObject({
      ...{ value: true, source: 'marketo' },
    });
  });

  it.each(['lead', 'contact'] as const)(
    'is lifted by its person in the moment in which that meets its %s',
    (kind) => {
      const world = createWorld({ matchByEmail: true });
      const person = world.marketo.create({ email, unsubscribed: true });
      world.readMarketo(person);
      world.state.losesForwards = true;
      appear(world, `${kind}-1`);
      const target = `golden/${kind}-1`;
      world.handAnswer({ kind: 'wake-up', goldenId: `golden/${person}`, reason: 'join', target });
      world.state.losesForwards = false;
      world.marketo.write(person, { unsubscribed: false });
      world.settle();

      expect(optOutsOf(world, `${kind}-1`)).toEqual([false, false, false]);
    },
  );

  it('is lifted by a row that followed it, before the person that had brought it is met', () => {
    const world = createWorld({ matchByEmail: true });
    const person = world.marketo.create({ email, unsubscribed: true });
    world.readMarketo(person);
    world.dynamics.insert('lead', 'lead-1', row());
    world.state.losesForwards = true;
    const [asked] = world.readDynamics('lead-1').forwards;
    world.carryOut();
    expect(world.dynamics.column('lead-1', 'donotbulkemail')).toBe(true);
    world.dynamics.edit('lead-1', { donotbulkemail: false });
    world.readDynamics('lead-1');
    world.state.losesForwards = false;
    world.handAnswer(asked as InboxMessage);
    world.settle();

    expect(world.marketo.ids()).toEqual([person]);
    expect(optOutsOf(world, 'lead-1')).toEqual([false, false, false]);
  });

  it('is not lifted by an edit that is older than our write of it, which is still on its way', () => {
    const world = sharers('lead-1');
    const person = personOf(world, 'lead-1');
    world.marketo.write(person, { unsubscribed: true });
    world.marketo.write(person, { unsubscribed: false });
    const event = world.marketo.change(person, 'LIVE');
    world.state.nowMs += 5000;
    world.dynamics.edit('lead-1', { donotbulkemail: true });
    world.readDynamics('lead-1');
    for (const row of event.evidence?.rows ?? []) {
      const evidence = event.evidence && { ...event.evidence, rows: [{ ...row, source: 'Lead update' }] };
      world.hand(person, { ...event, page: world.marketo.nextNumber(), evidence });
    }
    world.settle();

    expect(optOutsOf(world, 'lead-1')).toEqual(everywhere);
  });

  it('is not lifted by an older edit, though we were about to write the same when it was read', () => {
    const world = sharers('lead-1');
    unsubscribe(world, 'lead-1');
    appear(world, 'lead-2', { emailaddress1: 'old@example.com' });
    const person = personOf(world, 'lead-2');
    world.marketo.write(person, { unsubscribed: true });
    const noticed = world.marketo.change(person, 'LIVE');
    world.state.nowMs += 100;
    world.dynamics.edit('lead-2', { emailaddress1: email });
    world.readDynamics('lead-2');
    world.hand(person, noticed);
    world.dynamics.edit('lead-1', { donotbulkemail: false }, '2026-11-22T09:59:00Z');
    world.settle();

    expect(optOutsOf(world, 'lead-2')).toEqual(everywhere);
  });

  it('is not lifted by an older edit of its person, though that knew of the opt-out it was made with', () => {
    const world = createWorld();
    world.dynamics.insert('lead', 'lead-1', row({ donotbulkemail: true }));
    world.readDynamics('lead-1');
    world.carryOut({ loseAnswers: true });
    const [person = ''] = world.marketo.ids();
    world.marketo.write(person, { unsubscribed: false });
    for (const [value, at] of [
      [false, '2026-11-22T09:59:00Z'],
      [true, '2026-11-22T10:05:00Z'],
    ] as const) {
      world.dynamics.edit('lead-1', { donotbulkemail: value }, at);
      world.readDynamics('lead-1');
    }
    const { conflicts } = world.readMarketo(person);
    world.wakeUp(121_000);
    world.settle();

    expect(conflicts).toMatchObject([{ winner: 'dynamics', loserValue: false, rule: 'opt-out-wins' }]);
    expect(optOutsOf(world, 'lead-1')).toEqual(everywhere);
  });

  it('leaves the other opt-outs to each record', () => {
    const world = sharers('lead-1', 'lead-2');
    world.dynamics.edit('lead-1', { donotemail: true });
    world.settle();

    expect(valuesOf(world, 'lead-2', personOf(world, 'lead-2'), 'doNotEmail')).not.toContain(true);
  });
});
