import { linkedPair, writesTo } from './examplePairs.ts';
import { createWorld } from './exampleWorld.ts';

/** The worked examples of docs/conflict-resolution.md about when both sides agree, and what is written to Dynamics. */

const fieldOf = (world: ReturnType<typeof createWorld>, field: string, key = 'dynamics/lead/lead-1') =>
  world.record(key).fields[field];

describe('a field is agreed', () => {
  it('when both sides hold it, and not while a write is on its way', () => {
    const { world, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    expect(fieldOf(world, 'jobTitle')).toMatchObject({ agreed: true, base: 'Engineer', source: 'dynamics' });
    world.marketo.write(person, { title: 'Director' });
    world.readMarketo(person);
    expect(fieldOf(world, 'jobTitle')).toMatchObject({ agreed: false, base: 'Engineer' });
    world.carryOut();

    expect(fieldOf(world, 'jobTitle')).toEqual({
      ...{
        value: 'Director',
        base: 'Director',
        agreed: true,
        source: 'marketo',
        changedAt: expect.anything(),
      },
      ...{ rule: 'changed', eventId: expect.stringContaining('marketo/') },
    });
  });

  it('with a side that has refused it, cannot hold it, or has no column for it', () => {
    const { world, person } = linkedPair('contact', { jobtitle: 'Engineer' });
    world.state.refused.add('jobtitle');
    world.marketo.write(person, { title: 'Director', leadSource: 'Web', crmPreferredContactMethod: 'x' });
    world.settle();
    const key = 'dynamics/contact/contact-1';

    expect(fieldOf(world, 'jobTitle', key)).toMatchObject({ value: 'Director', agreed: true });
    expect(fieldOf(world, 'leadSource', key)).toMatchObject({ value: 'Web', agreed: true });
  });

  it('with a label that Dynamics lacks', () => {
    const { world, person } = linkedPair('lead', { leadqualitycode: 1 });
    world.marketo.write(person, { rating: 'Boiling' });
    world.readMarketo(person);

    expect(fieldOf(world, 'rating')).toMatchObject({ value: 'Boiling', agreed: true });
  });

  it('by nobody alone, nor with a person that was deleted', () => {
    const world = createWorld({ firstReadsComplete: false });
    world.dynamics.insert('lead', 'lead-1', { jobtitle: 'Engineer' });
    world.readDynamics('lead-1');
    expect(fieldOf(world, 'jobTitle')).toMatchObject({ agreed: false });

    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    pair.world.marketo.remove(pair.person);
    pair.world.readMarketo(pair.person);
    pair.world.state.policy = { ...pair.world.state.policy, deletedInMarketo: 'stay-deleted' };
    pair.world.dynamics.edit(pair.row, { jobtitle: 'Director' });
    pair.world.readDynamics(pair.row);
    pair.world.dynamics.edit(pair.row, { jobtitle: 'Engineer' });
    pair.world.readDynamics(pair.row);

    expect(fieldOf(pair.world, 'jobTitle')).toMatchObject({ value: 'Engineer', agreed: false });
  });
});

describe('what is written to Dynamics', () => {
  it('is one write at a time, with what changed meanwhile after its answer', () => {
    const { world, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.marketo.write(person, { title: 'Director' });
    world.readMarketo(person);
    world.marketo.write(person, { city: 'Nantes' });
    expect(world.readMarketo(person).dynamicsWrites).toEqual([]);
    world.settle();

    expect(writesTo(world, 'dynamics')).toEqual([{ jobtitle: 'Director' }, { address1_city: 'Nantes' }]);
  });

  it('is a column once, though two fields have it, and never one that only Marketo is told', () => {
    const { world, person } = linkedPair('lead', { subject: 'Engines' });
    world.marketo.write(person, { crmTopic: 'Wings', crmSubject: 'Wheels' });
    world.settle();

    expect(writesTo(world, 'dynamics')).toEqual([{ subject: 'Wings' }]);
    expect(world.marketo.fields(person)).toMatchObject({ crmTopic: 'Wings', crmSubject: 'Wings' });
  });

  it('is nothing where only a read by id shows a blank, which may be a column that may not be read', () => {
    const { world, row } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.dynamics.hide('jobtitle');
    world.dynamics.edit(row, { address1_city: 'Lyon' });
    world.handRow(row, world.dynamics.representation(row));
    const { rows, fields } = world.record(`dynamics/lead/${row}`);

    expect(rows[0]).toMatchObject({ unproven: ['jobTitle'], seen: { jobTitle: { value: 'Engineer' } } });
    expect(fields).toMatchObject({ jobTitle: { value: 'Engineer' }, city: { value: 'Lyon' } });
    world.settle();
    expect(writesTo(world, 'dynamics')).toEqual([]);
    world.dynamics.edit(row, { address1_city: 'Paris' });
    world.readDynamics(row);
    expect(world.record(`dynamics/lead/${row}`).rows[0]).not.toHaveProperty('unproven');
    expect(fieldOf(world, 'jobTitle')?.value).toBeNull();
  });

  it('is nothing to a row that stays out, lost a merge, or is gone', () => {
    for (const columns of [{ new_synctomkto: false }, { merged: true, masterid: 'lead/lead-2' }]) {
      const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
      world.dynamics.edit(row, columns);
      world.settle();
      world.marketo.write(person, { title: 'Director' });

      expect(world.readMarketo(person)).toMatchObject({ dynamicsWrites: [], dirty: true });
    }
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.dynamics.remove(row);
    world.readDynamics(row);
    world.marketo.write(person, { title: 'Director' });
    expect(world.readMarketo(person).dynamicsWrites).toEqual([]);
  });
});
