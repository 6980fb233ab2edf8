import { linkedPair } from './examplePairs.ts';
import { createWorld } from './exampleWorld.ts';

/** The worked examples of docs/conflict-resolution.md about what a pair that is unlinked leaves behind. */

const target = 'golden/new';

describe('a pair that is unlinked', () => {
  it('keeps the person here with its own values, and sends the row to the record that was named', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer', subject: 'Engines' });
    world.state.refused.add('jobtitle');
    world.marketo.write(person, { title: 'Director' });
    world.settle();
    world.dynamics.edit(row, { address1_city: 'Lyon' });
    world.readDynamics(row);
    const decision = world.wish(`dynamics/lead/${row}`, 'unlink', target);
    const { record } = decision;

    expect(record.rows).toMatchObject([{ system: 'marketo', id: person, active: true }]);
    expect(record.rows[0]?.inFlight).toEqual({});
    expect(record.rows[0]?.parked).toEqual({});
    expect(decision.commands).toMatchObject([{ operation: 'READ', personId: person, fields: {} }]);
    expect(record.outbox.filter((entry) => 'dueAtMs' in entry)).toMatchObject([
      { command: { operation: 'READ' }, overtaken: [{ city: 'Lyon' }] },
    ]);
    expect(record.parted).toEqual([{ row: `dynamics/lead/${row}`, to: target }]);
    expect(decision.relinks).toEqual({ rowKeys: [`dynamics/lead/${row}`], to: target });
    expect(decision.forwards).toEqual([
      { kind: 'wake-up', goldenId: target, reason: 'parted', target: `marketo/person/${person}` },
    ]);
    expect(record.fields).toMatchObject({
      jobTitle: { value: 'Director' },
      city: { value: null, source: 'marketo', rule: 'unlinked' },
      subject: { value: 'Engines' },
    });
    expect(decision.goldenEvent?.changed).toContainEqual({
      ...{ field: 'city', before: 'Lyon', after: null, source: 'marketo', rule: 'unlinked' },
    });
  });

  it.each([
    ['without a target', null],
    ['to itself', 'golden/lead-1'],
  ])('is none %s', (_, to) => {
    const { world, row } = linkedPair('lead', { jobtitle: 'Engineer' });

    expect(world.wish(`dynamics/lead/${row}`, 'unlink', to)).toMatchObject({
      nothing: 'stale',
      dirty: false,
    });
  });

  it('is none of a row or a person alone', () => {
    const world = createWorld({ firstReadsComplete: false });
    world.dynamics.insert('lead', 'lead-1', {});
    world.readDynamics('lead-1');
    const person = world.marketo.create({});
    world.readMarketo(person);

    for (const key of ['dynamics/lead/lead-1', `marketo/person/${person}`])
      expect(world.wish(key, 'unlink', target)).toMatchObject({ nothing: 'stale', dirty: false });
  });

  it('carries events of the row to where it went, as often as they come, and keeps those of its person', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    const event = world.dynamics.change(row, 'LIVE');
    const late = { kind: 'event', system: 'dynamics', table: 'lead', event, written: null } as const;
    world.wish(`dynamics/lead/${row}`, 'unlink', target);
    const { forwards, nothing } = world.handAnswer({ ...late, goldenId: 'golden/lead-1' });

    expect(nothing).toBe('forwarded');
    expect(forwards).toEqual([{ ...late, goldenId: target }]);
    world.marketo.write(person, { title: 'Director' });
    expect(world.readMarketo(person)).toMatchObject({ nothing: null, dirty: true });
  });

  it('carries events of the row to where it went, also when the person has joined another record', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    const event = world.dynamics.change(row, 'LIVE');
    const late = { kind: 'event', system: 'dynamics', table: 'lead', event, written: null } as const;
    world.wish(`dynamics/lead/${row}`, 'unlink', target);
    const join = { kind: 'wake-up', reason: 'join', target: 'golden/joined' } as const;
    const joined = world.handAnswer({ ...join, goldenId: 'golden/lead-1' });

    expect(joined.record.aliasOf).toBe('golden/joined');
    expect(joined.relinks?.rowKeys).toEqual([`marketo/person/${person}`]);
    expect(world.handAnswer({ ...late, goldenId: 'golden/lead-1' }).forwards).toEqual([
      { ...late, goldenId: target },
    ]);
  });
});

describe('a record that learns whom its row is not', () => {
  const waiting = () => {
    const world = createWorld({ matchByEmail: true });
    for (const title of ['Engineer', 'Architect'])
      world.readMarketo(world.marketo.create({ email: 'ada@example.com', title }), 'BACKFILL');
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com' });
    world.readDynamics('lead-1', 'BACKFILL');
    return world;
  };

  it('asks anew for others, once', () => {
    const world = waiting();
    const first = world.wish('dynamics/lead/lead-1', 'parted', 'marketo/person/1001');

    expect(first.record.parted).toEqual([{ row: 'marketo/person/1001' }]);
    expect(first.record.waiting).toMatchObject({ cause: 'join' });
    expect(first.forwards).toMatchObject([{ goldenId: 'golden/1002', reason: 'join' }]);
    expect(world.wish('dynamics/lead/lead-1', 'parted', 'marketo/person/1001')).toMatchObject({
      ...{ nothing: 'stale', dirty: false },
    });
    expect(world.wish('dynamics/lead/lead-1', 'parted', null)).toMatchObject({ nothing: 'stale' });
  });

  it('remembers the last twenty', () => {
    const world = waiting();
    for (let number = 1; number <= 22; number += 1)
      world.wish('dynamics/lead/lead-1', 'parted', `marketo/person/9${number}`);
    const { parted = [] } = world.record('dynamics/lead/lead-1');

    expect(parted).toHaveLength(20);
    expect([parted[0]?.row, parted.at(-1)?.row]).toEqual(['marketo/person/93', 'marketo/person/922']);
  });
});
