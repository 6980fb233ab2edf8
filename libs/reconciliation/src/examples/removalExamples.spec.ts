import { linkedPair, values, writesTo, type Pair } from './examplePairs.ts';
import type { Policy } from '../policy.ts';
import { valuesOf, type World } from './exampleWorld.ts';
import type { Expression } from '../expression.ts';

/** The worked examples of docs/conflict-resolution.md about persons that go with their rows (G-08, G-09). */

const withPolicy = (pair: Pair, policy: Partial<Policy>): Pair => {
  pair.world.state.policy = { ...pair.world.state.policy, ...policy };

  return pair;
};

const goes = () => withPolicy(linkedPair('lead', { jobtitle: 'Engineer' }), { deletedInDynamics: 'delete' });

const columns = { jobtitle: 'Engineer', address1_city: 'Lyon', emailaddress1: 'ann@example.com' };
const onlyPerson = ({ marketo }: World): string => marketo.ids()[0] ?? '';

describe('a row that was deleted in Dynamics', () => {
  it('takes its person with it, once, when the policy says so', () => {
    const { world, row, person } = goes();
    world.dynamics.remove(row);
    world.settle();

    expect(world.marketo.ids()).toEqual([]);
    expect(writesTo(world, 'marketo')).toEqual([{}]);
    world.readMarketo(person);
    world.settle();
    world.wakeUp(7_200_000);
    world.settle();
    expect(writesTo(world, 'marketo')).toHaveLength(1);
    expect(world.record(`dynamics/lead/${row}`).waiting).toBe(null);
  });

  it('is told to nobody when the policy is to keep persons as they are', () => {
    const { world, row, person } = withPolicy(linkedPair('lead', columns), { deletedInDynamics: 'keep' });
    world.dynamics.remove(row);
    world.settle();

    expect(world.marketo.field(person, 'crmIsDeleted')).toBe(false);
    expect(writesTo(world, 'marketo')).toEqual([]);
  });

  it('that a later page shows again brings a new person, although persons are to stay deleted', () => {
    const { world, row, person } = withPolicy(goes(), { deletedInMarketo: 'stay-deleted' });
    world.dynamics.remove(row);
    world.settle();
    world.dynamics.insert('lead', row, { jobtitle: 'Engineer' });
    world.readDynamics(row);
    world.settle();

    const created = onlyPerson(world);
    expect(created).not.toBe(person);
    expect(valuesOf(world, row, created, 'jobTitle')).toEqual(['Engineer', 'Engineer', 'Engineer']);
    expect(world.marketo.field(created, 'crmIsDeleted')).toBe(false);
  });

  it('leaves an opt-out behind that its person took until the end, for whoever has the address later', () => {
    const { world, row, person } = withPolicy(linkedPair('lead', columns), { deletedInDynamics: 'delete' });
    world.dynamics.remove(row);
    world.readDynamics(row);
    // Nobody has read it in the feed when the person goes.
    world.marketo.write(person, { unsubscribed: true });
    world.carryOut();
    world.dynamics.insert('lead', 'lead-2', columns);
    world.readDynamics('lead-2');
    world.settle();

    expect(valuesOf(world, 'lead-2', onlyPerson(world), 'unsubscribed')).toEqual([true, true, true]);
  });

  it('is settled by a read when the answer is lost', () => {
    const { world, row } = goes();
    world.dynamics.remove(row);
    world.readDynamics(row);
    world.carryOut({ loseAnswers: true });
    world.wakeUp(95_000);
    world.settle();

    const record = world.record(`dynamics/lead/${row}`);
    expect(record.rows.find(({ system }) => system === 'marketo')?.deletedAt).not.toBe(null);
    expect(record.outbox.filter(({ kind }) => kind === 'marketo-write')).toEqual([]);
    expect(record.waiting).toBe(null);
  });

  it('marks the person only, while the lead that the contact was made of is still there', () => {
    const { world, row, person } = goes();
    world.dynamics.edit(row, { statecode: 1 });
    world.dynamics.insert('contact', 'contact-1', { originatingleadid: `lead/${row}` });
    world.readDynamics('contact-1');
    world.settle();
    world.dynamics.remove('contact-1');
    world.readDynamics('contact-1');
    world.settle();

    expect(world.marketo.field(person, 'crmIsDeleted')).toBe(true);
  });
});

describe('a filter that removes persons', () => {
  const european: Expression = { name: 'new_region', test: { operator: 'is', operand: ['EMEA'] } };
  const removes = () =>
    withPolicy(linkedPair('lead', { ...columns, new_region: 'EMEA' }), {
      filters: { byTable: { lead: european }, removesPersons: true },
    });

  it('has the person of a row deleted that turns out, and makes a new one when it turns in again', () => {
    const pair = removes();
    const { world, row, person } = pair;
    world.dynamics.edit(row, { new_region: 'APAC' });
    world.settle();
    expect(world.marketo.ids()).toEqual([]);
    expect(world.dynamics.column(row, 'jobtitle')).toBe('Engineer');

    world.dynamics.edit(row, { new_region: 'EMEA', jobtitle: 'Director' });
    world.settle();

    const created = onlyPerson(world);
    expect(created).not.toBe(person);
    expect(values({ ...pair, person: created }, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
  });

  it('takes the last edit of Marketo to the row when that turns in again', () => {
    const pair = removes();
    const { world, row, person } = pair;
    world.dynamics.edit(row, { new_region: 'APAC' });
    world.readDynamics(row);
    world.marketo.write(person, { city: 'Nantes' });
    world.settle();
    world.dynamics.edit(row, { new_region: 'EMEA' });
    world.settle();

    expect(values({ ...pair, person: onlyPerson(world) }, 'city')).toEqual(['Nantes', 'Nantes', 'Nantes']);
  });

  it('leaves alone whose column nobody has shown, and whoever has no row', () => {
    const { world, person } = withPolicy(linkedPair('lead', columns), {
      filters: { byTable: { lead: european }, removesPersons: true },
    });
    const free = world.marketo.create({ email: 'bob@example.com' });
    world.readMarketo(free);
    world.settle();
    world.wakeUp(60_000);
    world.settle();

    expect(world.marketo.ids()).toEqual([person, free]);
  });
});
