import { startAll } from './lockstepServices.ts';
import { createTopics } from './openBacking.ts';
import { untilHolds } from './operatorClient.ts';
import { makeRows, toSeed } from './seedPeople.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const timeoutMs = 120_000;
const leads = makeRows('lead', 4);
const [edited = ''] = leads.map(({ id }) => id);

let lockstep: Lockstep;

beforeAll(async () => {
  lockstep = await startLockstep({ seed: { leads: toSeed(leads) }, matchByEmail: false });
}, timeoutMs);
afterAll(() => lockstep.close());

/** Every service anew, on topics and a database that hold nothing. */
async function loseEverything(): Promise<void> {
  const { processes, services } = lockstep;
  await Promise.all(Object.values(processes).map((process) => process.stop()));
  const again = `${lockstep.topicPrefix}-again`;
  await createTopics(lockstep, again, []);
  await startAll(services, { TOPIC_PREFIX: again, MONGODB_DATABASE: again });
}

it(
  'finds everybody again by our key when topics and database are lost, without matching by email, and makes nobody twice',
  async () => {
    const { dynamics, marketo } = lockstep;
    await lockstep.waitUntilInSync({ timeoutMs });
    const before = (await marketo.persons()).map(({ id, crmId }) => [id, crmId]);

    await loseEverything();
    await dynamics.editRow('lead', edited, { jobtitle: 'Pilot' });
    await untilHolds(
      () => marketo.personOfRow(edited),
      ({ title }) => title === 'Pilot',
      timeoutMs,
    );
    await marketo.editPerson((await marketo.personOfRow(edited)).id, { city: 'Rome' });
    await untilHolds(
      () => dynamics.row('lead', edited),
      (row) => row['address1_city'] === 'Rome',
      timeoutMs,
    );
    await lockstep.waitUntilInSync({ timeoutMs });

    expect((await marketo.persons()).map(({ id, crmId }) => [id, crmId])).toEqual(before);
  },
  4 * timeoutMs,
);
