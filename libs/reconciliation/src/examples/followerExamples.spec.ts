import { createEntityStory } from './exampleEntities.ts';
import { linkedPair } from './examplePairs.ts';
import { mergeRows, recordOf, rest, twoPairs } from './exampleTwoPairs.ts';
import { createWorld, type World } from './exampleWorld.ts';
import { namesOf, personOf } from '../followers.ts';
import type { MappingRow } from '../mapping.ts';

/** How often whoever names the rows of a record was to be told, over its whole history. */
const timesTold = ({ state }: World): number =>
  state.decisions
    .flatMap(({ forwards }) => forwards)
    .filter((message) => message.kind === 'wake-up' && message.reason === 'followers').length;

/** The worked examples of docs/conflict-resolution.md about those who name a person's row. */
describe('whoever leads to a person by its row', () => {
  it('is told once when the person was made anew, and not of edits', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.settle();
    world.marketo.remove(person);
    world.readMarketo(person);
    world.settle();
    expect(timesTold(world)).toBe(0);

    world.dynamics.edit(row, { jobtitle: 'Architect' });
    world.settle();
    world.wakeUp(120_000);
    world.settle();

    expect(world.marketo.ids()).not.toContain(person);
    expect(timesTold(world)).toBe(1);
    expect(world.record('dynamics/lead/lead-1')).not.toHaveProperty('followed');
  });

  it('is told when a contact goes from one company to another, and not of its first one', () => {
    const { world, row } = linkedPair('contact', { jobtitle: 'Engineer' });
    world.dynamics.edit(row, { parentcustomerid: 'account/account-1' });
    world.settle();
    expect(timesTold(world)).toBe(0);

    world.dynamics.edit(row, { parentcustomerid: 'account/account-2' });
    world.settle();
    world.wakeUp(120_000);
    world.settle();

    expect(timesTold(world)).toBe(1);
    expect(world.record('dynamics/contact/contact-1')).not.toHaveProperty('followed');
  });

  it('is told once a row that an operator parted from a person has one of its own, and not by whom it left', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.wish(`dynamics/lead/${row}`, 'unlink', 'golden/parted');
    world.settle();
    expect(world.marketo.ids()).toHaveLength(2);

    world.dynamics.edit(row, { jobtitle: 'Architect' });
    world.settle();
    world.wakeUp(120_000);
    world.settle();

    expect(timesTold(world)).toBe(1);
    expect(world.state.records.get('golden/parted')).not.toHaveProperty('followed');
    expect(world.record(`marketo/person/${person}`)).not.toHaveProperty('followed');
  });

  it('is told again until that is known to have begun', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.marketo.remove(person);
    world.readMarketo(person);
    // What this process asks for is lost with it.
    world.state.losesForwards = true;
    world.dynamics.edit(row, { jobtitle: 'Architect' });
    world.settle();
    world.wakeUp(30_000);
    expect(timesTold(world)).toBe(1);
    world.state.losesForwards = false;

    world.wakeUp(60_000);
    world.wakeUp(60_000);

    expect(timesTold(world)).toBe(2);
    expect(world.record('dynamics/lead/lead-1')).not.toHaveProperty('followed');
  });

  it('is told when the row gets a person again, long after its own went to another record', () => {
    const two = twoPairs();
    const { world, loser, winner } = two;
    mergeRows(two);
    world.marketo.merge(loser.person, winner.person);
    world.readMarketo(winner.person);
    rest(two);
    expect(personOf(recordOf(loser))).toBe(null);
    // Whoever is told by now finds nobody.
    const { goldenId } = recordOf(loser);
    world.handAnswer({ kind: 'wake-up', goldenId, reason: 'followers', target: null });
    world.state.decisions.length = 0;

    world.dynamics.edit(loser.row, { merged: false, masterid: null, statecode: 0, jobtitle: 'Architect' });
    rest(two);

    expect(personOf(recordOf(loser))).toBe(world.marketo.ids().at(-1));
    expect(timesTold(world)).toBe(1);
  });
});

describe('the person by whom a record is known to those who name its row', () => {
  it('is the one that it has, and nobody before that is made or after that was deleted', () => {
    const world = createWorld();
    world.dynamics.insert('lead', 'lead-1', { jobtitle: 'Engineer' });
    world.readDynamics('lead-1');
    const known = () => personOf(world.record('dynamics/lead/lead-1'));
    expect(known()).toBe(null);

    world.settle();
    const [person = ''] = world.marketo.ids();
    expect(known()).toBe(person);

    world.marketo.remove(person);
    world.readMarketo(person);
    expect(known()).toBe(null);
  });

  it('is whoever carries on, where its own was merged away', () => {
    const { world, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    const winner = world.marketo.create({ title: 'Architect' });
    world.marketo.merge(winner, person);
    world.readMarketo(person);

    expect(personOf(world.record('dynamics/lead/lead-1'))).toBe(winner);
  });
});

describe('the rows by which a record finds its person', () => {
  const relation = (field: string, ...parents: string[]): MappingRow => ({
    ...{ field, type: 'string', direction: 'to-marketo', columns: {}, marketo: field, parents },
  });
  const holding = (ids: Record<string, string | null>) => ({
    fields: Object.fromEntries(Object.entries(ids).map(([field, value]) => [field, { value }])),
  });

  it('are those that its relations name where a person may be at the end, each once, in one order', () => {
    const mapping = [
      relation('guest', 'lead', 'contact'),
      relation('host', 'contact'),
      relation('customer', 'account', 'contact'),
      relation('partner', 'lead'),
      relation('account', 'account'),
    ];

    expect(
      namesOf(
        holding({
          ...{ guest: 'row-3', host: 'row-1', customer: 'row-2', partner: 'row-1' },
          ...{ account: 'row-4', name: 'row-5' },
        }),
        mapping,
      ),
    ).toEqual(['row-1', 'row-2', 'row-3']);
  });

  it('are none where a relation is blank, or was never read', () => {
    expect(namesOf(holding({ guest: null }), [relation('guest', 'lead'), relation('host', 'lead')])).toEqual(
      [],
    );
  });

  it('lead past a row that only stands between', () => {
    const through = { tables: ['new_trip'], field: 'new_contactid', parents: ['contact'] };
    const mapping = [{ ...relation('trip', 'new_trip'), through }];

    expect(namesOf(holding({ trip: 'trip-1' }), mapping)).toEqual(['trip-1']);
  });
});

describe('a record whose person is another one in Marketo', () => {
  const contactId = 'contact-1';
  const connection = {
    record1id: { id: 'opportunity-1', table: 'opportunity' },
    record2id: { id: contactId, table: 'contact' },
    record2roleid: null,
  };
  const createRole = () => {
    const story = createEntityStory('connection');
    story.state.parents.set('opportunity-1', 'opportunity-1').set(contactId, 7);
    return story;
  };

  it('goes to it at once, though Marketo had lacked the former one just now, and tells whoever it leads there', () => {
    const { row, answer, wish, state } = createRole();
    const lost = { personId: null, accepted: null, answered: null, code: 'MARKETO_PARENT_MISSING' };
    answer(row(1, connection), { ...lost, result: 'RETRY' });
    state.parents.set(contactId, 8);

    const { commands, forwards, record } = wish('parent');

    expect(commands).toMatchObject([{ operation: 'UPSERT', fields: { leadId: 8 } }]);
    expect(forwards).toMatchObject([{ kind: 'wake-up', goldenId: record.goldenId, reason: 'followers' }]);
  });

  it('that waited for nothing waits for nothing while it goes there', () => {
    const { row, answer, wish, state } = createRole();
    answer(row(1, connection), { result: 'CREATED', personId: 'guid-1' });
    state.parents.set(contactId, 8);

    const { commands, record } = wish('parent');

    expect(commands).toMatchObject([{ operation: 'DELETE', fields: { leadId: 7 } }]);
    expect(record).not.toHaveProperty('held');
  });

  it('is none that is a person itself', () => {
    const { world } = linkedPair('contact', { parentcustomerid: 'account/account-1' });
    const { goldenId } = world.record('dynamics/contact/contact-1');

    expect(world.handAnswer({ kind: 'wake-up', goldenId, reason: 'parent', target: null })).toMatchObject({
      ...{ dirty: false, forwards: [], commands: [] },
    });
  });
});
