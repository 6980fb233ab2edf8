import type { ScalarValues } from '@lockstep/change-events';
import { conflictsOf, linkedPair, type Pair } from './examplePairs.ts';
import { createWorld, valuesOf, type World } from './exampleWorld.ts';

/** The worked examples of docs/conflict-resolution.md about leads that are qualified (F-04, F-26, G-10). */

const origin = { originatingleadid: 'lead/lead-1' };

/** As Dynamics does it: a contact that takes its values from the lead, which is closed. */
function qualify(world: World, columns: ScalarValues = {}, lead: ScalarValues = {}): void {
  world.dynamics.insert('contact', 'contact-1', { ...origin, ...columns });
  world.dynamics.edit('lead-1', { statecode: 1, ...lead });
}

function qualifiedPair(columns: ScalarValues, ofContact: ScalarValues = columns): Pair {
  const { world, person } = linkedPair('lead', columns);
  qualify(world, ofContact);
  world.readDynamics('contact-1');
  world.settle();

  return { world, row: 'contact-1', person };
}

const valuesOfContact = ({ world, person }: Pair, field: string) =>
  valuesOf(world, 'contact-1', person, field);

/** Both rows are read in the given order, each filter as it says; `undefined` is a column that is not there. */
function qualifiedUnread(filters: readonly (boolean | undefined)[], order: readonly string[]): World {
  const world = createWorld();
  const [ofLead, ofContact] = filters.map((filter) =>
    filter === undefined ? {} : { new_synctomkto: filter },
  );
  world.dynamics.insert('lead', 'lead-1', { jobtitle: 'Lead', ...ofLead });
  qualify(world, { jobtitle: 'Contact', ...ofContact });
  for (const id of order) world.readDynamics(id, 'BACKFILL');
  world.settle();

  return world;
}

const titlesIn = ({ marketo }: World) => marketo.ids().map((id) => marketo.field(id, 'title'));

const orders = [
  ['lead-1', 'contact-1'],
  ['contact-1', 'lead-1'],
];

describe('a lead that is qualified', () => {
  it('goes on as its contact: the same person, of the other type, named by the contact', () => {
    const pair = qualifiedPair({ jobtitle: 'Engineer' });

    expect(pair.world.marketo.ids()).toEqual([pair.person]);
    expect(pair.world.marketo.fields(pair.person)).toMatchObject({ crmType: 'Contact', crmId: 'contact-1' });
    expect(pair.world.record('dynamics/contact/contact-1')).toBe(pair.world.record('dynamics/lead/lead-1'));
    expect(conflictsOf(pair.world)).toEqual([]);
  });

  it('turns the authority over the person to Dynamics', () => {
    const pair = qualifiedPair({ jobtitle: 'Engineer' });
    pair.world.dynamics.edit('contact-1', { jobtitle: 'Director' });
    pair.world.marketo.write(pair.person, { title: 'Architect' });
    pair.world.settle();

    expect(valuesOfContact(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
    expect(conflictsOf(pair.world)).toMatchObject([{ rule: 'dynamics-wins-for-contacts' }]);
  });

  it('takes an edit of Marketo along that the contact was made without', () => {
    const { world, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.marketo.write(person, { title: 'Architect' });
    world.readMarketo(person);
    qualify(world, { jobtitle: 'Engineer' });
    world.readDynamics('contact-1');
    world.settle();

    expect(valuesOf(world, 'contact-1', person, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
    expect(conflictsOf(world)).toEqual([]);
  });

  it('fills what the contact did not take from it, an opt-out among that', () => {
    const pair = qualifiedPair(
      { jobtitle: 'Engineer', donotbulkemail: true },
      { jobtitle: null, donotbulkemail: false },
    );

    expect(valuesOfContact(pair, 'jobTitle')).toEqual(['Engineer', 'Engineer', 'Engineer']);
    expect(valuesOfContact(pair, 'unsubscribed')).toEqual([true, true, true]);
  });

  it('speaks no more: edits and the deletion of the closed row reach nobody', () => {
    const pair = qualifiedPair({ jobtitle: 'Engineer' });
    pair.world.state.received.length = 0;
    pair.world.dynamics.edit('lead-1', { jobtitle: 'Director' });
    pair.world.settle();
    pair.world.dynamics.remove('lead-1');
    pair.world.settle();

    expect(pair.world.state.received).toEqual([]);
    expect(pair.world.marketo.fields(pair.person)).toMatchObject({ title: 'Engineer', crmIsDeleted: false });
  });

  describe.each(orders)('with %s read before %s', (...order) => {
    it.each([
      [false, false, []],
      [true, true, ['Contact']],
      [false, true, ['Contact']],
      [false, undefined, ['Contact']],
      [undefined, undefined, ['Contact']],
      [true, false, ['Lead']],
    ])(
      'and the filters %s of the lead and %s of the contact is in Marketo as %j',
      (lead, contact, titles) => {
        expect(titlesIn(qualifiedUnread([lead, contact], order))).toEqual(titles);
      },
    );
  });

  it('whose contact says No gets its own last update, and goes on as contact once that says Yes', () => {
    const { world, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    qualify(world, { jobtitle: 'Director', new_synctomkto: false }, { jobtitle: 'Qualified' });
    world.readDynamics('contact-1');
    world.settle();
    expect(world.marketo.fields(person)).toMatchObject({ title: 'Qualified', crmType: 'Lead' });

    world.dynamics.edit('contact-1', { new_synctomkto: true });
    world.settle();
    expect(world.marketo.ids()).toEqual([person]);
    expect(world.marketo.fields(person)).toMatchObject({ title: 'Director', crmType: 'Contact' });
  });
});
