import { linkedPair, values, writesTo } from './examplePairs.ts';
import { createWorld } from './exampleWorld.ts';
import { troublesOf } from '../troubles.ts';

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

describe('a person that was deleted in Marketo, while somebody is to be asked', () => {
  /** Its row was edited after that. */
  function asked() {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;
    world.state.policy = { ...world.state.policy, deletedInMarketo: 'ask' };
    world.marketo.remove(person);
    world.readMarketo(person);
    world.settle();
    const key = `dynamics/lead/${row}`;
    expect(troublesOf(world.record(key))).toEqual([]);
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.settle();
    const titles = () => world.marketo.ids().map((id) => world.marketo.field(id, 'title'));
    return { ...pair, key, titles };
  }

  it('waits for review as soon as its row is edited', () => {
    const { world, key, titles } = asked();
    world.wakeUp(3_600_000);
    world.settle();

    expect(titles()).toEqual([]);
    expect(troublesOf(world.record(key))).toMatchObject([
      { side: 'marketo', operation: 'CREATE', code: 'PERSON_DELETED' },
    ]);
    expect(world.record(key).waiting).toMatchObject({ cause: 'review' });
  });

  it('comes back once, with a new id and under our former key, when somebody says so', () => {
    const { world, key, person, titles } = asked();
    world.wish(key, 'review-recreate');
    world.settle();
    world.wish(key, 'review-recreate');
    world.settle();

    expect(titles()).toEqual(['Director']);
    const [created = ''] = world.marketo.ids();
    expect(created).not.toBe(person);
    expect(world.marketo.field(created, 'lockstepId')).toBe(world.record(key).goldenId);
    expect(world.record(key).waiting).toBeNull();
  });

  it('stays away when somebody says so, whatever is edited and whatever the policy is then, until that is taken back', () => {
    const { world, key, row, titles } = asked();
    world.wish(key, 'review-stay-away');
    world.state.policy = { ...world.state.policy, deletedInMarketo: 'recreate' };
    world.dynamics.edit(row, { jobtitle: 'President' });
    world.settle();
    expect(titles()).toEqual([]);
    expect(world.record(key)).toMatchObject({ waiting: null });

    world.wish(key, 'review-recreate');
    world.settle();
    expect(titles()).toEqual(['President']);
  });

  it('is asked about anew when the next one is deleted', () => {
    const { world, key, row, titles } = asked();
    world.wish(key, 'review-recreate');
    world.settle();
    const [created = ''] = world.marketo.ids();
    world.marketo.remove(created);
    world.readMarketo(created);
    world.dynamics.edit(row, { jobtitle: 'President' });
    world.settle();

    expect(titles()).toEqual([]);
    expect(world.record(key).waiting).toMatchObject({ code: 'PERSON_DELETED' });
  });

  it.each(['review-recreate', 'review-stay-away'] as const)(
    'is not judged by %s of a person that is there',
    (wish) => {
      const { world, row } = linkedPair('lead', { jobtitle: 'Engineer' });

      expect(world.wish(`dynamics/lead/${row}`, wish)).toMatchObject({ nothing: 'stale', commands: [] });
    },
  );
});
