import type { InboxMessage, ScalarValues, WriteCommand } from '@lockstep/change-events';
import { conflictsOf, linkedPair } from './examplePairs.ts';
import { createWorld, type World } from './exampleWorld.ts';

/** Requests of marketers in the moment in which something else happens to their persons (docs/requests.md). */

const ann: ScalarValues = { firstName: 'Ann', email: 'ann@example.com' };

/** A person that was read. */
function known(fields: ScalarValues = ann, matchByEmail = false) {
  const world = createWorld({ matchByEmail });
  const person = world.marketo.create(fields);
  world.readMarketo(person);

  return { world, person };
}

/** The states that went out, each once. */
function told({ state }: World): readonly (string | null)[][] {
  const entries = state.decisions.flatMap(({ record }) => record.outbox);
  const states = entries.flatMap((entry) =>
    entry.kind === 'request-state' ? [[entry.entryId, entry.request] as const] : [],
  );

  return [...new Map(states).values()].map(({ requestId, state: name, code }) => [requestId, name, code]);
}

const rowWithAddress = (world: World, row: string, columns: ScalarValues = {}) => {
  world.dynamics.insert('lead', row, { emailaddress1: 'ann@example.com', ...columns });
  world.readDynamics(row);
};

describe('a person that is deleted in Marketo while its row is being made', () => {
  const deleted = (whenRead: 'before' | 'after') => {
    const { world, person } = known();
    // What Dynamics fills in is in the answer.
    world.dynamics.onWrite({ statuscode: 1 });
    world.ask(person);
    world.marketo.remove(person);
    if (whenRead === 'before') world.readMarketo(person);
    world.carryOut();
    world.dynamics.onWrite({});

    return { world, row: world.dynamics.ids()[0] ?? '' };
  };

  it.each(['before', 'after'] as const)('stays deleted, read %s the answer', (whenRead) => {
    const { world, row } = deleted(whenRead);
    world.settle();
    world.wakeUp(7_200_000);
    world.settle();

    expect(world.marketo.ids()).toEqual([]);
    expect(world.dynamics.column(row, 'statuscode')).toBe(1);
  });

  it('comes back when the row is edited', () => {
    const { world, row } = deleted('before');
    world.settle();
    world.dynamics.edit(row, { jobtitle: 'Engineer' });
    world.settle();

    expect(world.marketo.ids().map((id) => world.marketo.field(id, 'title'))).toEqual(['Engineer']);
  });

  it('takes the row with it, where the policy says so', () => {
    const { world, person } = known();
    world.state.policy = { ...world.state.policy, rowWhenPersonDeleted: 'delete' };
    world.ask(person);
    world.marketo.remove(person);
    world.readMarketo(person);
    world.settle();

    expect([world.marketo.ids(), world.dynamics.ids()]).toEqual([[], []]);
    expect(told(world).at(-1)).toEqual(['webhook/1', 'DONE', null]);
  });
});

describe('a person whose address a row has that is matched by email', () => {
  it('waits while a person is being made of the row, which would have two', () => {
    const { world, person } = known({ ...ann, email: 'other@example.com' }, true);
    rowWithAddress(world, 'row-1');
    world.marketo.write(person, { email: 'ann@example.com' });
    world.readMarketo(person);
    world.ask(person);
    expect(world.record(`marketo/person/${person}`)).toMatchObject({ aliasOf: null, requests: [{}] });
    world.settle();
    world.wakeUp(10_000);
    world.settle();

    expect(told(world)).toEqual([['webhook/1', 'FAILED', 'DYNAMICS_AMBIGUOUS']]);
    const crmIds = world.marketo.ids().map((id) => world.marketo.field(id, 'crmId'));
    expect(crmIds.filter((id) => id === 'row-1')).toHaveLength(1);
  });

  it('does not join a row that has a person already, whose address is another one now', () => {
    const { world, row, person } = linkedPair(
      'lead',
      { emailaddress1: 'ann@example.com' },
      { matchByEmail: true },
    );
    world.marketo.write(person, { email: null });
    world.readMarketo(person);
    const other = world.marketo.create(ann);
    world.readMarketo(other);
    world.ask(other);

    expect(told(world)).toEqual([['webhook/1', 'FAILED', 'DYNAMICS_AMBIGUOUS']]);
    expect(world.record(`dynamics/lead/${row}`).rows.map(({ id }) => id)).toEqual([row, person]);
  });

  it('hands on which requests have ended: a repeat of one is not carried out by the record that it joins', () => {
    const { world, person } = known(ann, true);
    world.state.firstReadsComplete = true;
    rowWithAddress(world, 'row-1', { new_synctomkto: false });
    rowWithAddress(world, 'row-2', { new_synctomkto: false });
    world.ask(person);
    expect(told(world)).toEqual([['webhook/1', 'FAILED', 'DYNAMICS_AMBIGUOUS']]);
    world.dynamics.remove('row-2');
    world.readDynamics('row-2');
    world.dynamics.edit('row-1', { new_synctomkto: true });
    world.readDynamics('row-1');
    expect(world.state.links.get(`marketo/person/${person}`)).toBe('golden/row-1');

    expect(world.ask(person)).toMatchObject({ nothing: 'repeated', dirty: false });
    expect(told(world)).toHaveLength(1);
  });
});

describe('a row whose person is another one than before', () => {
  it('wins as at any first meeting, also over an edit that is told only then', () => {
    const columns = { emailaddress1: 'ann@example.com', telephone1: '4' };
    const { world, person } = linkedPair('contact', columns, { matchByEmail: true });
    const other = world.marketo.create({ email: 'ann@example.com', phone: '2' });
    world.marketo.remove(person);
    world.readMarketo(person);
    const former = world.marketo.change(other, 'LIVE');
    world.hand(other, former);
    world.dynamics.edit('contact-1', { jobtitle: 'Engineer' });
    world.readDynamics('contact-1');
    world.marketo.write(other, { phone: '8' });
    world.readMarketo(other);

    const { fields } = world.record('dynamics/contact/contact-1');
    expect(fields['phone']).toMatchObject({ value: '4', source: 'dynamics' });
    expect(conflictsOf(world).at(-1)).toMatchObject({ field: 'phone', winner: 'dynamics', loserValue: '8' });
  });
});

describe('a person that we have deleted with its row', () => {
  it('comes back with it, although the answer to a write of a first load came after the deletion was asked for', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    const filters = { byTable: {}, removesPersons: true };
    world.state.policy = { ...world.state.policy, filters, deletedInMarketo: 'stay-deleted' };
    world.dynamics.edit(row, { jobtitle: 'Doctor' });
    const { commands } = world.readDynamics(row, 'BACKFILL');
    world.state.open.length = 0;
    world.dynamics.edit(row, { new_synctomkto: false, telephone1: '5' });
    world.readDynamics(row);
    world.dynamics.edit(row, { new_synctomkto: true });
    world.readDynamics(row);
    world.marketo.write(person, { title: 'Doctor' });
    world.handAnswer(acceptedOf(world, commands[0] as WriteCommand, person));
    world.settle();

    expect(world.marketo.ids()).not.toEqual([person]);
    expect(world.marketo.ids()).toHaveLength(1);
  });
});

function acceptedOf(world: World, command: WriteCommand, personId: string): InboxMessage {
  const { commandId, goldenId, revision, fields } = command;
  const [sent, answered] = [world.marketo.nextNumber(), world.marketo.nextNumber()];
  return {
    ...{ kind: 'outcome', goldenId },
    outcome: {
      ...{ commandId, goldenId, revision, personId, result: 'UPDATED', accepted: fields, state: null },
      ...{ sent, answered, code: null, field: null, detail: null, retryAt: null, lane: 'LIVE' },
      ...{ at: '2026-11-22T10:00:00Z', unfit: [] },
    },
  };
}
