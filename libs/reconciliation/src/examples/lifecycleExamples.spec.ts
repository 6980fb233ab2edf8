import { conflictsOf, linkedPair, strangers, values, writesTo } from './examplePairs.ts';
import { createWorld, valuesOf } from './exampleWorld.ts';

/** The worked examples of docs/conflict-resolution.md about beginnings and ends. */

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

describe('a deletion in Marketo that is to stay', () => {
  it('keeps the person away whatever is edited in Dynamics, until the policy is another one', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.state.policy = { ...world.state.policy, deletedInMarketo: 'stay-deleted' };
    world.marketo.remove(person);
    world.readMarketo(person);
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.settle();
    expect(world.marketo.ids()).toEqual([]);

    world.state.policy = { ...world.state.policy, deletedInMarketo: 'recreate' };
    world.dynamics.edit(row, { jobtitle: 'President' });
    world.settle();
    expect(world.marketo.ids().map((id) => world.marketo.field(id, 'title'))).toEqual(['President']);
  });
});

describe('a merge in Marketo', () => {
  it('reaches nobody, and later edits in Dynamics of the row that lost wait for review', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    const winner = world.marketo.create({ title: 'Pilot' });
    world.readMarketo(winner);
    world.marketo.merge(winner, person);
    world.readMarketo(person);
    world.settle();
    expect(world.state.received).toEqual([]);

    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.settle();

    expect(world.marketo.ids()).toEqual([winner]);
    expect(world.marketo.field(winner, 'title')).toBe('Pilot');
    const record = world.record(`dynamics/lead/${row}`);
    expect(record.fields['jobTitle']?.value).toBe('Director');
    expect(record.waiting).toMatchObject({ cause: 'review', code: 'PERSON_MERGED' });
  });
});

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
    const pair = strangers({ jobtitle: 'Engineer' }, { title: 'Architect' }, { kind: 'contact' });
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

  it('makes one person for two rows with one address, whoever is decided first', () => {
    const world = createWorld({ matchByEmail: true, firstReadsComplete: false });
    for (const row of ['lead-1', 'lead-2']) {
      world.dynamics.insert('lead', row, { emailaddress1: 'ada@example.com', jobtitle: row });
      world.readDynamics(row, 'BACKFILL');
    }
    world.state.firstReadsComplete = true;
    world.wakeUp(1_000);
    world.settle();
    expect(world.marketo.ids()).toEqual([]);

    world.wakeUp(120_000);
    world.settle();
    expect(world.marketo.ids()).toHaveLength(1);

    world.wakeUp(120_000);
    world.settle();

    expect(world.marketo.ids().map((id) => world.marketo.field(id, 'title'))).toEqual(['lead-1']);
    expect(world.record('dynamics/lead/lead-2').waiting).toMatchObject({
      cause: 'review',
      code: 'MARKETO_AMBIGUOUS',
    });
  });

  it('lets a row wait for another with its address only once', () => {
    const world = createWorld({ matchByEmail: true });
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com', new_synctomkto: false });
    world.readDynamics('lead-1');
    world.dynamics.insert('lead', 'lead-2', { emailaddress1: 'ada@example.com', jobtitle: 'Pilot' });
    world.readDynamics('lead-2');
    world.settle();
    expect(world.marketo.ids()).toEqual([]);

    world.wakeUp(240_000);
    world.settle();

    expect(world.marketo.ids().map((id) => world.marketo.field(id, 'title'))).toEqual(['Pilot']);
  });

  it('makes one person for three rows with one address, of which the first stays out', () => {
    const world = createWorld({ matchByEmail: true, firstReadsComplete: false });
    for (const [row, filter] of [['lead-1', false], ['lead-2'], ['lead-3']] as const) {
      world.dynamics.insert('lead', row, {
        emailaddress1: 'ada@example.com',
        new_synctomkto: filter ?? null,
      });
      world.readDynamics(row, 'BACKFILL');
    }
    world.state.firstReadsComplete = true;
    world.wakeUp(0);
    const dueOf = (row: string) => Number(world.record(`dynamics/lead/${row}`).dueAtMs) - world.state.nowMs;

    expect([dueOf('lead-2'), dueOf('lead-3')]).toEqual([240_000, 360_000]);
    world.wakeUp(240_000);
    world.settle();
    world.wakeUp(120_000);
    world.settle();

    expect(world.marketo.ids().map((id) => world.marketo.field(id, 'crmId'))).toEqual(['lead-2']);
    expect(world.record('dynamics/lead/lead-3').waiting).toMatchObject({ code: 'MARKETO_AMBIGUOUS' });
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
