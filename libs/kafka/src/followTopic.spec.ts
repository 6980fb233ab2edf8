import { KafkaJSProtocolError, type Admin, type Consumer, type Kafka } from 'kafkajs';
import { followTopic } from './followTopic.ts';
import { jsonCodec } from './testBroker.ts';

type Told = (event: { readonly payload: unknown }) => void;
type Run = Parameters<Consumer['run']>[0];

const loading = { type: 'GROUP_LOAD_IN_PROGRESS', code: 14, retriable: true, message: 'loading', name: '' };
const message = { key: Buffer.from('a'), value: Buffer.from('7'), offset: '0', headers: {} };

/** A broker with one message, that knows of groups from the `knows`th consumer on. */
function brokerThat(knows: number) {
  const asked = { times: 0 };
  const openConsumer = () => {
    const listeners = new Map<string, Told>();
    const run = async (options: Run): Promise<void> => {
      asked.times += 1;
      if (asked.times < knows) throw new KafkaJSProtocolError(loading);
      await options?.eachMessage?.({ partition: 0, message } as never);
      listeners.get('end')?.({ payload: { partition: 0, lastOffset: '0' } });
    };
    const consumer = {
      events: { CRASH: 'crash', END_BATCH_PROCESS: 'end' },
      on: (name: string, told: Told) => void listeners.set(name, told),
      ...{ connect: nothing, subscribe: nothing, disconnect: nothing, seek: () => undefined, run },
    };
    return consumer as unknown as Consumer;
  };
  const admin: Partial<Admin> = {
    ...{ connect: nothing, disconnect: nothing, deleteGroups: () => Promise.resolve([]) },
    fetchTopicOffsets: () => Promise.resolve([{ partition: 0, offset: '1', high: '1', low: '0' }]),
  };
  return { asked, kafka: { admin: () => admin as Admin, consumer: openConsumer } as unknown as Kafka };
}

const nothing = () => Promise.resolve();

async function read(kafka: Kafka): Promise<unknown[]> {
  const values: unknown[] = [];
  const settings = { kafka, codec: jsonCodec, prefix: '', instanceId: 'cli' };
  const options = { topic: 'notices', from: 'beginning', untilEnd: true } as const;
  await followTopic(settings, options, ({ value }) => void values.push(value), new AbortController().signal);

  return values;
}

/** A command of the CLI ended with KAFKA_UNREACHABLE when it was the first to read by a group on a new broker. */
describe('following a topic of a broker that has never had a group', () => {
  it('begins anew until the broker knows of groups', async () => {
    const { asked, kafka } = brokerThat(3);

    expect(await read(kafka)).toEqual([7]);
    expect(asked.times).toBe(3);
  });

  it('fails when the broker never does', async () => {
    await expect(read(brokerThat(Infinity).kafka)).rejects.toMatchObject({
      code: 'KAFKA_UNREACHABLE',
      details: { reason: 'GROUP_LOAD_IN_PROGRESS' },
    });
  });
});
