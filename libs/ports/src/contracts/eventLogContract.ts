import { SyncError, topics } from '@lockstep/change-events';
import type {
  Batch,
  BatchHandler,
  ConsumeOptions,
  EventLog,
  IncomingMessage,
  Publisher,
} from '../eventLog.ts';

/** An empty log on which the topics of `eventLogContractTopics` exist. */
export type EventLogHarness = {
  readonly eventLog: EventLog;
  /** Appends bytes that no codec can read. */
  writeGarbage(topic: string, key: string): Promise<void>;
  close(): Promise<void>;
};

/** Of three partitions, one, and one. */
export const eventLogContractTopics = [topics.outcomes, topics.requests, topics.checkpoints] as const;

const waitTimeoutMs = 20_000;
const pollMs = 10;

async function waitUntil(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; !(await isTrue()); waitedMs += pollMs) {
    if (waitedMs > waitTimeoutMs) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

const numbered = (count: number, topic: string = topics.requests, key = 'k') =>
  Array.from({ length: count }, (_, number) => ({ topic, key, value: { number } }));
const valuesOf = (messages: readonly IncomingMessage[]) => messages.map(({ value }) => value);
const nothing: BatchHandler = () => Promise.resolve({ messages: [] });

type Running = {
  readonly seen: IncomingMessage[];
  readonly batches: Batch[];
  /** Settles as `consume` does. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
};

/** Consumes in the background; `handler` decides, what it was given is recorded before. */
function run(eventLog: EventLog, options: Partial<ConsumeOptions>, handler = nothing): Running {
  const stopping = new AbortController();
  const seen: IncomingMessage[] = [];
  const batches: Batch[] = [];
  const done = eventLog.consume(
    { group: 'readers', topics: [topics.requests], batchSizeMax: 100, ...options },
    (batch) => {
      seen.push(...batch.messages);
      batches.push(batch);
      return handler(batch);
    },
    stopping.signal,
  );
  done.catch(() => undefined);
  return {
    seen,
    batches,
    done,
    stop: () => {
      stopping.abort();
      return done;
    },
  };
}

async function publish(eventLog: EventLog, count: number): Promise<void> {
  const publisher: Publisher = await eventLog.openPublisher('writer');
  await publisher.publish(numbered(count));
  await publisher.close();
}

/** The promises of `EventLog`; `open` gives an empty log each time. */
export function eventLogContract(name: string, open: () => Promise<EventLogHarness>): void {
  describe(`${name} as event log`, () => {
    const onLog = async (use: (log: EventLog, harness: EventLogHarness) => Promise<void>) => {
      const harness = await open();
      try {
        await use(harness.eventLog, harness);
      } finally {
        await harness.close();
      }
    };

    it('makes all messages of a publication visible, over several topics, in order per key', () =>
      onLog(async (log) => {
        const publisher = await log.openPublisher('table/live');
        await publisher.publish([...numbered(20), ...numbered(3, topics.outcomes, 'other')]);
        await publisher.close();

        const reader = run(log, { topics: [topics.requests, topics.outcomes] });
        await waitUntil(() => reader.seen.length >= 23);
        await reader.stop();

        const requests = reader.seen.filter(({ topic }) => topic === topics.requests);
        expect(valuesOf(requests)).toEqual(numbered(20).map(({ value }) => value));
        expect(reader.seen).toHaveLength(23);
      }));

    it('makes nothing of a publication visible when one message of it cannot be published', () =>
      onLog(async (log) => {
        const publisher = await log.openPublisher('table/live');
        const unfit = { topic: topics.checkpoints, key: 'bad', value: () => 'no value' };

        await expect(
          publisher.publish([{ topic: topics.checkpoints, key: 'good', value: 1 }, unfit]),
        ).rejects.toThrow();

        expect(await log.readLatest(topics.checkpoints)).toEqual(new Map());
        await publisher.close();
      }));

    it('carries keys, headers and tombstones', () =>
      onLog(async (log) => {
        const publisher = await log.openPublisher('table/live');
        const headers = { traceparent: '00-1-2-01' };
        await publisher.publish([{ topic: topics.requests, key: 'Zoë', value: null, headers }]);
        await publisher.close();

        const reader = run(log, {});
        await waitUntil(() => reader.seen.length >= 1);
        await reader.stop();

        expect(reader.seen[0]).toMatchObject({ key: 'Zoë', value: null, undecodable: null, headers });
      }));

    it('fences the earlier holder of a publisher id before the later one is open', () =>
      onLog(async (log) => {
        const earlier = await log.openPublisher('table/live');
        const later = await log.openPublisher('table/live');

        await expect(
          earlier.publish([{ topic: topics.checkpoints, key: 'k', value: 'stale' }]),
        ).rejects.toMatchObject({ code: 'KAFKA_FENCED' });
        await later.publish([{ topic: topics.checkpoints, key: 'k', value: 'fresh' }]);

        expect(await log.readLatest(topics.checkpoints)).toEqual(new Map([['k', 'fresh']]));
        await Promise.all([earlier.close(), later.close()]);
      }));

    it('leaves publishers with another id alone', () =>
      onLog(async (log) => {
        const lead = await log.openPublisher('lead/live');
        const contact = await log.openPublisher('contact/live');

        await lead.publish([{ topic: topics.checkpoints, key: 'lead', value: 1 }]);
        await contact.publish([{ topic: topics.checkpoints, key: 'contact', value: 2 }]);

        expect((await log.readLatest(topics.checkpoints)).size).toBe(2);
        await Promise.all([lead.close(), contact.close()]);
      }));

    it('reads the last value per key, without the keys whose last value is a tombstone', () =>
      onLog(async (log) => {
        const publisher = await log.openPublisher('table/live');
        const write = (key: string, value: unknown) => ({ topic: topics.outcomes, key, value });
        await publisher.publish([write('a', 1), write('b', 1), write('c', 1)]);
        await publisher.publish([write('a', 2), write('b', null)]);
        await publisher.close();

        expect(await log.readLatest(topics.outcomes)).toEqual(
          new Map([
            ['a', 2],
            ['c', 1],
          ]),
        );
        expect(await log.readLatest(topics.requests)).toEqual(new Map());
      }));

    it('cuts batches to the size asked for, each of one partition and in order', () =>
      onLog(async (log) => {
        await publish(log, 25);

        const reader = run(log, { batchSizeMax: 10 });
        await waitUntil(() => reader.seen.length >= 25);
        await reader.stop();

        expect(Math.max(...reader.batches.map(({ messages }) => messages.length))).toBeLessThanOrEqual(10);
        expect(valuesOf(reader.seen)).toEqual(numbered(25).map(({ value }) => value));
      }));

    it('shows nothing of a batch that failed, and brings it again until it succeeds', () =>
      onLog(async (log) => {
        await publish(log, 3);
        let failures = 0;
        const reader = run(log, {}, (batch) => {
          if (failures++ < 1) return Promise.reject(new SyncError('MONGODB_UNREACHABLE'));
          return Promise.resolve({
            messages: batch.messages.map(({ value }) => ({ topic: topics.outcomes, key: 'k', value })),
          });
        });
        await waitUntil(async () => (await log.lag('readers', [topics.requests])) === 0);
        await reader.stop();

        expect(reader.seen.length).toBeGreaterThan(3);
        const copies = run(log, { group: 'others', topics: [topics.outcomes] });
        await waitUntil(() => copies.seen.length >= 3);
        await copies.stop();
        expect(valuesOf(copies.seen)).toEqual(numbered(3).map(({ value }) => value));
      }));

    it('shows nothing of a batch whose messages cannot all be published, and brings it again after a restart', () =>
      onLog(async (log) => {
        await publish(log, 1);
        let isFit = false;
        const handler: BatchHandler = () =>
          Promise.resolve({
            messages: [
              { topic: topics.checkpoints, key: 'first', value: 1 },
              { topic: topics.checkpoints, key: 'second', value: isFit ? 2 : () => 'no value' },
            ],
          });

        await expect(run(log, {}, handler).done).rejects.toThrow();
        expect(await log.readLatest(topics.checkpoints)).toEqual(new Map());
        isFit = true;
        const again = run(log, {}, handler);
        await waitUntil(async () => (await log.readLatest(topics.checkpoints)).size === 2);
        await again.stop();
      }));

    it('goes on from the committed offset after a restart', () =>
      onLog(async (log) => {
        await publish(log, 5);
        const first = run(log, {});
        await waitUntil(async () => (await log.lag('readers', [topics.requests])) === 0);
        await first.stop();
        const publisher = await log.openPublisher('writer');
        await publisher.publish([{ topic: topics.requests, key: 'k', value: 'later' }]);
        await publisher.close();

        const second = run(log, {});
        await waitUntil(() => second.seen.length > 0);
        await second.stop();

        expect(valuesOf(second.seen)).toEqual(['later']);
      }));

    it('ends and rejects when the handler says that we are wrong, and commits nothing', () =>
      onLog(async (log) => {
        await publish(log, 2);
        const wrong = new SyncError('CONFIG_INVALID');
        const failing = run(log, {}, () => Promise.reject(wrong));

        await expect(failing.done).rejects.toMatchObject({ code: 'CONFIG_INVALID' });

        expect(await log.lag('readers', [topics.requests])).toBeGreaterThanOrEqual(2);
      }));

    it('hands over a message that cannot be decoded with its bytes, and the rest flows', () =>
      onLog(async (log, harness) => {
        await harness.writeGarbage(topics.requests, 'bad');
        await publish(log, 1);

        const reader = run(log, {});
        await waitUntil(() => reader.seen.length >= 2);
        await reader.stop();

        expect(reader.seen[0]).toMatchObject({ key: 'bad', value: null });
        expect(reader.seen[0]?.undecodable?.code).toBe('MESSAGE_UNDECODABLE');
        expect(reader.seen[0]?.undecodable?.bytes.length).toBeGreaterThan(0);
        expect(valuesOf(reader.seen.slice(1))).toEqual([{ number: 0 }]);
      }));

    it('runs what follows a commit after the commit', () =>
      onLog(async (log) => {
        await publish(log, 1);
        let seenAfterCommit: ReadonlyMap<string, unknown> = new Map();
        const afterCommit = async () => {
          seenAfterCommit = await log.readLatest(topics.checkpoints);
        };
        const reader = run(log, {}, () =>
          Promise.resolve({ messages: [{ topic: topics.checkpoints, key: 'k', value: 1 }], afterCommit }),
        );
        await waitUntil(() => seenAfterCommit.size > 0);
        await reader.stop();

        expect(seenAfterCommit).toEqual(new Map([['k', 1]]));
      }));

    it('counts what a group has not committed, everything when it never committed', () =>
      onLog(async (log) => {
        await publish(log, 4);
        expect(await log.lag('readers', [topics.requests, topics.outcomes])).toBeGreaterThanOrEqual(4);

        const reader = run(log, {});
        await waitUntil(async () => (await log.lag('readers', [topics.requests])) === 0);
        await reader.stop();

        expect(await log.lag('others', [topics.requests])).toBeGreaterThanOrEqual(4);
      }));
  });
}
