import { conflictsOf, linkedPair, values, writesTo } from './examplePairs.ts';
import { createWorld, valuesOf } from './exampleWorld.ts';

/** The worked examples of docs/conflict-resolution.md about edits, told as histories of two simulated sides. */

describe('one field edited on both sides', () => {
  it('lets Marketo win on a lead and keeps the value that lost', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;

    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.marketo.write(person, { title: 'Architect' });
    world.readDynamics(row);
    world.readMarketo(person);
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
    expect(conflictsOf(world)).toEqual([
      {
        field: 'jobTitle',
        winner: 'marketo',
        winnerValue: 'Architect',
        loserValue: 'Director',
        rule: 'marketo-wins-for-leads',
      },
    ]);
  });

  it('lets Marketo win on a lead whichever edit is seen first', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;

    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.marketo.write(person, { title: 'Architect' });
    world.readMarketo(person);
    world.readDynamics(row);
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
    expect(conflictsOf(world)).toEqual([
      {
        field: 'jobTitle',
        winner: 'marketo',
        winnerValue: 'Architect',
        loserValue: 'Director',
        rule: 'marketo-wins-for-leads',
      },
    ]);
  });

  it('lets Dynamics win on a contact and keeps the value that lost', () => {
    const pair = linkedPair('contact', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;

    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.marketo.write(person, { title: 'Architect' });
    world.readMarketo(person);
    world.readDynamics(row);
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
    expect(conflictsOf(world)).toEqual([
      {
        field: 'jobTitle',
        winner: 'dynamics',
        winnerValue: 'Director',
        loserValue: 'Architect',
        rule: 'dynamics-wins-for-contacts',
      },
    ]);
  });

  it('is no conflict when both sides end up with the same value', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;

    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.marketo.write(person, { title: 'Director' });
    world.readDynamics(row);
    world.readMarketo(person);
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
    expect(conflictsOf(world)).toEqual([]);
  });

  it('is no conflict when the second edit came after both sides agreed', () => {
    const pair = linkedPair('contact', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;

    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.settle();
    world.marketo.write(person, { title: 'Architect' });
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
    expect(conflictsOf(world)).toEqual([]);
  });
});

describe('different fields edited on both sides', () => {
  it.each(['lead', 'contact'] as const)('keeps both edits on a %s', (kind) => {
    const pair = linkedPair(kind, { jobtitle: 'Engineer', address1_city: 'Lyon' });
    const { world, row, person } = pair;

    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.marketo.write(person, { city: 'Nantes' });
    world.readDynamics(row);
    world.readMarketo(person);
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
    expect(values(pair, 'city')).toEqual(['Nantes', 'Nantes', 'Nantes']);
    expect(conflictsOf(world)).toEqual([]);
    expect(writesTo(world, 'dynamics')).toContainEqual({ address1_city: 'Nantes' });
    expect(writesTo(world, 'marketo')).toContainEqual({ title: 'Director' });
  });
});

describe('an opt-out', () => {
  it('set by marketing on a contact wins over an edit that did not know of it', () => {
    const pair = linkedPair('contact', { donotbulkemail: null });
    const { world, row, person } = pair;

    world.marketo.write(person, { unsubscribed: true });
    world.dynamics.edit(row, { donotbulkemail: false });
    world.readMarketo(person);
    world.readDynamics(row);
    world.settle();

    expect(values(pair, 'unsubscribed')).toEqual([true, true, true]);
    expect(conflictsOf(world).map(({ rule }) => rule)).toEqual(['opt-out-wins']);
  });

  it('set by sales on a lead wins at the first meeting', () => {
    const world = createWorld({ matchByEmail: true });
    const person = world.marketo.create({ email: 'ada@example.com', unsubscribed: false });
    world.readMarketo(person, 'BACKFILL');
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com', donotbulkemail: true });
    world.readDynamics('lead-1', 'BACKFILL');
    world.settle();

    expect(valuesOf(world, 'lead-1', person, 'unsubscribed')).toEqual([true, true, true]);
  });

  it('is lifted by a later edit that knew of it', () => {
    const pair = linkedPair('contact', { donotbulkemail: true });
    const { world, row, person } = pair;

    world.dynamics.edit(row, { donotbulkemail: false });
    world.settle();

    expect(values(pair, 'unsubscribed')).toEqual([false, false, false]);
    expect(world.marketo.field(person, 'unsubscribed')).toBe(false);
  });
});

describe('an echo', () => {
  it('of our write to Dynamics changes nothing and causes no write', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;
    world.marketo.write(person, { title: 'Architect' });
    world.settle();
    const writes = world.state.received.length;

    const decision = world.readDynamics(row);
    world.settle();

    expect(decision).toMatchObject({ dirty: false, nothing: 'stale', goldenEvent: null });
    expect(writesTo(world, 'dynamics')).toEqual([{ jobtitle: 'Architect' }]);
    expect(world.state.received).toHaveLength(writes);
  });

  it('of our write to Dynamics with another change on top carries only that change on', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer', address1_city: 'Lyon' });
    const { world, row, person } = pair;
    world.marketo.write(person, { title: 'Architect' });
    world.readMarketo(person);
    world.carryOut();

    world.dynamics.edit(row, { address1_city: 'Nantes' });
    const decision = world.readDynamics(row);
    world.settle();

    expect(decision.goldenEvent?.changed.map(({ field, after }) => [field, after])).toEqual([
      ['city', 'Nantes'],
    ]);
    expect(values(pair, 'city')).toEqual(['Nantes', 'Nantes', 'Nantes']);
    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
  });

  it('of our write to Dynamics is known by its value while the outcome is unknown', () => {
    const pair = linkedPair('contact', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;
    world.marketo.write(person, { title: 'Architect' });
    world.readMarketo(person);
    world.carryOut({ loseAnswers: true });
    world.marketo.write(person, { title: 'President' });
    world.readMarketo(person);

    world.readDynamics(row);
    world.wakeUp(60_000);
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['President', 'President', 'President']);
    expect(conflictsOf(world)).toEqual([]);
  });

  it('of our write to Marketo changes nothing and causes no write', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row);
    world.carryOut();
    const writes = world.state.received.length;

    const decision = world.readMarketo(person);
    world.settle();

    expect(decision.goldenEvent).toBeNull();
    expect(world.state.received).toHaveLength(writes);
    expect(world.record(`dynamics/lead/${row}`).fields['jobTitle']).toMatchObject({
      value: 'Director',
      agreed: true,
      base: 'Director',
    });
  });

  it('of a read that was sent before our write to Marketo says nothing about its fields', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer', address1_city: 'Lyon' });
    const { world, row, person } = pair;
    world.marketo.write(person, { city: 'Nantes' });
    const early = world.marketo.change(person, 'LIVE');
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row);
    world.carryOut();

    world.hand(person, early);
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
    expect(values(pair, 'city')).toEqual(['Nantes', 'Nantes', 'Nantes']);
    expect(conflictsOf(world)).toEqual([]);
  });
});

describe('an edit in Marketo that our write ran over', () => {
  it('is restored on a lead', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row);
    world.marketo.write(person, { title: 'Architect' });

    world.carryOut();
    expect(world.marketo.field(person, 'title')).toBe('Director');
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
    expect(conflictsOf(world)).toEqual([
      {
        field: 'jobTitle',
        winner: 'marketo',
        winnerValue: 'Architect',
        loserValue: 'Director',
        rule: 'marketo-wins-for-leads',
      },
    ]);
  });

  it('is recorded as the loser on a contact', () => {
    const pair = linkedPair('contact', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row);
    world.marketo.write(person, { title: 'Architect' });

    world.carryOut();
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
    expect(conflictsOf(world)).toEqual([
      {
        field: 'jobTitle',
        winner: 'dynamics',
        winnerValue: 'Director',
        loserValue: 'Architect',
        rule: 'dynamics-wins-for-contacts',
      },
    ]);
  });
});

describe('two of our writes to Marketo before its feed is read', () => {
  it.each(['lead', 'contact'] as const)('are no edit of a marketer on a %s', (kind) => {
    const pair = linkedPair(kind, { jobtitle: 'Engineer' });
    const { world, row } = pair;
    for (const jobtitle of ['Director', 'President']) {
      world.dynamics.edit(row, { jobtitle });
      world.readDynamics(row);
      world.carryOut();
    }
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['President', 'President', 'President']);
    expect(conflictsOf(world)).toEqual([]);
    expect(writesTo(world, 'dynamics')).toEqual([]);
  });

  it('do not hide the edit between them that the second ran over', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row);
    world.carryOut();
    world.marketo.write(person, { title: 'Architect' });
    world.dynamics.edit(row, { jobtitle: 'President' });
    world.readDynamics(row);
    world.carryOut();
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
    expect(conflictsOf(world).map(({ loserValue }) => loserValue)).toEqual(['President']);
  });

  it('do not return when a conflict was decided between them', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.marketo.write(person, { title: 'Architect' });
    world.readDynamics(row);
    world.readMarketo(person);
    for (let turn = 0; turn < 3; turn += 1) world.carryOut();
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
    expect(conflictsOf(world).map(({ loserValue }) => loserValue)).toEqual(['Director']);
  });
});

describe('an answer that was lost', () => {
  it('from Marketo does not turn an edit made on top of the write into a conflict', () => {
    const pair = linkedPair('contact', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row);
    world.carryOut({ loseAnswers: true });
    world.marketo.write(person, { title: 'Architect' });
    world.readMarketo(person);

    world.wakeUp(120_000);
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
    expect(conflictsOf(world)).toEqual([]);
    expect(writesTo(world, 'marketo')).toEqual([{ title: 'Director' }, {}]);
  });

  it('from Dynamics is settled by the version, and an edit made on top of the write is kept', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer', address1_city: 'Lyon' });
    const { world, row, person } = pair;
    world.marketo.write(person, { title: 'Architect' });
    world.readMarketo(person);
    world.carryOut({ loseAnswers: true });
    world.dynamics.edit(row, { address1_city: 'Nantes' });

    world.wakeUp(60_000);
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
    expect(values(pair, 'city')).toEqual(['Nantes', 'Nantes', 'Nantes']);
    expect(conflictsOf(world)).toEqual([]);
    expect(
      world.state.received.filter(({ to, result }) => to === 'dynamics' && result === 'WRITTEN'),
    ).toHaveLength(1);
  });
});
