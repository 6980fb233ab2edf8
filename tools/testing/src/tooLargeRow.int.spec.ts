import { topics, type DeadLetter } from '@lockstep/change-events';
import { widenColumn } from './customTable.ts';
import { untilHolds } from './operatorClient.ts';
import { readTopics } from './readTopics.ts';
import { makeRows, toSeed } from './seedPeople.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const timeoutMs = 60_000;
const leads = makeRows('lead', 2);
/** It fits its own topic; with the value before it, the golden event is too large for its topic. */
const longText = (letter: string): string => letter.repeat(600_000);

let lockstep: Lockstep;

beforeAll(async () => {
  lockstep = await startLockstep({ seed: { leads: toSeed(leads) } });
}, timeoutMs);
afterAll(() => lockstep.close());

const letters = async (): Promise<readonly DeadLetter[]> =>
  (await readTopics({ ...lockstep, names: [topics.deadLetters] })).map(({ value }) => value as DeadLetter);

it(
  'tells of a golden event that is too large, and everybody else goes on',
  async () => {
    const { dynamics, marketo, processes } = lockstep;
    const [long = '', other = ''] = leads.map(({ id }) => id);
    await lockstep.waitUntilInSync({ timeoutMs });
    await widenColumn(dynamics, { table: 'lead', name: 'description', lengthMax: 1_048_576 });

    await dynamics.editRow('lead', long, { description: longText('a') });
    await dynamics.editRow('lead', long, { description: longText('b') });
    const [letter] = await untilHolds(letters, ({ length }) => length > 0, timeoutMs);
    for (const id of [long, other]) await dynamics.editRow('lead', id, { jobtitle: 'Pilot' });

    for (const id of [long, other])
      await untilHolds(
        () => marketo.personOfRow(id),
        ({ title }) => title === 'Pilot',
        timeoutMs,
      );
    expect(letter).toMatchObject({
      topic: topics.goldenChanges('person'),
      code: 'EVENT_UNENCODABLE',
      field: 'size',
    });
    expect(processes.reconciler.exitCode()).toBeNull();
  },
  4 * timeoutMs,
);
