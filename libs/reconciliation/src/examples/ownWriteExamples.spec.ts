import type { DeliveryOutcome, ScalarValues } from '@lockstep/change-events';
import { conflictsOf, linkedPair, values, type Pair } from './examplePairs.ts';
import { createWorld, type World } from './exampleWorld.ts';

/** The worked examples of docs/conflict-resolution.md about what we wrote ourselves, and what others made of it. */

/** The job title, as its person of Marketo is seen to hold it. */
const seenOf = ({ world, row }: Pair) => world.record(`dynamics/lead/${row}`).rows[1]?.seen['jobTitle'];

/** The command that is planned last; it is not carried out by itself any more. */
function take({ state }: World) {
  const write = state.open.pop();
  if (write?.to !== 'marketo') throw new Error('no command is planned');
  return write.command;
}

type Command = ReturnType<typeof take>;

function say(world: World, command: Command, answer: Partial<DeliveryOutcome>) {
  const { commandId, goldenId, revision, personId, lane, fields } = command;
  const nothing = { state: null, sent: null, code: null, field: null, detail: null, retryAt: null };
  const told = { result: 'UPDATED', accepted: fields, answered: world.marketo.nextNumber() } as const;
  const outcome = { commandId, goldenId, revision, personId, lane, ...nothing, ...told };
  return world.handAnswer({
    ...{ kind: 'outcome', goldenId },
    outcome: { ...outcome, at: '2026-11-22T10:00:00Z', ...answer },
  });
}

describe('what we wrote to Marketo', () => {
  it('is awaited once, though it was read before its answer', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row);
    const command = take(world);
    world.marketo.write(person, command.fields);
    const event = world.marketo.change(person, 'LIVE');
    world.hand(person, { ...event, evidence: event.evidence && { ...event.evidence, rows: [] } });
    expect(seenOf(pair)).toEqual({ value: 'Director', at: event.page, unconfirmed: true });
    say(world, command, {});

    expect(seenOf(pair)).toEqual({ value: 'Director', at: expect.anything(), unconfirmed: true });
  });

  it('is agreed although its answer comes after the feed told of it', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row);
    const command = take(world);
    world.marketo.write(person, command.fields);
    world.readMarketo(person);
    const { record } = say(world, command, {});

    expect(seenOf(pair)).toEqual({ value: 'Director', at: expect.anything() });
    expect(record.fields['jobTitle']?.agreed).toBe(true);
  });

  it('is known since the answer, whatever was read before that', () => {
    const world = createWorld();
    world.dynamics.insert('lead', 'lead-1', { jobtitle: 'Engineer' });
    world.readDynamics('lead-1');
    const command = take(world);
    const person = world.marketo.create({ ...command.fields, lockstepId: command.goldenId });
    const event = world.marketo.change(person, 'LIVE');
    say(world, command, { result: 'CREATED', personId: person });
    const pair = { world, row: 'lead-1', person };
    const seen = seenOf(pair);
    world.hand(person, event);

    expect(seen).toEqual({ value: 'Engineer', at: expect.anything() });
    expect(seenOf(pair)).toEqual(seen);
  });

  it('may be cut, also where another command overtook it', () => {
    const pair = linkedPair('contact', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;
    const long = 'Head of Everything that Nobody Else Wanted to Be Head of';
    world.dynamics.edit(row, { jobtitle: long });
    world.readDynamics(row, 'BACKFILL');
    world.dynamics.edit(row, { jobtitle: 'Head' });
    world.readDynamics(row);
    world.marketo.write(person, { title: long.slice(0, 40) });
    world.hand(person, { ...world.marketo.change(person, 'LIVE'), evidence: null });

    expect(conflictsOf(world)).toEqual([]);
    world.settle();
    expect(values(pair, 'jobTitle')).toEqual(['Head', 'Head', 'Head']);
  });

  it('is none of the edits of Dynamics, which may go back to it', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    const { world, row } = pair;
    for (const jobtitle of ['Director', 'Pilot', 'Director']) {
      world.dynamics.edit(row, { jobtitle });
      world.readDynamics(row);
    }
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
  });
});

describe('what we wrote to Dynamics', () => {
  it('holds no longer where a plug-in put another value in its place', () => {
    const pair = linkedPair('contact', { jobtitle: 'Engineer' });
    pair.world.dynamics.onWrite({ jobtitle: 'Chief Engineer' });
    pair.world.marketo.write(pair.person, { title: 'Architect' });
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Chief Engineer', 'Chief Engineer', 'Chief Engineer']);
    expect(conflictsOf(pair.world)).toEqual([]);
  });
});

describe('a person that a creation made before it is answered', () => {
  /** On a contact, where Dynamics wins what nobody can explain. */
  function made(columns: ScalarValues = { jobtitle: 'Engineer' }, unread = '') {
    const world = createWorld();
    world.dynamics.insert('contact', 'contact-1', columns);
    const event = world.dynamics.change('contact-1', 'BACKFILL');
    const { [unread]: _, ...shown } = event.fields ?? {};
    world.handRow('contact-1', { ...event, fields: shown });
    const command = take(world);
    const { goldenId, fields } = command;
    const person = world.marketo.create({ ...fields, lockstepId: goldenId });
    return { world, row: 'contact-1', person, command };
  }
  const read = ({ world, person }: Pair) =>
    world.hand(person, { ...world.marketo.change(person, 'LIVE'), evidence: null });

  it('holds what somebody made of the value that it was made with', () => {
    const pair = made();
    pair.world.marketo.write(pair.person, { title: 'Weaver' });
    read(pair);
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Weaver', 'Weaver', 'Weaver']);
    expect(conflictsOf(pair.world)).toEqual([]);
  });

  it('holds that too where another command with the same value overtook the creation', () => {
    const pair = made();
    pair.world.dynamics.edit(pair.row, { address1_city: 'Lyon' });
    pair.world.readDynamics(pair.row);
    pair.world.marketo.write(pair.person, { title: 'Weaver' });
    read(pair);

    expect(values(pair, 'jobTitle')[1]).toBe('Weaver');
    expect(conflictsOf(pair.world)).toEqual([]);
  });

  it('holds what collides where nobody knows with which of two values it was made', () => {
    const pair = made();
    const { world, row } = pair;
    for (const jobtitle of ['Director', 'Engineer']) {
      world.dynamics.edit(row, { jobtitle });
      world.readDynamics(row);
    }
    world.marketo.write(pair.person, { title: 'Weaver' });
    read(pair);

    expect(conflictsOf(world)).toMatchObject([{ winnerValue: 'Engineer', loserValue: 'Weaver' }]);
  });

  it('holds an edit that is kept, of a field that only Dynamics may speak for', () => {
    const pair = made({ statuscode: 1 }, 'statuscode');
    const { world, row, person } = pair;
    world.dynamics.edit(row, { address1_city: 'Lyon' });
    world.readDynamics(row, 'BACKFILL');
    world.marketo.write(person, { crmStatusReason: 'Asleep' });
    read(pair);

    expect(conflictsOf(world)).toMatchObject([
      { field: 'crmStatusReason', winner: 'dynamics', loserValue: 'Asleep', rule: 'one-way' },
    ]);
  });

  it('is met like any other where it was found by its address, and is none that we made', () => {
    const world = createWorld({ matchByEmail: true });
    const email = 'ada@example.com';
    world.dynamics.insert('contact', 'contact-1', { jobtitle: 'Engineer', emailaddress1: email });
    world.readDynamics('contact-1');
    const state = { title: 'Architect', email };
    const told = { result: 'FOUND', personId: '77', accepted: null, state } as const;
    const { record } = say(world, take(world), told);

    expect(record.fields['jobTitle']).toMatchObject({ value: 'Engineer', source: 'dynamics' });
    expect(conflictsOf(world)).toMatchObject([{ winnerValue: 'Engineer', loserValue: 'Architect' }]);
  });
});
