import { randomUUID } from 'node:crypto';
import { topicName, topics } from '@lockstep/change-events';
import { Partitioners } from 'kafkajs';
import { groupName } from './names.ts';
import { rewindGroups, type Rewound } from './rewindGroups.ts';
import { createTestTopics, testKafka } from './testBroker.ts';
import { withAdmin } from './withAdmin.ts';

const kafka = testKafka(process.env['KAFKA_BROKERS']);
const hourMs = 3_600_000;
const group = 'readers';

/** Messages of four, three, two and one hours ago on one partition, of which a group has read `read`. */
async function createRead(read: number) {
  const [prefix, nowMs] = [`t${randomUUID().slice(0, 8)}`, Date.now()];
  const [topic, groupId] = [topicName(prefix, topics.outcomes), groupName(prefix, group)];
  await createTestTopics(kafka, prefix, [topics.outcomes]);
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const messages = [4, 3, 2, 1].map((hours) => ({
    ...{ partition: 0, value: `${hours}`, timestamp: String(nowMs - hours * hourMs) },
  }));
  await producer.send({ topic, messages });
  await producer.disconnect();
  await withAdmin(kafka, (admin) =>
    admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: String(read) }] }),
  );
  const place = () =>
    withAdmin(kafka, async (admin) => {
      const [places] = await admin.fetchOffsets({ groupId, topics: [topic] });
      return Number(places?.partitions.find(({ partition }) => partition === 0)?.offset);
    });
  const rewind = async (hours: number) => {
    const rewound: Rewound[] = [];
    const toMs = nowMs - hours * hourMs;
    await rewindGroups({ kafka, prefix, groups: [group, 'nobody'], toMs }, (one) => rewound.push(one));
    return rewound;
  };

  return { topic, groupId, place, rewind };
}

describe('groups that are rewound', () => {
  it('read again what was written since, and nothing that is older', async () => {
    const { place, rewind } = await createRead(4);

    expect(await rewind(2.5)).toEqual([{ group, topic: topics.outcomes, messages: 2 }]);
    expect(await place()).toBe(2);
  });

  it.each([
    ['that they have not reached', 1, 2.5],
    ['after which nothing came', 4, 0.5],
  ])('stay where they are for a time %s', async (_, read, hours) => {
    const { place, rewind } = await createRead(read);

    expect(await rewind(hours)).toEqual([{ group, topic: topics.outcomes, messages: 0 }]);
    expect(await place()).toBe(read);
  });

  it('are left alone while somebody reads in one of them', async () => {
    const { topic, groupId, place, rewind } = await createRead(4);
    const consumer = kafka.consumer({ groupId });
    const joined = new Promise((resolve) => consumer.on('consumer.group_join', resolve));
    await consumer.connect();
    await consumer.subscribe({ topic });
    await consumer.run({ eachMessage: () => Promise.resolve() });
    await joined;

    await expect(rewind(2.5)).rejects.toMatchObject({ code: 'GROUP_IN_USE' });
    await consumer.disconnect();
    expect(await place()).toBe(4);
  });
});
