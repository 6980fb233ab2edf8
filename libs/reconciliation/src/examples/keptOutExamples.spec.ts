import type { ChangeEvent } from '@lockstep/change-events';
import { linkedPair } from './examplePairs.ts';
import { exampleMapping } from './exampleParts.ts';
import { createWorld } from './exampleWorld.ts';
import type { MappingRow } from '../mapping.ts';

/** The worked examples of docs/conflict-resolution.md about what is known of a row that may stay out (F-57, G-09). */

const without = ({ fields, ...event }: ChangeEvent, column: string): ChangeEvent => ({
  ...event,
  fields: Object.fromEntries(Object.entries(fields ?? {}).filter(([name]) => name !== column)),
});
const emea = { name: 'new_region', test: { operator: 'is', operand: ['EMEA'] } } as const;

describe('the No of a row', () => {
  const saysNo = () => {
    const { world, row } = linkedPair('lead', { jobtitle: 'Engineer', new_synctomkto: true });
    world.dynamics.edit(row, { new_synctomkto: false });
    world.readDynamics(row);
    const filterNow = () => world.record(`dynamics/lead/${row}`).rows[0]?.filter;
    return { world, row, filterNow };
  };

  it('stays known where an event does not tell of it', () => {
    const { world, row, filterNow } = saysNo();
    world.dynamics.edit(row, { jobtitle: 'Director', new_synctomkto: true });
    world.handRow(row, without(world.dynamics.change(row, 'LIVE'), 'new_synctomkto'));

    expect(filterNow()).toBe(false);
  });

  it('is not taken back by a blank that only a read by id shows, but by one of a page, or by a Yes', () => {
    const { world, row, filterNow } = saysNo();
    world.dynamics.edit(row, { new_synctomkto: null });
    world.handRow(row, world.dynamics.representation(row));
    expect(filterNow()).toBe(false);
    world.dynamics.edit(row, { new_synctomkto: null });
    world.readDynamics(row);
    expect(filterNow()).toBeNull();
    world.dynamics.edit(row, { new_synctomkto: true });
    world.handRow(row, world.dynamics.representation(row));
    expect(filterNow()).toBe(true);
  });
});

describe('what a filter reads', () => {
  const filtered = () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer', new_region: 'EMEA' });
    world.state.policy = { ...world.state.policy, filters: { byTable: { lead: emea } } };
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row);
    const known = () => world.record(`dynamics/lead/${row}`).rows[0]?.filtered;
    return { world, row, person, known };
  };

  it('is kept with the version that showed it, and as it was where an event does not tell', () => {
    const { world, row, known } = filtered();
    const before = {
      new_region: { values: ['EMEA'], at: { epoch: 1, number: world.dynamics.version(row) } },
    };
    expect(known()).toEqual(before);
    world.dynamics.edit(row, { new_region: 'APAC' });
    world.handRow(row, without(world.dynamics.change(row, 'LIVE'), 'new_region'));
    expect(known()).toEqual(before);
  });

  it('is empty for a blank of a page, and as it was for a blank that only a read by id shows', () => {
    const { world, row, known } = filtered();
    world.dynamics.edit(row, { new_region: null });
    world.handRow(row, world.dynamics.representation(row));
    expect(known()).toMatchObject({ new_region: { values: ['EMEA'] } });
    world.dynamics.edit(row, { new_region: null });
    world.readDynamics(row);

    expect(known()).toMatchObject({ new_region: { values: [] } });
  });

  it('is forgotten when no filter reads it any more', () => {
    const { world, row, known } = filtered();
    world.state.policy = { ...world.state.policy, filters: { byTable: {} } };
    world.dynamics.edit(row, { jobtitle: 'President' });
    world.readDynamics(row);

    expect(known()).toBeUndefined();
    expect(world.record(`dynamics/lead/${row}`).rows[0]).not.toHaveProperty('filtered');
  });

  it('is no news at a version that has shown it', () => {
    const { world, row } = filtered();

    expect(world.readDynamics(row)).toMatchObject({ nothing: 'stale', dirty: false });
  });
});

describe('the flag of a row that stays out', () => {
  const flag: MappingRow = {
    ...{
      field: 'crmIsKeptOut',
      type: 'boolean',
      direction: 'to-marketo',
      columns: {},
      marketo: 'crmIsStale',
    },
  };

  it('is set by the filter, once, and never of a row that is gone', () => {
    const world = createWorld({ mapping: [...exampleMapping, flag], firstReadsComplete: false });
    world.dynamics.insert('lead', 'lead-1', { new_synctomkto: false });
    const { record, goldenEvent } = world.readDynamics('lead-1');
    expect(record.fields['crmIsKeptOut']).toMatchObject({ value: true, source: 'dynamics', rule: 'filter' });
    expect(goldenEvent?.changed.map(({ field }) => field)).toContain('crmIsKeptOut');
    world.dynamics.edit('lead-1', { jobtitle: 'Engineer' });
    const next = world.readDynamics('lead-1').goldenEvent?.changed.map(({ field }) => field);
    expect(next).toEqual(['jobTitle']);

    const gone = createWorld({ mapping: [...exampleMapping, flag], firstReadsComplete: false });
    gone.dynamics.insert('lead', 'lead-1', { new_synctomkto: true });
    gone.readDynamics('lead-1');
    gone.dynamics.remove('lead-1');
    const removed = gone.readDynamics('lead-1').goldenEvent?.changed.map(({ field }) => field);
    expect(removed).toEqual(['crmIsDeleted']);
  });
});
