import { conflictsOf, linkedPair } from './examplePairs.ts';

/** What a record with its latest conflicts and evidence holds; all edits of this test would not fit. */
const bytesMax = 20_000;
/** As long a text as a column of Dynamics holds is 1,048,576; two of them are too large for a topic. */
const textLength = 450_000;

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

  it('keeps no more long texts than a document of the database may hold', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'short' });
    const long = (letter: string): string => letter.repeat(textLength);

    for (let edit = 0; edit < 25; edit += 1) {
      world.dynamics.edit(row, { jobtitle: long(`${edit % 10}`) });
      world.marketo.write(person, { title: long(String.fromCharCode(97 + edit)) });
      world.readDynamics(row);
      world.readMarketo(person);
      world.settle();
    }

    const { conflicts } = world.record(`dynamics/lead/${row}`);
    expect(conflicts.length).toBeGreaterThan(0);
    expect(conflicts.at(-1)).toMatchObject({ winnerValue: long('y') });
    expect(JSON.stringify(conflicts).length).toBeLessThan(4 * 1024 * 1024);
  });
});
