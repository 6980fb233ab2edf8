import type { EntityType } from '../entityType.ts';
import { builtInType, entityMappingsFor } from '../entityTypes.ts';
import { accountFields, createEntityStory } from './exampleEntities.ts';
import { linkedPair, values, writesTo } from './examplePairs.ts';
import { createWorld, type World } from './exampleWorld.ts';

/** Accounts whose telephone numbers may be edited in Marketo. */
const editable = {
  ...builtInType('account'),
  mapping: entityMappingsFor(['account', 'systemuser'], { writeBack: ['mainPhone'] })['account'] ?? [],
} as EntityType;

/** What is foretold of two rows, and what they wait for. */
function outlook(world: World) {
  const of = (row: string) => {
    const { forecast, waiting } = world.record(`dynamics/lead/${row}`);
    return [forecast?.marketo?.map(({ operation }) => operation) ?? [], waiting?.code ?? null];
  };
  return { 'lead-1': of('lead-1'), 'lead-2': of('lead-2') };
}

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

  it('foretell one person for two rows with one address, and the review of the other row', () => {
    const world = createWorld({ matchByEmail: true, firstReadsComplete: false });
    world.state.withheld.add('marketo');
    for (const row of ['lead-2', 'lead-1']) {
      world.dynamics.insert('lead', row, { emailaddress1: 'ada@example.com', jobtitle: row });
      world.readDynamics(row, 'BACKFILL');
    }
    world.state.firstReadsComplete = true;
    for (const waitMs of [0, 120_000, 120_000]) world.wakeUp(waitMs);
    const foretold = { 'lead-1': [['CREATE'], null], 'lead-2': [[], 'MARKETO_AMBIGUOUS'] };
    expect(outlook(world)).toEqual(foretold);
    // Nor is that different once the review is looked at again.
    world.wakeUp(3_600_000);
    expect(outlook(world)).toEqual(foretold);

    world.state.withheld.clear();
    world.wakeUp(0);
    world.settle();

    expect(world.marketo.ids().map((id) => world.marketo.field(id, 'title'))).toEqual(['lead-1']);
    expect(outlook(world)).toMatchObject({ 'lead-2': [[], 'MARKETO_AMBIGUOUS'] });
  });

  it('foretell the person of the row that was there before another one with its address', () => {
    const world = createWorld({ matchByEmail: true });
    world.state.withheld.add('marketo');
    for (const row of ['lead-2', 'lead-1']) {
      world.dynamics.insert('lead', row, { emailaddress1: 'ada@example.com', jobtitle: row });
      world.readDynamics(row);
    }
    for (const waitMs of [120_000, 240_000]) world.wakeUp(waitMs);

    expect(outlook(world)).toEqual({ 'lead-1': [[], 'MARKETO_AMBIGUOUS'], 'lead-2': [['CREATE'], null] });
    world.state.withheld.clear();
    world.wakeUp(0);
    world.settle();
    expect(world.marketo.ids().map((id) => world.marketo.field(id, 'title'))).toEqual(['lead-2']);
  });

  it('foretell a person of the row that has the address with one that stays out', () => {
    const world = createWorld({ matchByEmail: true });
    world.state.withheld.add('marketo');
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com', new_synctomkto: false });
    world.dynamics.insert('lead', 'lead-2', { emailaddress1: 'ada@example.com' });
    for (const row of ['lead-1', 'lead-2']) world.readDynamics(row, 'BACKFILL');
    world.wakeUp(240_000);

    expect(world.record('dynamics/lead/lead-1')).not.toHaveProperty('forecast');
    expect(world.record('dynamics/lead/lead-2').forecast).toMatchObject({
      marketo: [{ operation: 'CREATE' }],
    });
  });

  it('that were sent before are known for ours, though their answer comes late', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;
    world.dynamics.edit(row, { jobtitle: 'Pilot' });
    world.readDynamics(row);
    const [late] = world.state.open.splice(0);
    world.state.withheld.add('marketo');
    world.wakeUp(600_000);
    world.dynamics.edit(row, { jobtitle: 'Captain' });
    world.readDynamics(row);
    world.marketo.write(person, { title: 'Pilot' });
    world.readMarketo(person);

    world.state.withheld.clear();
    world.wakeUp(0);
    world.settle();

    expect(late).toMatchObject({ to: 'marketo', command: { fields: { title: 'Pilot' } } });
    expect(values(pair, 'jobTitle')).toEqual(['Captain', 'Captain', 'Captain']);
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

  it('are not tried again meanwhile, however long their answer is due', () => {
    const { world, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.marketo.write(person, { title: 'Director' });
    world.readMarketo(person);
    world.state.withheld.add('dynamics');
    world.wakeUp(60_000);

    expect(world.state.decisions.at(-1)?.dynamicsWrites).toEqual([]);
    expect(world.record('dynamics/lead/lead-1').outbox).toMatchObject([
      { kind: 'dynamics-write', attempts: 1 },
    ]);
  });

  it('to Marketo that nobody answered are remembered until they are made anew', () => {
    const { world, row } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row);
    world.state.withheld.add('marketo');
    world.wakeUp(120_000);
    const lapsed = { kind: 'marketo-write', lapsed: true, command: { fields: { title: 'Director' } } };
    expect(world.record('dynamics/lead/lead-1').outbox).toMatchObject([lapsed]);

    world.state.withheld.clear();
    world.wakeUp(0);

    expect(world.record('dynamics/lead/lead-1').outbox).toMatchObject([
      { command: { fields: { title: 'Director' } }, overtaken: [{ title: 'Director' }] },
    ]);
  });

  it('are those of records beside persons too, in either direction', () => {
    const story = createEntityStory('account', editable);
    story.state.withheld.add('marketo');
    const { commands, record } = story.row(1, { ...accountFields, telephone1: '1' });
    expect(commands).toEqual([]);
    expect(record.withheld).toEqual({ marketo: true });

    story.state.withheld.clear();
    story.answer(story.wakeUp(0), { result: 'CREATED' });
    story.state.withheld.add('dynamics');
    const edited = story.shown(10, { company: 'Example Ltd', mainPhone: '2' });
    expect(edited.dynamicsWrites).toEqual([]);
    expect(edited.record.withheld).toEqual({ dynamics: true });
  });
});

describe('a command that nobody answered', () => {
  it('is given up where its person is gone', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row);
    world.state.policy = { ...world.state.policy, deletedInMarketo: 'stay-deleted' };
    world.marketo.remove(person);
    world.readMarketo(person);
    world.wakeUp(120_000);

    expect(world.record('dynamics/lead/lead-1')).toMatchObject({ outbox: [], dueAtMs: null });
  });
});
