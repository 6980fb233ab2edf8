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

  it('leaves a row behind that holds nothing and waits for nothing, and gives up what was on its way to it', () => {
    const { world, person } = linkedPair('lead', { jobtitle: 'Engineer', address1_city: 'Lyon' });
    world.state.refused.add('address1_city');
    world.marketo.write(person, { city: 'Nantes' });
    world.settle();
    world.marketo.write(person, { title: 'Architect' });
    world.readMarketo(person);
    expect(world.record('dynamics/lead/lead-1').outbox).toMatchObject([{ rowId: 'lead-1' }, {}]);

    qualify(world, { jobtitle: 'Engineer', address1_city: 'Lyon' });
    const { record, conflicts } = world.readDynamics('contact-1');

    expect(record.kind).toBe('contact');
    expect(record.rows).toMatchObject([
      { id: 'lead-1', active: false, seen: {}, inFlight: {}, parked: {} },
      { id: person, active: true },
      { id: 'contact-1', active: true },
    ]);
    expect(record.rows[0]?.seen).toEqual({});
    expect(record.rows[0]?.parked).toEqual({});
    expect(record.rows[0]?.inFlight).toEqual({});
    expect(record.outbox.filter((entry) => 'rowId' in entry && entry.rowId === 'lead-1')).toEqual([]);
    expect(conflicts).toEqual([]);
  });

  it.each(orders)('that goes on as lead while its contact stays out is one: %s, then %s', (...order) => {
    const world = qualifiedUnread([true, false], order);

    expect(world.record('dynamics/lead/lead-1').kind).toBe('lead');
    expect(world.marketo.fields('1001')).toMatchObject({ crmType: 'Lead', crmId: 'lead-1' });
  });

  const speakers = (world: World) =>
    world
      .record('dynamics/lead/lead-1')
      .rows.filter(({ system, active }) => system === 'dynamics' && active)
      .map(({ id }) => id);

  it('stays with the first of two contacts that were made of it', () => {
    const { world } = qualifiedPair({ jobtitle: 'Engineer' });
    world.dynamics.insert('contact', 'contact-2', { ...origin, jobtitle: 'Another' });
    world.readDynamics('contact-2');

    expect(speakers(world)).toEqual(['contact-1']);
  });

  it('does not speak again when its contact turns out later', () => {
    const world = createWorld({ firstReadsComplete: false });
    world.dynamics.insert('lead', 'lead-1', { jobtitle: 'Lead' });
    world.readDynamics('lead-1');
    qualify(world, { jobtitle: 'Contact' });
    world.readDynamics('contact-1');
    world.dynamics.edit('contact-1', { new_synctomkto: false });
    world.readDynamics('contact-1');
    world.dynamics.edit('lead-1', { jobtitle: 'Qualified' });
    world.readDynamics('lead-1');

    expect(speakers(world)).toEqual(['contact-1']);
  });

  it('does not speak when it is met after its contact has got a person, and was turned out', () => {
    const world = createWorld();
    world.dynamics.insert('lead', 'lead-1', { jobtitle: 'Lead' });
    qualify(world, { jobtitle: 'Contact' });
    world.readDynamics('contact-1');
    world.carryOut();
    world.dynamics.edit('contact-1', { new_synctomkto: false });
    world.readDynamics('contact-1');
    world.readDynamics('lead-1');

    expect(speakers(world)).toEqual(['contact-1']);
  });

  it('hands a score on that its contact shows otherwise, without a conflict', () => {
    const { world, person } = linkedPair('lead', { mkt_leadscore: null });
    world.marketo.write(person, { leadScore: 75 });
    world.settle();
    qualify(world, { mkt_leadscore: 10 });
    world.readDynamics('contact-1');
    world.settle();

    expect(valuesOf(world, 'contact-1', person, 'leadScore')).toEqual([75, 75, 75]);
    expect(conflictsOf(world)).toEqual([]);
  });
});
