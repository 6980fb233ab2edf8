import { SyncError, topics } from '@lockstep/change-events';
import type { BatchHandler } from '../eventLog.ts';
import {
  numbered,
  onEachLog,
  publish,
  run,
  untilMarked,
  valuesOf,
  waitUntil,
  type EventLogHarness,
} from './eventLogHarness.ts';

/** The promises of `EventLog`; `open` gives an empty log each time. */
export function eventLogContract(name: string, open: () => Promise<EventLogHarness>): void {
  describe(`${name} as event log`, () => {
    const onLog = onEachLog(open);

    it('reads the last value per key, without the keys whose last value is a tombstone', () =>
      onLog(async (log) => {
        const publisher = await log.openPublisher('table/live');
        const write = (key: string, value: unknown) => ({ topic: topics.outcomes, key, value });
        await publisher.publish([write('a', 1), write('b', 1), write('c', 1)]);
        await publisher.publish([write('a', 2), write('b', null)]);
        await publisher.close();
        await untilMarked(log, 'table/live');

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

    it('lets consumers with one writer take turns, up to the commit of a batch', () =>
      onLog(async (log) => {
        const publisher = await log.openPublisher('source');
        await publisher.publish([
          { topic: topics.requests, key: 'k', value: 'first' },
          { topic: topics.checkpoints, key: 'k', value: 'second' },
        ]);
        await publisher.close();
        const finish = new Map<unknown, () => void>();
        const handler: BatchHandler = ({ messages }) =>
          new Promise((resolve) =>
            finish.set(messages[0]?.value, () =>
              resolve({ messages: [{ topic: topics.outcomes, key: 'k', value: messages[0]?.value }] }),
            ),
          );
        const lanes = [topics.requests, topics.checkpoints].map((topic) =>
          run(log, { group: `of ${topic}`, topics: [topic], writer: 'lanes' }, handler),
        );
        await waitUntil(() => finish.size === 1);
        await new Promise((resolve) => setTimeout(resolve, 500));
        const [first] = finish.keys();
        expect(finish.size).toBe(1);

        finish.get(first)?.();
        await waitUntil(() => finish.size === 2);
        const [, second] = finish.keys();
        finish.get(second)?.();
        const reader = run(log, { group: 'others', topics: [topics.outcomes] });
        await waitUntil(() => reader.seen.length === 2);
        await Promise.all([...lanes, reader].map((each) => each.stop()));

        expect(valuesOf(reader.seen)).toEqual([first, second]);
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

    it('puts something else in the place of a message that is too large, where the handler says what', () =>
      onLog(async (log) => {
        await publish(log, 1);
        const write = (key: string, value: unknown) => ({ topic: topics.checkpoints, key, value });
        const reader = run(log, {}, () =>
          Promise.resolve({
            messages: [write('a', 1), write('b', 1), write('b', Buffer.alloc(1_000_001)), write('c', 1)],
            insteadOf: ({ key }) => write(key, 'too large'),
          }),
        );
        await waitUntil(async () => (await log.readLatest(topics.checkpoints)).size === 3);
        await reader.stop();

        expect(await log.readLatest(topics.checkpoints)).toEqual(
          new Map<string, unknown>([
            ['a', 1],
            ['b', 'too large'],
            ['c', 1],
          ]),
        );
      }));

    it('ends when a message is too large and nothing is to be in its place', () =>
      onLog(async (log) => {
        await publish(log, 1);
        const value = Buffer.alloc(1_000_001);
        const failing = run(log, {}, () =>
          Promise.resolve({
            messages: [{ topic: topics.checkpoints, key: 'a', value }],
            insteadOf: (same) => same,
          }),
        );

        await expect(failing.done).rejects.toMatchObject({ code: 'INTERNAL' });
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
          await waitUntil(async () => {
            seenAfterCommit = await log.readLatest(topics.checkpoints);
            return seenAfterCommit.size > 0;
          });
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
        for (const group of ['readers', 'others'])
          expect(await log.expired(group, [topics.requests])).toBe(0);
      }));
  });
}
