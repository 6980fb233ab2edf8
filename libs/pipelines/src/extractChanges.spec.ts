import { SyncError, topics, type ErrorCode, type Notice } from '@lockstep/change-events';
import type { EventLog } from '@lockstep/ports';
import { eachOnce, extractSetting, leads, pollIntervalMinMs } from './extract/extractFixtures.ts';
import { deliverAll, eventsOf, exampleId, step, stepUntilIdle, valuesOf } from './pipelineFixtures.ts';

describe('the first load of a table', () => {
  it('publishes page by page, each page and its checkpoint in one transaction', async () => {
    const { open, faults, log, checkpoint } = extractSetting();
    const seen: unknown[] = [];
    faults.onPublished = () =>
      seen.push([eventsOf(log, leads).length, valuesOf(log, topics.checkpoints).length]);
    const extractor = await open();

    await step(extractor);
    expect(await checkpoint()).toMatchObject({ phase: 'SNAPSHOT', rowsDone: 2, rowsTotal: 5 });
    await stepUntilIdle(extractor);

    expect(seen).toEqual([
      [2, 1],
      [4, 2],
      [5, 3],
    ]);
    expect(eventsOf(log, leads)).toEqual(
      Array(5).fill(expect.objectContaining({ operation: 'SNAPSHOT', lane: 'BACKFILL' })),
    );
    expect(await checkpoint()).toMatchObject({ phase: 'STREAMING', rowsDone: 5 });
  });

  it('goes on at the saved page after a crash between the publication and the next read', async () => {
    const { open, ids } = extractSetting();
    await step(await open());

    await stepUntilIdle(await open());

    expect(ids().sort()).toEqual(eachOnce(5));
  });

  it('leaves no event and no moved checkpoint when a publication fails', async () => {
    const { open, ids, faults, checkpoint } = extractSetting();
    const extractor = await open();
    await step(extractor);
    const before = await checkpoint();
    faults.at = 'publish';

    await expect(step(extractor)).rejects.toMatchObject({ code: 'KAFKA_UNREACHABLE' });

    expect(ids()).toHaveLength(2);
    expect(await checkpoint()).toEqual(before);
    await stepUntilIdle(await open());
    expect(ids().sort()).toEqual(eachOnce(5));
  });

  it('repeats nothing when only the answer to a publication was lost', async () => {
    const { open, ids, faults } = extractSetting();
    faults.at = 'published';
    await expect(step(await open())).rejects.toMatchObject({ code: 'KAFKA_UNREACHABLE' });

    await stepUntilIdle(await open());

    expect(ids().sort()).toEqual(eachOnce(5));
  });

  it('ends with one notice that says how much was read', async () => {
    const { open, log } = extractSetting();
    const extractor = await open();

    await step(extractor);
    expect(log.messages(topics.notices)).toEqual([]);
    await stepUntilIdle(extractor);
    await step(extractor);

    expect(eventsOf<Notice>(log, topics.notices)).toEqual([
      expect.objectContaining({ code: 'SNAPSHOT_COMPLETED', entity: 'dynamics/lead', counts: { rows: 5 } }),
    ]);
  });

  it('waits while its consumers have a page or more before them', async () => {
    const { open, log, ids } = extractSetting();
    log.subscribe({ group: 'router', topics: [leads], batchSizeMax: 100 }, async () => ({ messages: [] }));
    const extractor = await open({ backfillGroup: 'router' });

    await step(extractor);
    expect((await step(extractor)).idleMs).toBeGreaterThan(0);
    expect(ids()).toHaveLength(2);
    await deliverAll(log, 'router');
    await step(extractor);

    expect(ids()).toHaveLength(4);
  });

  /** An extractor that runs alone and is told of no consumers stood still after a page, ready and without a word. */
  it('says once whom it waits for when that lasts', async () => {
    const { open, clock, notices } = extractSetting();
    const extractor = await open({ backfillGroup: 'nobody' });
    const stepFor = async (minutes: number): Promise<void> => {
      for (let steps = 0; steps < minutes * 4; steps += 1) {
        await step(extractor);
        clock.advance(15_000);
        // Between two steps at one moment there is a poll for fresh edits.
        await step(extractor);
      }
    };

    await stepFor(4);
    expect(notices('READ_HELD_BACK')).toEqual([]);
    await stepFor(10);

    expect(notices('READ_HELD_BACK')).toMatchObject([
      { severity: 'warning', entity: 'dynamics/lead', counts: { behind: 2 }, facts: { group: 'nobody' } },
    ]);
  });
});

describe('following a table', () => {
  it('goes on with the delta link and publishes fresh edits as they come', async () => {
    const { open, dynamics, log, add, checkpoint } = extractSetting({ rows: 2 });
    const extractor = await open();
    await stepUntilIdle(extractor);
    const version = dynamics.edit('lead', exampleId(1), { firstname: 'Zoë' });
    add(3, 3);

    await stepUntilIdle(extractor);

    expect(eventsOf(log, leads).slice(2).length + 2).toBe(4);
    expect(eventsOf(log, leads, exampleId(1)).at(-1)).toMatchObject({
      operation: 'UPSERT',
      lane: 'LIVE',
      version: { epoch: 1, number: version },
      fields: { firstname: 'Zoë' },
    });
    expect(eventsOf(log, leads, exampleId(3))).toHaveLength(1);
    expect(await checkpoint()).toMatchObject({ phase: 'STREAMING', rowsDone: 2 });
  });

  it('tells of a delete by an event and then by a tombstone', async () => {
    const { open, dynamics, log } = extractSetting({ rows: 2 });
    const extractor = await open();
    await stepUntilIdle(extractor);
    dynamics.remove('lead', exampleId(2));

    await stepUntilIdle(extractor);

    expect(valuesOf(log, leads, exampleId(2)).slice(1)).toEqual([
      expect.objectContaining({ operation: 'DELETE', version: null, fields: null, lane: 'LIVE' }),
      null,
    ]);
  });

  it('takes the number of a page before it asks for it', async () => {
    const { open, dynamics, log } = extractSetting({ rows: 1 });
    const extractor = await open();
    dynamics.hooks.beforeCall = (operation) => {
      if (operation !== 'readPage') return;
      delete dynamics.hooks.beforeCall;
      throw new SyncError('DYNAMICS_BUSY');
    };

    await expect(step(extractor)).rejects.toMatchObject({ code: 'DYNAMICS_BUSY' });
    await step(extractor);

    expect(eventsOf(log, leads)).toMatchObject([{ page: { number: 2 } }]);
  });

  it('gives every page of a later session a higher number', async () => {
    const { open, log } = extractSetting({ rows: 4 });
    await step(await open());
    await step(await open());

    const epochs = eventsOf(log, leads).map(({ page }) => page.epoch);
    const first = Math.min(...epochs);
    expect(epochs.sort()).toEqual([first, first, first + 1, first + 1]);
  });

  it('never holds back live pages', async () => {
    const { open, log, dynamics, ids } = extractSetting({ rows: 1 });
    const extractor = await open({ backfillGroup: 'router' });
    await stepUntilIdle(extractor);

    for (const edit of [1, 2, 3]) {
      dynamics.edit('lead', exampleId(1), { firstname: `edit ${edit}` });
      await step(extractor);
    }

    expect(await log.lag('router', [leads])).toBe(4);
    expect(ids()).toHaveLength(4);
  });

  it.each([
    [1000, 'LIVE'],
    [1001, 'BACKFILL'],
  ])('publishes a delta of %i rows as %s', async (count, lane) => {
    const { open, log, add } = extractSetting({ rows: 0, pageSizeMax: 5000 });
    const extractor = await open();
    await stepUntilIdle(extractor);
    add(1, count);

    await step(extractor);

    expect(new Set(eventsOf(log, leads).map((event) => event.lane))).toEqual(new Set([lane]));
  });

  it('asks less and less often while nothing happens, and often again once something does', async () => {
    const { open, dynamics } = extractSetting({ rows: 1 });
    const extractor = await open();
    const first = await stepUntilIdle(extractor);
    const quiet: number[] = [];
    for (const _ of [1, 2, 3, 4]) quiet.push((await step(extractor)).idleMs);
    dynamics.edit('lead', exampleId(1), {});

    expect([first, ...quiet]).toEqual([500, 1000, 2000, 4000, 4000]);
    expect(await step(extractor)).toEqual({ idleMs: pollIntervalMinMs });
  });

  it('saves the position of a quiet table once a minute', async () => {
    const { open, log, clock } = extractSetting({ rows: 1 });
    const extractor = await open();
    await stepUntilIdle(extractor);

    await step(extractor);
    expect(log.messages(topics.checkpoints)).toHaveLength(1);
    clock.advance(60_000);
    await step(extractor);

    expect(log.messages(topics.checkpoints)).toHaveLength(2);
  });
});

describe('who may publish', () => {
  it('lets a second session fence the first, of which nothing more is seen', async () => {
    const { open, ids } = extractSetting();
    const first = await open();
    const second = await open();

    await expect(step(first)).rejects.toMatchObject({ code: 'KAFKA_FENCED' });
    expect(ids()).toEqual([]);
    await stepUntilIdle(second);

    expect(ids().sort()).toEqual(eachOnce(5));
  });

  it('reads the checkpoint only once the former session can move it no more', async () => {
    const { open, log, ids } = extractSetting();
    const first = await open();
    const attempts: ErrorCode[] = [];
    const watched: EventLog = {
      ...log,
      async readLatest(topic) {
        const latest = await log.readLatest(topic);
        await step(first).catch(({ code }: SyncError) => attempts.push(code));
        return latest;
      },
    };

    await stepUntilIdle(await open({ log: watched }));

    expect(attempts).toEqual(['KAFKA_FENCED']);
    expect(ids().sort()).toEqual(eachOnce(5));
  });

  it('asks for nothing without the lease', async () => {
    const { open, lease, dynamics } = extractSetting();
    const extractor = await open();
    const calls: string[] = [];
    dynamics.hooks.beforeCall = (operation) => void calls.push(operation);
    lease.lose();

    await expect(step(extractor)).rejects.toMatchObject({ code: 'LEASE_LOST' });

    expect(calls).toEqual([]);
  });

  it('publishes nothing when the lease is lost between the read and the publication', async () => {
    const { open, lease, dynamics, ids, checkpoint } = extractSetting();
    const extractor = await open();
    dynamics.hooks.beforeCall = () => lease.lose();

    await expect(step(extractor)).rejects.toMatchObject({ code: 'LEASE_LOST' });

    expect(ids()).toEqual([]);
    expect(await checkpoint()).toBeUndefined();
  });
});
