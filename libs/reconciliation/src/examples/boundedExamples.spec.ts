import { conflictsOf, linkedPair } from './examplePairs.ts';

/** What a record with its latest conflicts and evidence holds; all edits of this test would not fit. */
const bytesMax = 20_000;

describe('a record that is edited again and again on both sides', () => {
  it('stays small, and keeps the conflicts that were last', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });

    for (let edit = 0; edit < 105; edit += 1) {
      world.dynamics.edit(row, { jobtitle: `Director ${edit}` });
      world.marketo.write(person, { title: `Architect ${edit}` });
      world.readDynamics(row);
      world.readMarketo(person);
      world.settle();
    }

    const record = world.record(`dynamics/lead/${row}`);
    expect(conflictsOf(world).length).toBeGreaterThanOrEqual(105);
    expect(record.conflicts).toHaveLength(20);
    expect(record.conflicts.at(-1)).toMatchObject({ winnerValue: 'Architect 104' });
    const { decidedEvidence = [] } = record.rows.find(({ system }) => system === 'marketo') ?? {};
    expect(decidedEvidence).toHaveLength(100);
    expect(decidedEvidence).not.toContain('activity-2');
    expect(JSON.stringify(record).length).toBeLessThan(bytesMax);
  });
});
