import { linkedPair, values, writesTo } from './examplePairs.ts';
import { createWorld } from './exampleWorld.ts';

/** The worked examples of docs/conflict-resolution.md about directions that are observed only. */
describe('writes that are withheld', () => {
  it('from Marketo create nobody, and are made once they flow', () => {
    const world = createWorld();
    world.state.withheld.add('marketo');
    world.dynamics.insert('lead', 'lead-1', { jobtitle: 'Engineer' });
    world.readDynamics('lead-1');
    world.settle();
    expect(world.marketo.ids()).toEqual([]);
    expect(world.record('dynamics/lead/lead-1').withheld).toEqual({ marketo: true });

    world.state.withheld.clear();
    world.wakeUp(0);
    world.settle();

    const [person = ''] = world.marketo.ids();
    expect(world.marketo.field(person, 'title')).toBe('Engineer');
    expect(world.record('dynamics/lead/lead-1')).not.toHaveProperty('withheld');
  });

  it('leave edits of both sides decided, and only the other direction written', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer', address1_city: 'Lyon' });
    const { world, row, person } = pair;
    world.state.withheld.add('dynamics');
    world.marketo.write(person, { title: 'Director' });
    world.dynamics.edit(row, { address1_city: 'Nantes' });
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Engineer', 'Director', 'Director']);
    expect(values(pair, 'city')).toEqual(['Nantes', 'Nantes', 'Nantes']);
    expect(writesTo(world, 'dynamics')).toEqual([]);

    world.state.withheld.clear();
    world.wakeUp(0);
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
  });

  it('are forgotten when there is nothing to write any more', () => {
    const { world, row } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.state.withheld.add('marketo');
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.settle();
    world.dynamics.edit(row, { jobtitle: 'Engineer' });
    world.settle();

    expect(world.record('dynamics/lead/lead-1')).not.toHaveProperty('withheld');
  });

  it('are foretold, field by field and side by side, and are then made just so', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer', address1_city: 'Lyon' });
    const { world, row, person } = pair;
    world.state.withheld.add('dynamics').add('marketo');
    world.marketo.write(person, { title: 'Director' });
    world.dynamics.edit(row, { address1_city: 'Nantes' });
    world.dynamics.insert('lead', 'lead-2', { jobtitle: 'Weaver' });
    world.readDynamics('lead-2');
    world.settle();

    expect(world.record('dynamics/lead/lead-1').forecast).toEqual({
      dynamics: [{ operation: 'UPDATE', table: 'lead', fields: ['jobtitle'] }],
      marketo: [{ operation: 'UPDATE', table: 'person', fields: ['city'] }],
    });
    expect(world.record('dynamics/lead/lead-2').forecast).toEqual({
      marketo: [{ operation: 'CREATE', table: 'person', fields: [] }],
    });

    world.state.withheld.clear();
    world.wakeUp(0);
    world.settle();

    expect(writesTo(world, 'dynamics')).toEqual([{ jobtitle: 'Director' }]);
    expect(world.marketo.ids()).toHaveLength(2);
    expect(world.record('dynamics/lead/lead-1')).not.toHaveProperty('forecast');
  });

  it('do not keep people from being matched', () => {
    const world = createWorld({ matchByEmail: true });
    world.state.withheld.add('dynamics').add('marketo');
    const person = world.marketo.create({ email: 'ada@example.com', city: 'Lyon' });
    world.readMarketo(person, 'BACKFILL');
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com', jobtitle: 'Engineer' });
    world.readDynamics('lead-1', 'BACKFILL');
    world.settle();

    expect(world.record('dynamics/lead/lead-1').rows.map(({ id }) => id)).toEqual(['lead-1', person]);
    expect(world.record('dynamics/lead/lead-1').withheld).toEqual({ dynamics: true, marketo: true });
    expect(world.state.received).toEqual([]);
  });

  it('that were open before are not sent meanwhile', () => {
    const { world, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.marketo.write(person, { title: 'Director' });
    world.readMarketo(person);
    world.state.open.length = 0;
    world.state.withheld.add('dynamics');
    world.wakeUp(60_000);
    world.settle();
    expect(writesTo(world, 'dynamics')).toEqual([]);

    world.state.withheld.clear();
    world.wakeUp(600_000);
    world.settle();

    expect(writesTo(world, 'dynamics')).toEqual([{ jobtitle: 'Director' }]);
  });
});
