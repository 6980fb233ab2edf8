import { inMemoryMarketo } from '@lockstep/ports';
import { createCallNumbers } from '../callNumbers.ts';
import { exampleClock, exampleCommand, exampleLease } from '../pipelineFixtures.ts';
import { createPersonCalls } from './personCalls.ts';

describe('a record that is refused for two fields', () => {
  it('is sent twice and no more, and its outcome is the first refusal', async () => {
    const clock = exampleClock();
    const people = inMemoryMarketo({ now: clock.now });
    people.seed([{}]);
    const sent: string[][] = [];
    people.hooks.beforeUpsert = ({ input }) => void sent.push(Object.keys(input[0] ?? {}));
    const options = {
      people,
      numbers: createCallNumbers(1),
      lease: exampleLease(),
      clock,
      gatherMs: 1,
      traffic: { coming: 1 },
    };
    const fields = { email: 'no address', unsubscribed: 'perhaps', city: 'Bonn' };

    const call = createPersonCalls(options);
    const outcome = await call(exampleCommand({ operation: 'UPDATE', personId: '1', fields }));

    expect(sent).toEqual([
      ['id', 'email', 'unsubscribed', 'city'],
      ['id', 'unsubscribed', 'city'],
    ]);
    expect(outcome).toMatchObject({ result: 'REFUSED', code: '1003', field: 'email', accepted: null });
    expect(people.persons()[0]?.fields['city']).toBeNull();
  });
});
