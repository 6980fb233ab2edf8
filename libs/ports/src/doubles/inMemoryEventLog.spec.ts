import { SyncError, topics } from '@lockstep/change-events';
import { eventLogContract } from '../contracts/eventLogContract.ts';
import { eventLogPublishingContract } from '../contracts/eventLogPublishingContract.ts';
import { inMemoryEventLog } from './inMemoryEventLog.ts';

const openDouble = () => {
  const eventLog = inMemoryEventLog();
  return Promise.resolve({
    eventLog,
    writeGarbage: (topic: string, key: string) => Promise.resolve(eventLog.injectUndecodable(topic, key)),
    close: () => Promise.resolve(),
  });
};

eventLogContract('the in-memory double', openDouble);
eventLogPublishingContract('the in-memory double', openDouble);

const request = (key: string, value: unknown) => ({ topic: topics.requests, key, value });
const readers = { group: 'readers', topics: [topics.requests], batchSizeMax: 2 };

async function logWith(...values: unknown[]) {
  const log = inMemoryEventLog();
  const publisher = await log.openPublisher('writer');
  await publisher.publish(values.map((value) => request('k', value)));
  return log;
}

describe('driving the in-memory event log', () => {
  it('delivers one batch at a time, and shows what waits', async () => {
    const log = await logWith(1, 2, 3);
    const seen: unknown[] = [];
    log.subscribe(readers, ({ messages }) => {
      seen.push(...messages.map(({ value }) => value));
      return Promise.resolve({ messages: [] });
    });

    expect(await log.deliver('readers')).toBe(true);
    expect(seen).toEqual([1, 2]);
    expect(log.pending('readers')).toEqual([{ topic: topics.requests, partition: 0, count: 1 }]);
    expect(await log.deliver('readers', topics.requests, 0, 1)).toBe(true);
    expect(await log.deliver('readers')).toBe(false);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('commits nothing of a consumer that was replaced while it handled a batch', async () => {
    const log = await logWith(1);
    let finish = () => {};
    const waiting = new Promise<void>((resolve) => (finish = resolve));
    log.subscribe(readers, async () => {
      await waiting;
      return { messages: [{ topic: topics.outcomes, key: 'k', value: 'zombie' }] };
    });
    const zombie = log.deliver('readers');
    log.subscribe(readers, () => Promise.resolve({ messages: [] }));
    finish();

    await expect(zombie).rejects.toMatchObject({ code: 'KAFKA_FENCED' });
    expect(log.messages(topics.outcomes)).toEqual([]);
    expect(log.pending('readers')).toHaveLength(1);
  });

  it.each([
    ['publish', 0],
    ['published', 1],
  ] as const)('fails a publication at the point %s, with %i messages visible', async (struck, visible) => {
    const log = inMemoryEventLog({
      atPoint: (point) => {
        if (point === struck) throw new SyncError('KAFKA_UNREACHABLE');
      },
    });
    const publisher = await log.openPublisher('writer');

    await expect(publisher.publish([request('k', 1)])).rejects.toMatchObject({ code: 'KAFKA_UNREACHABLE' });
    expect(log.messages(topics.requests)).toHaveLength(visible);
  });

  it('keeps what it holds apart from what was handed in and out', async () => {
    const value = { name: 'before' };
    const log = await logWith(value);
    value.name = 'after';
    const [message] = log.messages(topics.requests);
    (message?.value as { name: string }).name = 'changed by a reader';

    expect(log.messages(topics.requests)[0]?.value).toEqual({ name: 'before' });
  });

  it('refuses a topic that nobody defined', async () => {
    const publisher = await inMemoryEventLog().openPublisher('writer');

    await expect(publisher.publish([{ topic: 'nowhere', key: 'k', value: 1 }])).rejects.toMatchObject({
      code: 'TOPIC_MISSING',
    });
  });
});
