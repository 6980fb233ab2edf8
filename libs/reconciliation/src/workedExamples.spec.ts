import type { Conflict, ScalarValues } from '@lockstep/change-events';
import { createWorld, valuesOf, type World, type WorldOptions } from './exampleWorld.ts';

/** The worked examples of docs/conflict-resolution.md, told as histories of two simulated sides. */
type Pair = { readonly world: World; readonly row: string; readonly person: string };

/** A row of Dynamics, created in Marketo by Lockstep, with both sides at rest. */
function linkedPair(kind: 'lead' | 'contact', columns: ScalarValues, options: WorldOptions = {}): Pair {
  const world = createWorld(options);
  const row = `${kind}-1`;
  world.dynamics.insert(kind, row, columns);
  world.readDynamics(row);
  world.settle();
  const [person] = world.marketo.ids();
  if (person === undefined) throw new Error('nobody was created');
  world.state.received.length = 0;
  return { world, row, person };
}

const conflictsOf = (world: World): Omit<Conflict, 'at'>[] =>
  world.state.decisions
    .flatMap((decision) => decision.conflicts)
    .map(({ field, winner, winnerValue, loserValue, rule }) => ({
      field,
      winner,
      winnerValue,
      loserValue,
      rule,
    }));

const writesTo = (world: World, to: 'dynamics' | 'marketo'): ScalarValues[] =>
  world.state.received.filter((write) => write.to === to).map(({ values }) => values);

const values = ({ world, row, person }: Pair, field: string) => valuesOf(world, row, person, field);

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
    world.readDynamics(row);
    world.readMarketo(person);
    world.settle();

    expect(values(pair, 'unsubscribed')).toEqual([true, true, true]);
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

describe('an answer that was lost', () => {
  it('from Marketo is settled by a read before an edit made on top of it is taken', () => {
    const pair = linkedPair('contact', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row);
    world.carryOut({ loseAnswers: true });
    world.marketo.write(person, { title: 'Architect' });

    world.wakeUp(120_000);
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
    expect(conflictsOf(world)).toEqual([]);
    expect(writesTo(world, 'marketo')).toEqual([{ title: 'Director' }, {}]);
  });

  it('from Dynamics is settled by the version before an edit made on top of it is taken', () => {
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

describe('the filter', () => {
  it('keeps a row that says No out of Marketo', () => {
    const world = createWorld();
    world.dynamics.insert('lead', 'lead-1', { jobtitle: 'Engineer', new_synctomkto: false });
    world.readDynamics('lead-1');
    world.settle();

    expect(world.marketo.ids()).toEqual([]);
    expect(world.state.received).toEqual([]);
  });

  it.each([null, true])('lets a row that says %s into Marketo', (filter) => {
    const { world, person } = linkedPair('lead', { jobtitle: 'Engineer', new_synctomkto: filter });

    expect(world.marketo.field(person, 'title')).toBe('Engineer');
  });

  it('that flips from No to Yes creates the person at once', () => {
    const world = createWorld();
    world.dynamics.insert('lead', 'lead-1', { jobtitle: 'Engineer', new_synctomkto: false });
    world.readDynamics('lead-1');
    world.dynamics.edit('lead-1', { new_synctomkto: true });
    world.settle();

    const [person = ''] = world.marketo.ids();
    expect(valuesOf(world, 'lead-1', person, 'jobTitle')).toEqual(['Engineer', 'Engineer', 'Engineer']);
    expect(world.marketo.ids()).toHaveLength(1);
  });

  it('that flips from Yes to No freezes both sides, and catches up when it flips back', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer', address1_city: 'Lyon' });
    const { world, row, person } = pair;
    world.dynamics.edit(row, { new_synctomkto: false, jobtitle: 'Director' });
    world.marketo.write(person, { city: 'Nantes' });
    world.settle();
    expect(world.state.received).toEqual([]);

    world.dynamics.edit(row, { new_synctomkto: null });
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
    expect(values(pair, 'city')).toEqual(['Nantes', 'Nantes', 'Nantes']);
  });
});

describe('a deletion', () => {
  it('in Dynamics keeps the person and sets its deleted flag', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.dynamics.remove(row);
    world.settle();

    expect(world.marketo.field(person, 'crmIsDeleted')).toBe(true);
    expect(world.marketo.field(person, 'title')).toBe('Engineer');
    expect(writesTo(world, 'marketo')).toEqual([{ crmIsDeleted: true }]);
  });

  it('in Marketo reaches nobody, and a later edit in Dynamics creates a new person', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.marketo.remove(person);
    world.readMarketo(person);
    world.settle();
    expect(world.dynamics.column(row, 'jobtitle')).toBe('Engineer');
    expect(world.state.received).toEqual([]);

    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.settle();

    const [created = ''] = world.marketo.ids();
    expect(created).not.toBe(person);
    expect(valuesOf(world, row, created, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
  });
});

/** A person and a row with one address, both read before anything is decided about the other. */
function strangers(columns: ScalarValues, fields: ScalarValues, kind: 'lead' | 'contact' = 'lead'): Pair {
  const world = createWorld({ matchByEmail: true });
  const person = world.marketo.create({ email: 'Ada@Example.com', ...fields });
  world.readMarketo(person, 'BACKFILL');
  const row = `${kind}-1`;
  world.dynamics.insert(kind, row, { emailaddress1: 'ada@example.com', ...columns });
  world.readDynamics(row, 'BACKFILL');
  return { world, row, person };
}

describe('the first meeting', () => {
  it('joins the one row and the one person with the same email address', () => {
    const pair = strangers({ jobtitle: 'Engineer' }, { title: 'Engineer' });
    pair.world.settle();

    const record = pair.world.record(`dynamics/lead/${pair.row}`);
    expect(record.rows.map(({ system, id }) => [system, id])).toEqual([
      ['dynamics', pair.row],
      ['marketo', pair.person],
    ]);
    expect(pair.world.marketo.ids()).toEqual([pair.person]);
    expect(pair.world.marketo.field(pair.person, 'crmId')).toBe(pair.row);
  });

  it('never lets a blank beat a value, on either side', () => {
    const pair = strangers({ jobtitle: 'Engineer', address1_city: null }, { title: null, city: 'Nantes' });
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Engineer', 'Engineer', 'Engineer']);
    expect(values(pair, 'city')).toEqual(['Nantes', 'Nantes', 'Nantes']);
    expect(conflictsOf(pair.world).map(({ field }) => field)).not.toContain('city');
  });

  it('decides two different values by the policy and records it', () => {
    const pair = strangers({ jobtitle: 'Engineer' }, { title: 'Architect' }, 'contact');
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Engineer', 'Engineer', 'Engineer']);
    expect(conflictsOf(pair.world)).toContainEqual({
      field: 'jobTitle',
      winner: 'dynamics',
      winnerValue: 'Engineer',
      loserValue: 'Architect',
      rule: 'dynamics-wins-for-contacts',
    });
  });

  it('waits for review when two persons have the same email address', () => {
    const world = createWorld({ matchByEmail: true });
    for (const title of ['Engineer', 'Architect']) {
      world.readMarketo(world.marketo.create({ email: 'ada@example.com', title }), 'BACKFILL');
    }
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com' });
    world.readDynamics('lead-1', 'BACKFILL');
    world.settle();

    expect(world.record('dynamics/lead/lead-1').waiting).toMatchObject({
      cause: 'review',
      code: 'MARKETO_AMBIGUOUS',
    });
    expect(world.marketo.ids()).toHaveLength(2);
    expect(world.state.received).toEqual([]);
  });

  it('waits until both sides have been read once', () => {
    const world = createWorld({ firstReadsComplete: false });
    world.dynamics.insert('lead', 'lead-1', { jobtitle: 'Engineer' });
    world.readDynamics('lead-1', 'BACKFILL');
    world.settle();
    expect(world.record('dynamics/lead/lead-1').waiting?.cause).toBe('first-reads');
    expect(world.marketo.ids()).toEqual([]);

    world.state.firstReadsComplete = true;
    world.wakeUp(1_000);
    world.settle();

    expect(world.marketo.ids()).toHaveLength(1);
    expect(world.record('dynamics/lead/lead-1').waiting).toBeNull();
  });

  it('without matching by email creates a second person', () => {
    const world = createWorld();
    world.readMarketo(world.marketo.create({ email: 'ada@example.com' }), 'BACKFILL');
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com' });
    world.readDynamics('lead-1', 'BACKFILL');
    world.settle();

    expect(world.marketo.ids()).toHaveLength(2);
  });
});

describe('a person that was made in Marketo', () => {
  it('stays there', () => {
    const world = createWorld();
    const person = world.marketo.create({ email: 'ada@example.com' });
    world.readMarketo(person);
    world.marketo.write(person, { title: 'Engineer' });
    world.settle();

    expect(world.state.received).toEqual([]);
  });
});
