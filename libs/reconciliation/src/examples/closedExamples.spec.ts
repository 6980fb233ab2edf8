import { conflictsOf, linkedPair, values, writesTo, type Pair } from './examplePairs.ts';
import { writeDynamics } from './exampleWrites.ts';
import { troublesOf } from '../troubles.ts';

/** The worked examples of docs/conflict-resolution.md about leads that are closed. */

/** A lead that was disqualified, and then edited in Marketo. */
function closedAndEdited(): Pair {
  const pair = linkedPair('lead', { jobtitle: 'Engineer', statecode: 0 });
  const { world, row, person } = pair;
  world.dynamics.edit(row, { statecode: 2 });
  world.settle();
  world.marketo.write(person, { title: 'Architect' });
  world.settle();

  return pair;
}

const troubles = ({ world, row }: Pair) => troublesOf(world.record(`dynamics/lead/${row}`));

const rereadAll = ({ world }: Pair) => {
  world.wakeUp(7_200_000);
  world.settle();
};

describe('a closed lead', () => {
  it('takes no edit of Marketo, which waits with a code that says so', () => {
    const pair = closedAndEdited();

    rereadAll(pair);

    expect(values(pair, 'jobTitle')).toEqual(['Engineer', 'Architect', 'Architect']);
    expect(troubles(pair)).toMatchObject([{ field: 'jobTitle', code: 'DYNAMICS_ROW_CLOSED' }]);
    expect(writesTo(pair.world, 'dynamics')).toHaveLength(1);
  });

  it('takes what waited for it once it is reactivated, by itself and once', () => {
    const pair = closedAndEdited();

    pair.world.dynamics.edit(pair.row, { statecode: 0 });
    pair.world.settle();
    rereadAll(pair);

    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
    expect(troubles(pair)).toEqual([]);
    expect(writesTo(pair.world, 'dynamics')).toEqual([{ jobtitle: 'Architect' }, { jobtitle: 'Architect' }]);
  });

  it('that is reactivated before its refusal arrives is written all the same', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer', statecode: 0 });
    const { world, row, person } = pair;
    world.dynamics.edit(row, { statecode: 2 });
    world.settle();
    world.marketo.write(person, { title: 'Architect' });
    world.readMarketo(person);
    const [write] = world.state.open.splice(0);
    if (write?.to !== 'dynamics') throw new Error('nothing is written');
    const refusal = writeDynamics(world, write);
    world.dynamics.edit(row, { statecode: 0 });
    world.readDynamics(row);
    world.handAnswer(refusal);
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
    expect(troubles(pair)).toEqual([]);
  });

  it('that changes in another way and stays closed refuses once more, and what waits goes on waiting', () => {
    const pair = closedAndEdited();

    pair.world.dynamics.edit(pair.row, { address1_city: 'Lyon' });
    pair.world.settle();
    rereadAll(pair);

    expect(troubles(pair)).toMatchObject([{ field: 'jobTitle', code: 'DYNAMICS_ROW_CLOSED' }]);
    expect(writesTo(pair.world, 'dynamics')).toHaveLength(2);
  });

  it('that was qualified leaves what waited for it to its contact', () => {
    const pair = closedAndEdited();
    const { world, row } = pair;
    world.dynamics.insert('contact', 'contact-1', { originatingleadid: `lead/${row}`, jobtitle: 'Engineer' });
    world.readDynamics('contact-1');
    world.settle();

    expect(world.dynamics.column('contact-1', 'jobtitle')).toBe('Architect');
    expect(troubles(pair)).toEqual([]);
  });

  it('hands on what it refused, which loses to an edit of its contact and is kept', () => {
    const { world, row, person } = closedAndEdited();
    world.dynamics.insert('contact', 'contact-1', { originatingleadid: `lead/${row}`, jobtitle: 'Captain' });
    world.readDynamics('contact-1');
    world.settle();

    expect(world.marketo.field(person, 'title')).toBe('Captain');
    expect(conflictsOf(world)).toMatchObject([
      { winner: 'dynamics', winnerValue: 'Captain', loserValue: 'Architect' },
    ]);
  });

  it('that is used again with another value takes what it refused, and its own one is kept', () => {
    const pair = closedAndEdited();
    pair.world.dynamics.edit(pair.row, { statecode: 0, jobtitle: 'Captain' });
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
    expect(conflictsOf(pair.world)).toMatchObject([{ winner: 'marketo', loserValue: 'Captain' }]);
  });
});
