import type { ScalarValues } from '@lockstep/change-events';
import { linkedPair, values, writesTo } from './examplePairs.ts';
import { createWorld, valuesOf, type World } from './exampleWorld.ts';
import type { Expression } from '../expression.ts';
import { exampleMapping } from './exampleParts.ts';
import type { MappingRow } from '../mapping.ts';

/** The worked examples of docs/conflict-resolution.md about filters of lockstep.yaml (G-09). */

const european: Expression = { name: 'new_region', test: { operator: 'is', operand: ['EMEA'] } };
const filters = { byTable: { lead: european, contact: european } };

function worldWith(columns: ScalarValues, lead: Expression = european): World {
  const world = createWorld();
  world.state.policy = { ...world.state.policy, filters: { byTable: { lead } } };
  world.dynamics.insert('lead', 'lead-1', columns);
  world.readDynamics('lead-1');
  world.settle();

  return world;
}

function pairWith(mapping: readonly MappingRow[] = exampleMapping) {
  const pair = linkedPair('lead', { new_region: 'EMEA', jobtitle: 'Engineer' }, { mapping });
  pair.world.state.policy = { ...pair.world.state.policy, filters };
  pair.world.dynamics.edit(pair.row, { address1_city: 'Lyon' });
  pair.world.settle();
  pair.world.state.received.length = 0;

  return pair;
}

describe('a filter over a column that is not mapped', () => {
  it.each([
    ['EMEA', 1],
    ['emea', 1],
    ['APAC', 0],
    [null, 0],
  ])('lets a row with %j into Marketo as %i persons', (region, count) => {
    const world = worldWith({ jobtitle: 'Engineer', new_region: region });

    expect(world.marketo.ids()).toHaveLength(count);
  });

  it('lets a row in whose column nobody has shown yet', () => {
    const world = worldWith({ jobtitle: 'Engineer' });

    expect(world.marketo.ids()).toHaveLength(1);
  });

  it('keeps a row away that says No in new_synctomkto, unless that does not count', () => {
    const world = worldWith({ new_region: 'EMEA', new_synctomkto: false });
    expect(world.marketo.ids()).toEqual([]);

    world.state.policy = { ...world.state.policy, filters: { ...filters, ignoresSyncColumn: true } };
    world.dynamics.edit('lead-1', { jobtitle: 'Director' });
    world.settle();
    expect(world.marketo.ids()).toHaveLength(1);
  });

  it('freezes both sides when it turns against a row, says since when, and catches up when it turns back', () => {
    const pair = pairWith();
    const { world, row, person } = pair;
    world.dynamics.edit(row, { new_region: 'APAC', jobtitle: 'Director' });
    world.marketo.write(person, { city: 'Nantes' });
    world.settle();
    expect(world.state.received).toEqual([]);
    const [frozen] = world.record(`dynamics/lead/${row}`).rows;
    expect(frozen?.outSince).toBe('2026-11-22T10:00:00Z');

    world.dynamics.edit(row, { new_region: 'EMEA' });
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
    expect(values(pair, 'city')).toEqual(['Nantes', 'Nantes', 'Nantes']);
    expect(world.record(`dynamics/lead/${row}`).rows[0]).not.toHaveProperty('outSince');
  });

  it('that comes later takes in what an announcement of the known version shows', () => {
    const { world, row } = linkedPair('lead', { new_region: 'APAC', jobtitle: 'Engineer' });
    world.state.policy = { ...world.state.policy, filters };
    world.readDynamics(row);

    expect(world.record(`dynamics/lead/${row}`).rows[0]?.outSince).toBeDefined();
  });

  it('believes no null of a column that only a read by id shows', () => {
    const { world, row } = pairWith();
    world.dynamics.hide('new_region');
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.handRow(row, world.dynamics.representation(row));

    expect(world.record(`dynamics/lead/${row}`).rows[0]).not.toHaveProperty('outSince');
  });
});

describe('a flag for who stays out', () => {
  const flagged: readonly MappingRow[] = [
    ...exampleMapping,
    { field: 'crmIsKeptOut', type: 'boolean', direction: 'to-marketo', columns: {}, marketo: 'crmIsStale' },
  ];

  it('is all that Marketo is told when a row turns out, and is taken down when it turns back', () => {
    const { world, row, person } = pairWith(flagged);
    world.dynamics.edit(row, { new_region: 'APAC', jobtitle: 'Director' });
    world.settle();
    expect(writesTo(world, 'marketo')).toEqual([{ crmIsStale: true }]);

    world.dynamics.edit(row, { new_region: 'EMEA' });
    world.settle();

    expect(world.marketo.field(person, 'crmIsStale')).toBe(false);
    expect(valuesOf(world, row, person, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
  });

  it('makes nobody of a row that was never let in', () => {
    const world = createWorld({ mapping: flagged });
    world.state.policy = { ...world.state.policy, filters };
    world.dynamics.insert('lead', 'lead-1', { new_region: 'APAC' });
    world.readDynamics('lead-1');
    world.settle();

    expect(world.marketo.ids()).toEqual([]);
  });
});

describe('a filter by age', () => {
  it('turns when the time has come, without an event', () => {
    const recent: Expression = {
      not: { name: 'new_seenon', test: { operator: 'olderThanDays', operand: 30 } },
    };
    const world = worldWith({ jobtitle: 'Engineer', new_seenon: '2026-11-01T10:00:00Z' }, recent);
    expect(world.marketo.ids()).toHaveLength(1);
    expect(world.record('dynamics/lead/lead-1').dueAtMs).toBe(Date.parse('2026-12-01T10:00:00Z'));

    world.wakeUp(Date.parse('2026-12-01T10:00:00Z') - world.state.nowMs);

    expect(world.record('dynamics/lead/lead-1').rows[0]?.outSince).toBe('2026-12-01T10:00:00Z');
    expect(world.record('dynamics/lead/lead-1').dueAtMs).toBe(null);
  });
});
