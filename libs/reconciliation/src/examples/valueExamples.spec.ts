import { mappingWithNew } from './exampleParts.ts';
import { conflictsOf, linkedPair, values, writesTo } from './examplePairs.ts';

/** The worked examples of docs/conflict-resolution.md about values and refusals. */

describe('a field that Marketo alone changes', () => {
  it('stays what it is in Dynamics until Marketo says something, whoever edits it there', () => {
    const pair = linkedPair('lead', { mkt_leadscore: 50 });
    const { world, row, person } = pair;
    const score = () => world.dynamics.column(row, 'mkt_leadscore');
    world.marketo.write(person, { leadScore: null });
    world.settle();
    expect(score()).toBe(50);
    world.dynamics.edit(row, { mkt_leadscore: 60 });
    world.settle();
    expect(score()).toBe(60);
    expect(conflictsOf(world)).toEqual([]);

    world.marketo.write(person, { leadScore: 75 });
    world.settle();
    expect(values(pair, 'leadScore')).toEqual([75, 75, 75]);
    world.marketo.write(person, { leadScore: null });
    world.settle();
    expect(values(pair, 'leadScore')).toEqual([null, null, null]);
  });
});

describe('a value', () => {
  it('that is cleared on one side is cleared on the other', () => {
    const pair = linkedPair('contact', { jobtitle: 'Engineer', address1_city: 'Lyon' });
    const { world, row, person } = pair;

    world.dynamics.edit(row, { jobtitle: null });
    world.marketo.write(person, { city: null });
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual([null, null, null]);
    expect(values(pair, 'city')).toEqual([null, null, null]);
  });

  it('of an option set is a number in Dynamics and its label in Marketo, in both directions', () => {
    const pair = linkedPair('lead', { leadsourcecode: 8 });
    const { world, row, person } = pair;
    expect(values(pair, 'leadSource')).toEqual([8, 'Web', 'Web']);

    world.marketo.write(person, { leadSource: 'Seminar' });
    world.settle();

    expect(values(pair, 'leadSource')).toEqual([6, 'Seminar', 'Seminar']);
    expect(world.dynamics.column(row, 'leadsourcecode')).toBe(6);
  });

  it('that Dynamics cannot hold stays in Marketo and holds up nothing else', () => {
    const pair = linkedPair('lead', { leadsourcecode: 8, address1_city: 'Lyon' });
    const { world, person } = pair;
    world.marketo.write(person, { leadSource: 'Podcast', city: 'Nantes' });
    world.settle();

    expect(values(pair, 'leadSource')).toEqual([8, 'Podcast', 'Podcast']);
    expect(values(pair, 'city')).toEqual(['Nantes', 'Nantes', 'Nantes']);
  });

  it('of state or status arrives in Marketo as its label and is never written back', () => {
    const pair = linkedPair('lead', { statecode: 0, statuscode: 1 });
    const { world, row, person } = pair;
    world.dynamics.edit(row, { statecode: 2, statuscode: 6 });
    world.settle();
    world.marketo.write(person, { leadStatus: 'Open' });
    world.settle();

    expect(values(pair, 'crmStatusReason')).toEqual([6, 'No Longer Interested', 'No Longer Interested']);
    expect(values(pair, 'leadStatus')).toEqual([2, 'Disqualified', 'Disqualified']);
    expect(writesTo(world, 'dynamics')).toEqual([]);
  });

  it('of a score goes to Dynamics and is never read back', () => {
    const pair = linkedPair('contact', { mkt_leadscore: null });
    const { world, row, person } = pair;
    world.marketo.write(person, { leadScore: 75 });
    world.settle();
    world.dynamics.edit(row, { mkt_leadscore: 10 });
    world.settle();

    expect(values(pair, 'leadScore')).toEqual([75, 75, 75]);
  });
});

describe('a number', () => {
  it('with more decimals than a golden one has costs neither the other fields nor a write', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    const { world, person } = pair;
    world.marketo.write(person, { annualRevenue: 100 / 3, title: 'Director' });
    world.settle();

    expect(values(pair, 'annualRevenue')).toEqual(['33.3333333333', '33.3333333333', 100 / 3]);
    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
    expect(writesTo(world, 'marketo')).toEqual([]);
  });
});

describe('a value of which Dynamics makes another one', () => {
  const rate = { field: 'rate', type: 'decimal' } as const;
  const rounded = (extras: { direction?: 'to-dynamics'; write?: 'once' }) => {
    const pair = linkedPair('lead', { new_rate: null }, { mapping: mappingWithNew({ ...rate, ...extras }) });
    pair.world.dynamics.onWrite({ new_rate: '1.56' });
    pair.world.marketo.write(pair.person, { rate: 1.555 });
    pair.world.settle();
    return pair;
  };
  const parkedIn = ({ world, row }: ReturnType<typeof rounded>) =>
    world.record(`dynamics/lead/${row}`).rows.map(({ parked }) => parked);

  it.each([{ direction: 'to-dynamics' }, { write: 'once' }] as const)(
    'is written once where it may not change the field (%j), and waits with a code',
    (extras) => {
      const pair = rounded(extras);

      expect(values(pair, 'rate')).toEqual(['1.56', '1.555', 1.555]);
      expect(writesTo(pair.world, 'dynamics')).toEqual([{ new_rate: '1.555' }]);
      expect(parkedIn(pair)).toEqual([{ rate: { value: '1.555', code: 'DYNAMICS_ALTERED' } }, {}]);
    },
  );

  it('puts an edit back once, and takes another value', () => {
    const pair = rounded({ direction: 'to-dynamics' });
    pair.world.dynamics.edit(pair.row, { new_rate: '9' });
    pair.world.settle();
    expect(values(pair, 'rate')).toEqual(['1.56', '1.555', 1.555]);

    pair.world.dynamics.onWrite({});
    pair.world.marketo.write(pair.person, { rate: 2 });
    pair.world.settle();

    expect(values(pair, 'rate')).toEqual(['2', '2', 2]);
    expect(writesTo(pair.world, 'dynamics')).toHaveLength(3);
    expect(parkedIn(pair)).toEqual([{}, {}]);
  });

  it('is that value on both sides where it may', () => {
    const pair = rounded({});

    expect(values(pair, 'rate')).toEqual(['1.56', '1.56', 1.56]);
    expect(conflictsOf(pair.world)).toEqual([]);
    expect(parkedIn(pair)).toEqual([{}, {}]);
  });
});

describe('the helper fields of a person', () => {
  it.each(['lead', 'contact'] as const)('name the row, its type and its deletion for a %s', (kind) => {
    const { world, row, person } = linkedPair(kind, { createdon: '2026-01-02T03:04:05Z' });

    expect(world.marketo.fields(person)).toMatchObject({
      crmId: row,
      crmType: kind === 'lead' ? 'Lead' : 'Contact',
      crmCreatedDate: '2026-01-02T03:04:05Z',
      crmIsDeleted: false,
    });
  });
});

describe('a refusal', () => {
  it('that names a column parks that field until its value changes, and the others flow', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer', address1_city: 'Lyon' });
    const { world, person } = pair;
    world.state.refused.add('jobtitle');
    world.marketo.write(person, { title: 'Architect' });
    world.settle();
    world.marketo.write(person, { city: 'Nantes' });
    world.settle();
    expect(values(pair, 'city')).toEqual(['Nantes', 'Nantes', 'Nantes']);
    expect(values(pair, 'jobTitle')).toEqual(['Engineer', 'Architect', 'Architect']);

    world.state.refused.clear();
    world.marketo.write(person, { title: 'President' });
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['President', 'President', 'President']);
    expect(writesTo(world, 'dynamics')).toEqual([
      { jobtitle: 'Architect' },
      { address1_city: 'Nantes' },
      { jobtitle: 'President' },
    ]);
  });
});
