import { topics, type GoldenEvent } from '@lockstep/change-events';
import { MongoClient } from 'mongodb';
import { runConsole, startAll } from './lockstepServices.ts';
import { untilHolds } from './operatorClient.ts';
import { readTopics } from './readTopics.ts';
import { makeRows, toSeed } from './seedPeople.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const timeoutMs = 120_000;
const leads = makeRows('lead', 4);
const [editedInDynamics = '', editedInMarketo = '', deleted = ''] = leads.map(({ id }) => id);

let lockstep: Lockstep;

beforeAll(async () => {
  lockstep = await startLockstep({ seed: { leads: toSeed(leads) } });
}, timeoutMs);
afterAll(() => lockstep.close());

/** Every document of the database of now in another one, which is named in the answer. */
async function backUp(): Promise<string> {
  const client = await MongoClient.connect(lockstep.mongodbUrl);
  const [from, backup] = [client.db(lockstep.mongodbDatabase), `${lockstep.mongodbDatabase}-backup`];
  for (const { name } of await from.listCollections().toArray()) {
    const documents = await from.collection(name).find().toArray();
    if (documents.length > 0) await client.db(backup).collection(name).insertMany(documents);
  }
  await client.close();

  return backup;
}

/** Every service anew on the database of then, as docs/operations.md says. */
async function putBack(database: string, to: string): Promise<void> {
  const { processes, services, kafkaBrokers, mongodbUrl, topicPrefix } = lockstep;
  await Promise.all(Object.values(processes).map((process) => process.stop()));
  const env = {
    ...{ KAFKA_BROKERS: kafkaBrokers, TOPIC_PREFIX: topicPrefix },
    ...{ MONGODB_URL: mongodbUrl, MONGODB_DATABASE: database },
  };
  expect(await runConsole(['rewind', '--to', to], env)).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^lockstep\.router reads \d+ messages of /m) as unknown,
  });
  await startAll(services, { MONGODB_DATABASE: database });
}

const goldenEvents = async (): Promise<readonly GoldenEvent[]> =>
  (await readTopics({ ...lockstep, names: [topics.goldenChanges('person')] })).flatMap(({ value }) =>
    value === null ? [] : [value as GoldenEvent],
  );

it(
  'takes back nothing and makes nobody twice when the database was put back to a backup, and what came since is decided again',
  async () => {
    const { dynamics, marketo } = lockstep;
    await lockstep.waitUntilInSync({ timeoutMs });
    const madeAt = new Date().toISOString();
    const backup = await backUp();
    const { id } = await marketo.personOfRow(editedInMarketo);
    await dynamics.editRow('lead', editedInDynamics, { jobtitle: 'Pilot' });
    await marketo.editPerson(id, { city: 'Rome' });
    await dynamics.deleteRow('lead', deleted);
    const [born = ''] = await dynamics.createRows('lead', [
      { lastname: 'Born since', emailaddress1: 'born@example.org' },
    ]);
    await lockstep.waitUntilInSync({ timeoutMs });
    const persons = (await marketo.persons()).map((person) => person['id']);
    const before = await goldenEvents();

    await putBack(backup, madeAt);
    await dynamics.editRow('lead', born, { jobtitle: 'Captain' });
    await untilHolds(
      () => marketo.personOfRow(born),
      ({ title }) => title === 'Captain',
      timeoutMs,
    );
    await lockstep.waitUntilInSync({ timeoutMs });

    expect((await marketo.persons()).map((person) => person['id'])).toEqual(persons);
    expect((await marketo.personOfRow(editedInDynamics))['title']).toBe('Pilot');
    expect((await dynamics.row('lead', editedInMarketo))['address1_city']).toBe('Rome');
    const told = new Set(before.map(({ eventId }) => eventId));
    const epochs = (await goldenEvents()).flatMap(({ eventId, revision }) =>
      told.has(eventId) ? [] : [revision.epoch],
    );
    expect(epochs.length).toBeGreaterThan(0);
    expect(Math.min(...epochs)).toBeGreaterThan(Math.max(...before.map(({ revision }) => revision.epoch)));
  },
  4 * timeoutMs,
);
