import { consumerGroups, topicName, topics, type Notice } from '@lockstep/change-events';
import { createKafkaClient } from '@lockstep/kafka';
import { untilHolds } from './operatorClient.ts';
import { readTopics } from './readTopics.ts';
import { makeRows, toSeed } from './seedPeople.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const timeoutMs = 60_000;
const leads = makeRows('lead', 3);

let lockstep: Lockstep;

beforeAll(async () => {
  lockstep = await startLockstep({ seed: { leads: toSeed(leads) } });
}, timeoutMs);
afterAll(() => lockstep.close());

/** The inbox keeps nothing of what it had, and nobody has read it. Resolves with how many messages that were. */
async function expireInbox(): Promise<number> {
  const { kafkaBrokers, topicPrefix } = lockstep;
  const [topic, groupId] = [
    topicName(topicPrefix, topics.inbox),
    `${topicPrefix}/${consumerGroups.reconcile}`,
  ];
  const admin = createKafkaClient({ brokers: kafkaBrokers.split(','), clientId: 'expiry' }).admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  const written = ends.filter(({ high }) => Number(high) > 0);
  const partitions = written.map(({ partition, high }) => ({ partition, offset: high }));
  const unread = partitions.map(({ partition }) => ({ partition, offset: '0' }));
  await admin.setOffsets({ groupId, topic, partitions: unread });
  await admin.deleteTopicRecords({ topic, partitions });
  await admin.disconnect();

  return written.reduce((sum, { high }) => sum + Number(high), 0);
}

const noticesOf = async (code: string): Promise<readonly Notice[]> =>
  (await readTopics({ ...lockstep, names: [topics.notices] }))
    .map(({ value }) => value as Notice)
    .filter((told) => told.code === code);

it(
  'tells of messages that the inbox kept no longer before anybody had decided them, and goes on',
  async () => {
    const { dynamics, marketo, processes, services } = lockstep;
    await lockstep.waitUntilInSync({ timeoutMs });
    for (const { id } of leads) await dynamics.editRow('lead', id, { jobtitle: 'Captain' });
    await lockstep.waitUntilInSync({ timeoutMs });
    await processes.reconciler.stop();
    const expired = await expireInbox();
    expect(expired).toBeGreaterThan(0);

    await services.start('reconciler', 'reconciler-2');
    const [told] = await untilHolds(
      () => noticesOf('INBOX_EXPIRED'),
      ({ length }) => length > 0,
      timeoutMs,
    );

    expect(told).toMatchObject({ severity: 'error', counts: { inbox: expired } });
    await dynamics.editRow('lead', leads[0]?.id ?? '', { jobtitle: 'Pilot' });
    await untilHolds(
      () => marketo.personOfRow(leads[0]?.id ?? ''),
      ({ title }) => title === 'Pilot',
      timeoutMs,
    );
  },
  4 * timeoutMs,
);
