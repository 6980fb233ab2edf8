import { randomUUID } from 'node:crypto';
import { SyncError, topics } from '@lockstep/change-events';
import { untilMarked, type BatchHandler, type EventLog } from '@lockstep/ports';
import { createEventLog } from './createEventLog.ts';
import { createTestTopics, jsonCodec, testKafka } from './testBroker.ts';

const kafka = testKafka(process.env['KAFKA_BROKERS']);
const aheadMax = 3;
const count = 10;

async function openLogWithMessages(): Promise<EventLog> {
  const prefix = `t${randomUUID().slice(0, 8)}`;
  await createTestTopics(kafka, prefix, [topics.requests, topics.checkpoints]);
  const eventLog = createEventLog({ kafka, codec: jsonCodec, prefix, instanceId: randomUUID() });
  const publisher = await eventLog.openPublisher('writer');
  await publisher.publish(
    Array.from({ length: count }, (_, number) => ({ topic: topics.requests, key: 'k', value: number })),
  );
  await publisher.close();
  await untilMarked(eventLog, 'writer');
  return eventLog;
}

/** Handles messages one by one, several ahead, until all are committed; gives what the handler published, in order. */
async function handleAhead(eventLog: EventLog, handle: (value: number) => Promise<void>): Promise<number[]> {
  const stop = new AbortController();
  const handler: BatchHandler = async ({ messages }) => {
    const value = Number(messages[0]?.value);
    await handle(value);
    return { messages: [{ topic: topics.checkpoints, key: 'k', value }] };
  };
  const options = { group: 'ahead', topics: [topics.requests], batchSizeMax: 1, aheadMax };
  const consuming = eventLog.consume(options, handler, stop.signal);
  const published = await collect(eventLog, count);
  stop.abort();
  await consuming;
  return published;
}

async function collect(eventLog: EventLog, length: number): Promise<number[]> {
  const stop = new AbortController();
  const seen: number[] = [];
  const handler: BatchHandler = ({ messages }) => {
    seen.push(...messages.map(({ value }) => Number(value)));
    if (seen.length >= length) stop.abort();
    return Promise.resolve({ messages: [] });
  };
  await eventLog.consume(
    { group: 'copies', topics: [topics.checkpoints], batchSizeMax: 100 },
    handler,
    stop.signal,
  );
  return seen;
}

/** Handles messages one by one, slowly, and notes them, until the signal. */
function handleSlowly(eventLog: EventLog, handled: number[], signal: AbortSignal): Promise<void> {
  const options = { group: 'slow', topics: [topics.outcomes], batchSizeMax: 1, aheadMax };
  return eventLog.consume(
    options,
    async ({ messages }) => {
      handled.push(Number(messages[0]?.value));
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { messages: [] };
    },
    signal,
  );
}

const inOrder = Array.from({ length: count }, (_, number) => number);

describe('batches that are handled ahead', () => {
  it('begin while the first is not committed, so many at a time, and are committed in order', async () => {
    const eventLog = await openLogWithMessages();
    let underWay = 0;
    let mostUnderWay = 0;
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));

    const published = await handleAhead(eventLog, async (value) => {
      underWay += 1;
      mostUnderWay = Math.max(mostUnderWay, underWay);
      // The first waits for the last that may begin before it is committed, and a later one has no such wait.
      if (value === aheadMax - 1) open();
      if (value === 0) await opened;
      underWay -= 1;
    });

    expect(published).toEqual(inOrder);
    expect(mostUnderWay).toBeGreaterThan(1);
  });

  it('come again after the one before them failed, once that has come again', async () => {
    const eventLog = await openLogWithMessages();
    const handled: number[] = [];
    let failures = 0;

    const published = await handleAhead(eventLog, async (value) => {
      handled.push(value);
      if (value === 3 && failures++ === 0) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        throw new SyncError('MONGODB_UNREACHABLE');
      }
    });

    expect(published).toEqual(inOrder);
    expect(handled.filter((value) => value === 4)).toHaveLength(2);
  });

  // The one who has to give a partition up would else go on until it is fenced, and the other do the same again.
  it('end when somebody joins the group, and none is handled twice', async () => {
    const prefix = `t${randomUUID().slice(0, 8)}`;
    await createTestTopics(kafka, prefix, [topics.outcomes]);
    const open = () => createEventLog({ kafka, codec: jsonCodec, prefix, instanceId: randomUUID() });
    const publisher = await open().openPublisher('writer');
    const slow = 2_000;
    await publisher.publish(
      Array.from({ length: slow }, (_, n) => ({ topic: topics.outcomes, key: `k${n}`, value: n })),
    );
    await publisher.close();
    const first: number[] = [];
    const second: number[] = [];
    const stop = new AbortController();

    const members = [handleSlowly(open(), first, stop.signal)];
    while (first.length < 30) await new Promise((resolve) => setTimeout(resolve, 50));
    members.push(handleSlowly(open(), second, stop.signal));
    while (new Set([...first, ...second]).size < slow)
      await new Promise((resolve) => setTimeout(resolve, 100));
    stop.abort();
    await Promise.all(members);

    expect(second.length).toBeGreaterThan(0);
    expect(first.length + second.length).toBe(slow);
  }, 60_000);
});
