import { KafkaJSProtocolError, type Admin, type Kafka } from 'kafkajs';
import { consumerLag } from './consumerLag.ts';

const loading = { type: 'GROUP_LOAD_IN_PROGRESS', code: 14, retriable: true, message: 'loading', name: '' };

/** A broker that knows its groups from the `knows`th question on, and the number of connections to it. */
function brokerThat(knows: number) {
  const asked = { times: 0, connections: 0 };
  const admin: Partial<Admin> = {
    connect: async () => void (asked.connections += 1),
    disconnect: () => Promise.resolve(),
    async fetchOffsets() {
      asked.times += 1;
      if (asked.times < knows) throw new KafkaJSProtocolError(loading);
      return [{ topic: 'inbox', partitions: [{ partition: 0, offset: '3', metadata: null }] }];
    },
    fetchTopicOffsets: () => Promise.resolve([{ partition: 0, offset: '10', high: '10', low: '0' }]),
  };
  return { asked, kafka: { admin: () => admin as Admin } as Kafka };
}

describe('the lag of a group', () => {
  it('is asked for again, by a new connection, until a broker that has just started knows the group', async () => {
    const { asked, kafka } = brokerThat(3);

    expect(await consumerLag(kafka, '', 'reconciler', ['inbox'])).toBe(7);
    expect(asked).toEqual({ times: 3, connections: 3 });
  });

  it('is told to be unknown when the broker never does', async () => {
    const { kafka } = brokerThat(Infinity);

    await expect(consumerLag(kafka, '', 'reconciler', ['inbox'])).rejects.toMatchObject({
      code: 'KAFKA_UNREACHABLE',
      details: { reason: 'GROUP_LOAD_IN_PROGRESS' },
    });
  });
});
