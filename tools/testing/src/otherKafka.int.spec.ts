import { createTopics } from './openBacking.ts';
import { untilHolds } from './operatorClient.ts';
import { makeRows, toSeed } from './seedPeople.ts';
import { startAll } from './lockstepServices.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const timeoutMs = 120_000;
const leads = makeRows('lead', 4);
const [editedInDynamics = '', editedInMarketo = '', deleted = '', untouched = ''] = leads.map(({ id }) => id);

let lockstep: Lockstep;

beforeAll(async () => {
  lockstep = await startLockstep({ seed: { leads: toSeed(leads) } });
}, timeoutMs);
afterAll(() => lockstep.close());

const personOf = (id: string) => lockstep.marketo.personOfRow(id);

/** Every service anew on topics that hold nothing, with the database of before. */
async function loseKafka(meanwhile: () => Promise<void>): Promise<void> {
  const { processes, services } = lockstep;
  await Promise.all(Object.values(processes).map((process) => process.stop()));
  await meanwhile();
  const topicPrefix = `${lockstep.topicPrefix}-again`;
  await createTopics(lockstep, topicPrefix, []);
  await startAll(services, { TOPIC_PREFIX: topicPrefix });
}

it(
  'goes on from the database alone when everything in Kafka is lost: what was edited and deleted arrives, and nobody is made twice',
  async () => {
    const { dynamics, marketo } = lockstep;
    await lockstep.waitUntilInSync({ timeoutMs });
    const { id } = await personOf(editedInMarketo);
    // A third read of the feed, so that what comes after the loss has lower numbers than what came before it.
    for (const city of ['Bern', 'Lyon', 'Oslo']) {
      await marketo.editPerson(id, { city });
      await lockstep.waitUntilInSync({ timeoutMs });
    }

    await loseKafka(async () => {
      await dynamics.editRow('lead', editedInDynamics, { jobtitle: 'Pilot' });
      await marketo.editPerson(id, { city: 'Rome' });
    });

    const { title } = await untilHolds(
      () => personOf(editedInDynamics),
      (person) => person['title'] === 'Pilot',
      timeoutMs,
    );
    expect(title).toBe('Pilot');
    await untilHolds(
      () => dynamics.row('lead', editedInMarketo),
      (row) => row['address1_city'] === 'Rome',
      timeoutMs,
    );
    await dynamics.deleteRow('lead', deleted);
    await untilHolds(
      () => personOf(deleted),
      (person) => person['crmIsDeleted'] === true,
      timeoutMs,
    );
    await lockstep.marketo.editPerson((await personOf(untouched)).id, { city: 'Paris' });
    await untilHolds(
      () => dynamics.row('lead', untouched),
      (row) => row['address1_city'] === 'Paris',
      timeoutMs,
    );
    expect(await marketo.persons()).toHaveLength(leads.length);
  },
  4 * timeoutMs,
);
