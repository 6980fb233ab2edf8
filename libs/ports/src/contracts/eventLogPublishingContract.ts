import { topics } from '@lockstep/change-events';
import type { HeadVisitor } from '../eventLog.ts';
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

/** What `Publisher` promises, and `EventLog` of scans; `open` gives an empty log each time. */
export function eventLogPublishingContract(name: string, open: () => Promise<EventLogHarness>): void {
  describe(`${name} as event log, publishing and scanning`, () => {
    const onLog = onEachLog(open);

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
        ).rejects.toMatchObject({
          code: 'EVENT_UNENCODABLE',
          details: { topic: topics.checkpoints, key: 'bad' },
        });

        expect(await log.readLatest(topics.checkpoints)).toEqual(new Map());
        await publisher.close();
      }));

    it('publishes the others after one message could not be published', () =>
      onLog(async (log) => {
        const publisher = await log.openPublisher('table/live');
        const many = Array.from({ length: 2_200 }, (_, n) => ({
          topic: topics.outcomes,
          key: `k${n}`,
          value: n,
        }));
        const unfit = { topic: topics.outcomes, key: 'bad', value: () => 'no value' };
        await expect(publisher.publish([...many, unfit])).rejects.toMatchObject({
          code: 'EVENT_UNENCODABLE',
        });

        await publisher.publish(many);
        await publisher.publish([{ topic: topics.outcomes, key: 'k0', value: 'later' }]);
        await publisher.close();
        await untilMarked(log, 'table/live');

        const latest = await log.readLatest(topics.outcomes);
        expect(latest.size).toBe(2_200);
        expect(latest.get('k0')).toBe('later');
      }));

    it('publishes messages that are made one at a time', () =>
      onLog(async (log) => {
        const publisher = await log.openPublisher('table/live');
        function* made() {
          for (const message of numbered(2_100, topics.requests)) yield message;
        }
        await publisher.publish(made());
        await publisher.publish(new Set<never>());
        await publisher.close();

        const reader = run(log, { batchSizeMax: 3_000 });
        await waitUntil(() => reader.seen.length >= 2_100);
        await reader.stop();
        expect(valuesOf(reader.seen)).toEqual(numbered(2_100).map(({ value }) => value));
      }));

    it('shows nothing when making a message fails, and the publisher is still good', () =>
      onLog(async (log) => {
        const publisher = await log.openPublisher('table/live');
        function* made() {
          yield* numbered(2_100, topics.checkpoints, 'lost');
          throw new RangeError('no more');
        }
        await expect(publisher.publish(made())).rejects.toThrow('no more');

        await publisher.publish([{ topic: topics.checkpoints, key: 'kept', value: 1 }]);
        await publisher.close();
        await untilMarked(log, 'table/live');

        expect(await log.readLatest(topics.checkpoints)).toEqual(new Map([['kept', 1]]));
      }));

    it('shows the head of every event of a topic, tombstones among them, in order per key', () =>
      onLog(async (log, harness) => {
        const publisher = await log.openPublisher('table/live');
        const head = (number: number) => ({
          operation: 'UPSERT',
          version: { epoch: 1, number },
          page: { epoch: 1, number: 1 },
          changedAt: '2026-11-21T10:00:00Z',
        });
        const event = (key: string, number: number) => ({
          topic: topics.outcomes,
          key,
          value: { eventId: `${key}${number}`, ...head(number), fields: { firstname: 'Zoë' } },
        });
        await publisher.publish([event('a', 1), event('b', 2), event('a', 3)]);
        await publisher.publish([{ topic: topics.outcomes, key: 'b', value: null }]);
        await harness.writeGarbage(topics.outcomes, 'bad');
        await publisher.close();
        await untilMarked(log, 'table/live');

        const seen = new Map<string, unknown[]>();
        const visit: HeadVisitor = (key, found) => seen.set(key, [...(seen.get(key) ?? []), found]);
        const result = await log.scanEvents(topics.outcomes, visit, new AbortController().signal);

        expect(result).toEqual({ scanned: 4, skipped: 1 });
        expect(seen).toEqual(
          new Map([
            ['a', [head(1), head(3)]],
            ['b', [head(2), null]],
          ]),
        );
        expect(await log.scanEvents(topics.requests, visit, new AbortController().signal)).toEqual({
          scanned: 0,
          skipped: 0,
        });
      }));

    it('shows the fields of every event too where a scan asks for them', () =>
      onLog(async (log, harness) => {
        const publisher = await log.openPublisher('table/live');
        const fields = { firstname: 'Zoë', lastname: null };
        const value = { eventId: 'a1', operation: 'UPSERT', version: null, fields };
        await publisher.publish([
          { topic: topics.outcomes, key: 'a', value },
          { topic: topics.outcomes, key: 'b', value: null },
        ]);
        await harness.writeGarbage(topics.outcomes, 'bad');
        await publisher.close();
        await untilMarked(log, 'table/live');

        const seen = new Map<string, unknown>();
        const visit: HeadVisitor = (key, found) => void seen.set(key, found && found.fields);
        const result = await log.scanEvents(topics.outcomes, visit, new AbortController().signal, {
          fields: true,
        });

        expect(result).toEqual({ scanned: 2, skipped: 1 });
        expect(seen).toEqual(
          new Map([
            ['a', fields],
            ['b', null],
          ]),
        );
      }));

    it('ends a scan with the reason when it is told to stop, and with what the visitor throws', () =>
      onLog(async (log) => {
        await publish(log, 3);
        const stopping = new AbortController();
        const stop = () => stopping.abort(new RangeError('stopped'));
        const fail = () => {
          throw new RangeError('not mine');
        };

        await expect(log.scanEvents(topics.requests, stop, stopping.signal)).rejects.toThrow('stopped');
        await expect(log.scanEvents(topics.requests, fail, new AbortController().signal)).rejects.toThrow(
          'not mine',
        );
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

    it('publishes bytes as they are', () =>
      onLog(async (log) => {
        const publisher = await log.openPublisher('table/live');
        const bytes = Buffer.from([0xde, 0xad, 0xbe, 0xef]);
        await publisher.publish([{ topic: topics.requests, key: 'k', value: bytes }]);
        await publisher.close();

        const reader = run(log, {});
        await waitUntil(() => reader.seen.length >= 1);
        await reader.stop();

        expect([...(reader.seen[0]?.undecodable?.bytes ?? [])]).toEqual([0xde, 0xad, 0xbe, 0xef]);
      }));

    it('fences the earlier holder of a publisher id before the later one is open', () =>
      onLog(async (log) => {
        const earlier = await log.openPublisher('table/live');
        const later = await log.openPublisher('table/live');

        await expect(
          earlier.publish([{ topic: topics.checkpoints, key: 'k', value: 'stale' }]),
        ).rejects.toMatchObject({ code: 'KAFKA_FENCED' });
        await later.publish([{ topic: topics.checkpoints, key: 'k', value: 'fresh' }]);
        await untilMarked(log, 'table/live');

        expect(await log.readLatest(topics.checkpoints)).toEqual(new Map([['k', 'fresh']]));
        await Promise.all([earlier.close(), later.close()]);
      }));

    it('leaves publishers with another id alone', () =>
      onLog(async (log) => {
        const lead = await log.openPublisher('lead/live');
        const contact = await log.openPublisher('contact/live');

        await lead.publish([{ topic: topics.checkpoints, key: 'lead', value: 1 }]);
        await contact.publish([{ topic: topics.checkpoints, key: 'contact', value: 2 }]);
        await untilMarked(log, 'lead/live');
        await untilMarked(log, 'contact/live');

        expect((await log.readLatest(topics.checkpoints)).size).toBe(2);
        await Promise.all([lead.close(), contact.close()]);
      }));
  });
}
