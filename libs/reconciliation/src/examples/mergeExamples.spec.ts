import { linkedPair } from './examplePairs.ts';
import { createWorld, type World } from './exampleWorld.ts';

/** The worked examples of docs/conflict-resolution.md about merges in Dynamics (F-27). */

/** As Dynamics does it: the loser names the winner and is deactivated. */
const merge = (world: World, winner: string, loser: string): void =>
  world.dynamics.edit(loser, { merged: true, masterid: `lead/${winner}`, statecode: 2 });

function twoLeads(filters: readonly [loser: boolean | null, winner: boolean | null]): World {
  const world = createWorld();
  world.dynamics.insert('lead', 'lead-1', { jobtitle: 'Loser', new_synctomkto: filters[0] });
  world.dynamics.insert('lead', 'lead-2', { jobtitle: 'Winner', new_synctomkto: filters[1] });
  for (const id of ['lead-1', 'lead-2']) world.readDynamics(id);
  world.settle();

  return world;
}

const titlesIn = ({ marketo }: World) => marketo.ids().map((id) => marketo.field(id, 'title'));

describe('a merge in Dynamics', () => {
  it.each([
    [true, true, ['Loser', 'Later']],
    [null, null, ['Loser', 'Later']],
    [false, false, []],
    [false, true, ['Later']],
    [true, false, ['Loser']],
  ])('with the filters %s of the loser and %s of the winner leaves %j', (loser, winner, titles) => {
    const world = twoLeads([loser, winner]);
    merge(world, 'lead-2', 'lead-1');
    world.dynamics.edit('lead-2', { jobtitle: 'Later' });
    world.settle();

    expect(titlesIn(world)).toEqual(titles);
  });

  it('leaves the person of the loser as it is, and its edits reach nobody from then on', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.dynamics.insert('lead', 'lead-2', { jobtitle: 'Winner' });
    merge(world, 'lead-2', row);
    world.settle();
    world.state.received.length = 0;

    world.marketo.write(person, { title: 'Architect' });
    world.dynamics.edit(row, { address1_city: 'Lyon' });
    world.settle();
    world.dynamics.remove(row);
    world.settle();

    expect(world.state.received).toEqual([]);
    expect(world.marketo.fields(person)).toMatchObject({ city: null, crmIsDeleted: false });
    expect(world.record(`dynamics/lead/${row}`).fields['city']?.value).toBe('Lyon');
  });

  it('never makes a person for the loser again, whatever becomes of the one that it had', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    merge(world, 'lead-2', row);
    world.settle();
    world.marketo.remove(person);
    world.readMarketo(person);
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.settle();

    expect(world.marketo.ids()).toEqual([]);
  });

  it('that is undone lets the row go on', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    merge(world, 'lead-2', row);
    world.settle();
    world.dynamics.edit(row, { merged: false, masterid: null, jobtitle: 'Director' });
    world.settle();

    expect(world.marketo.field(person, 'title')).toBe('Director');
  });

  it.each([
    [`lead/lead-2`, 'lead-2'],
    [null, ''],
  ])(
    'with the winner %s is remembered as one with %j, also where an event does not tell',
    (winner, known) => {
      const { world, row } = linkedPair('lead', { jobtitle: 'Engineer' });
      world.dynamics.edit(row, { merged: true, masterid: winner, statecode: 2 });
      world.settle();
      world.dynamics.edit(row, { address1_city: 'Lyon' });
      const { fields, ...event } = world.dynamics.change(row, 'LIVE');
      const { merged: _, masterid: __, ...others } = fields ?? {};
      world.handRow(row, { ...event, fields: others });

      expect(world.record(`dynamics/lead/${row}`).rows[0]).toMatchObject({ mergedInto: known });
      expect(world.record(`dynamics/lead/${row}`).fields['city']?.value).toBe('Lyon');
    },
  );

  it('is told by nothing else: a row that was not merged is no loser', () => {
    const { world, row } = linkedPair('lead', { masterid: 'lead/lead-2' });

    expect(world.record(`dynamics/lead/${row}`).rows[0]).not.toHaveProperty('mergedInto');
  });
});
