import { linkedPair, values, writesTo } from './examplePairs.ts';
import { createWorld } from './exampleWorld.ts';
import { troublesOf } from './troubles.ts';

/** The worked examples of docs/conflict-resolution.md about what an operator asks of a record. */

/** A row whose address two persons of Marketo have; it waits for review. */
function ambiguous() {
  const world = createWorld({ matchByEmail: true });
  const persons = ['Engineer', 'Architect'].map((title) =>
    world.marketo.create({ email: 'ada@example.com', title }),
  );
  for (const person of persons) world.readMarketo(person, 'BACKFILL');
  world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com', address1_city: 'Lyon' });
  world.readDynamics('lead-1', 'BACKFILL');
  world.settle();
  const [first = '', second = ''] = persons;
  return { world, first, second };
}

describe('work that is released', () => {
  it('is tried again at once, though Dynamics refused the same value before', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    const { world, person } = pair;
    world.state.refused.add('jobtitle');
    world.marketo.write(person, { title: 'Director' });
    world.settle();
    expect(troublesOf(world.record('dynamics/lead/lead-1'))).toMatchObject([
      { side: 'dynamics', field: 'jobTitle', code: 'DYNAMICS_REFUSED' },
    ]);

    world.state.refused.clear();
    world.wakeUp(60_000);
    world.settle();
    expect(values(pair, 'jobTitle')[0]).toBe('Engineer');

    world.wish('dynamics/lead/lead-1', 'release');
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
    expect(world.record('dynamics/lead/lead-1')).not.toHaveProperty('troubledSince');
  });

  it('waits again when its cause is still there', () => {
    const { world, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.state.refused.add('jobtitle');
    world.marketo.write(person, { title: 'Director' });
    world.settle();

    world.wish('dynamics/lead/lead-1', 'release');
    world.settle();

    expect(writesTo(world, 'dynamics')).toHaveLength(2);
    expect(troublesOf(world.record('dynamics/lead/lead-1'))).toHaveLength(1);
  });
});

describe('a record that is read again', () => {
  it('takes what Marketo holds although no feed told of it, and sends it on', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    const { world, person } = pair;
    world.marketo.write(person, { title: 'Director' });

    world.wish('dynamics/lead/lead-1', 'read-again');
    world.carryOut();
    world.carryOut();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
  });

  it('is not asked for while a command is open, whose outcome tells the same', () => {
    const { world, row } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row);

    const { commands } = world.wish('dynamics/lead/lead-1', 'read-again');

    expect(commands).toEqual([]);
  });
});

describe('a review', () => {
  it('that names a person links the row to that one, and leaves the other alone', () => {
    const { world, first, second } = ambiguous();

    world.wish('dynamics/lead/lead-1', 'review-join', `golden/${second}`);
    world.settle();

    expect(world.record('dynamics/lead/lead-1').rows.map(({ id }) => id)).toEqual(['lead-1', second]);
    expect(world.marketo.field(second, 'city')).toBe('Lyon');
    expect(world.marketo.field(first, 'city') ?? null).toBeNull();
    expect(world.record(`marketo/person/${first}`).aliasOf).toBeNull();
  });

  it('that separates makes a person of the row’s own, which stays apart later', () => {
    const { world, first, second } = ambiguous();

    world.wish('dynamics/lead/lead-1', 'review-separate');
    world.settle();
    world.dynamics.edit('lead-1', { jobtitle: 'Pilot' });
    world.settle();

    const own = world.marketo.ids().filter((id) => ![first, second].includes(id));
    expect(own).toHaveLength(1);
    expect(world.marketo.field(own[0] ?? '', 'title')).toBe('Pilot');
    const { commands } = world.state.decisions.find((decision) => decision.commands.length > 0) ?? {};
    expect(commands).toMatchObject([{ operation: 'CREATE', matchByEmail: false }]);
    expect(world.record('dynamics/lead/lead-1').waiting).toBeNull();
  });

  it.each(['review-join', 'review-separate'] as const)(
    'is not decided by %s for a record that does not wait for one',
    (wish) => {
      const { world } = linkedPair('lead', { jobtitle: 'Engineer' });

      const decision = world.wish('dynamics/lead/lead-1', wish, 'golden/1');

      expect(decision).toMatchObject({ nothing: 'stale', goldenEvent: null, commands: [], forwards: [] });
    },
  );
});
