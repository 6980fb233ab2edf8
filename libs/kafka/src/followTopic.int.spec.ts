import { randomUUID } from 'node:crypto';
import { topics } from '@lockstep/change-events';
import type { IncomingMessage } from '@lockstep/ports';
import { createEventLog } from './createEventLog.ts';
import { followTopic, type FollowOptions } from './followTopic.ts';
import { createTestTopics, jsonCodec, testKafka } from './testBroker.ts';

const topic = topics.notices;
const kafka = testKafka(process.env['KAFKA_BROKERS']);

async function openTopic() {
  const prefix = `t${randomUUID().slice(0, 8)}`;
  await createTestTopics(kafka, prefix, [topic]);
  const settings = { kafka, codec: jsonCodec, prefix, instanceId: randomUUID() };
  const publisher = await createEventLog(settings).openPublisher('follow');
  const put = (...values: number[]) =>
    publisher.publish(values.map((value) => ({ topic, key: String(value % 2), value })));
  return { settings, put, close: () => publisher.close() };
}

/** Follows until `count` messages have come. */
async function follow(
  settings: Parameters<typeof followTopic>[0],
  options: Omit<FollowOptions, 'topic'>,
  count: number,
): Promise<unknown[]> {
  const stop = new AbortController();
  const values: unknown[] = [];
  const visit = ({ value }: IncomingMessage) => {
    if (values.push(value) === count) stop.abort();
  };
  // A broker that is new loads its first group for a moment.
  await followTopic(settings, { topic, persists: true, ...options }, visit, stop.signal);
  return values;
}

/** A broker ends a transaction a moment after it has said so; until then the topic seems to end before what it brought. */
const untilVisible = (settings: Parameters<typeof followTopic>[0], count: number) =>
  follow(settings, { from: 'beginning' }, count);

describe('followTopic', () => {
  it('visits every message of a key, and those that come later, in order', async () => {
    const { settings, put, close } = await openTopic();
    await put(1, 2, 3);
    const following = follow(settings, { from: 'beginning' }, 5);
    await put(4, 5);

    expect(await following).toEqual([1, 2, 3, 4, 5]);
    await close();
  });

  it('visits only what comes after the start when it is asked to', async () => {
    const { settings, put, close } = await openTopic();
    await put(1, 2, 3);
    await untilVisible(settings, 3);
    const stop = new AbortController();
    const values: unknown[] = [];
    const visit = ({ value }: IncomingMessage) => void (values.push(value) === 1 && stop.abort());
    let following = Promise.resolve();
    await new Promise<void>((started) => {
      following = followTopic(settings, { topic, from: 'end', started }, visit, stop.signal);
    });
    await put(4);
    await following;

    expect(values).toEqual([4]);
    await close();
  });

  it('tells once when it has visited what was there at the start', async () => {
    const { settings, put, close } = await openTopic();
    await put(1, 2);
    await untilVisible(settings, 2);
    const stop = new AbortController();
    const seen: unknown[] = [];
    const visit = ({ value }: IncomingMessage) => void (seen.push(value) === 4 && stop.abort());
    const caughtUp = () => {
      seen.push('caught up');
      void put(3);
    };
    await followTopic(settings, { topic, from: 'beginning', caughtUp }, visit, stop.signal);

    expect(seen).toEqual([1, 2, 'caught up', 3]);
    await close();
  });

  it('ends by itself at what was the end when it started', async () => {
    const { settings, put, close } = await openTopic();
    const never = Number.POSITIVE_INFINITY;

    expect(await follow(settings, { from: 'beginning', untilEnd: true }, never)).toEqual([]);
    await put(1, 2);
    await untilVisible(settings, 2);
    expect(await follow(settings, { from: 'beginning', untilEnd: true }, never)).toEqual([1, 2]);
    await close();
  });

  it('rejects with the failure of a visit', async () => {
    const { settings, put, close } = await openTopic();
    await put(1);
    const failing = followTopic(
      settings,
      { topic, from: 'beginning' },
      () => Promise.reject(new Error('no')),
      new AbortController().signal,
    );

    await expect(failing).rejects.toThrow('no');
    await close();
  });
});
