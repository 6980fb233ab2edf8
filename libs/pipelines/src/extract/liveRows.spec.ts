import { SyncError } from '@lockstep/change-events';
import { deliverAll, eventsOf, exampleId, step, stepUntilIdle } from '../pipelineFixtures.ts';
import { extractSetting, leads, settle } from './extractFixtures.ts';

describe('live edits during a first load', () => {
  it('are published at once, before the pages that are still to come', async () => {
    const { open, dynamics, clock, eventsOfRow, ids } = extractSetting({ rows: 9 });
    const extractor = await open();
    await step(extractor);
    const version = dynamics.edit('lead', exampleId(8), { firstname: 'soon' });
    clock.advance(500);

    await step(extractor);

    expect(ids()).toHaveLength(3);
    expect(eventsOfRow(8)).toMatchObject([
      { operation: 'UPSERT', lane: 'LIVE', version: { number: version }, fields: { firstname: 'soon' } },
    ]);
  });

  it('wait for page 1, so that a row which is deleted before it is not told of without its delete', async () => {
    const { open, dynamics, clock, eventsOfRow } = extractSetting({ rows: 9 });
    const extractor = await open();
    dynamics.hooks.beforeCall = (operation) => {
      if (operation === 'readPage') throw new SyncError('DYNAMICS_UNREACHABLE');
    };
    await expect(step(extractor)).rejects.toMatchObject({ code: 'DYNAMICS_UNREACHABLE' });
    delete dynamics.hooks.beforeCall;
    dynamics.edit('lead', exampleId(8), { firstname: 'soon gone' });
    // The newest row is looked after by itself (a witness of the epoch).
    dynamics.edit('lead', exampleId(9), { firstname: 'stays' });
    clock.advance(500);
    await step(extractor);
    dynamics.remove('lead', exampleId(8));

    await settle(extractor);

    expect(eventsOfRow(8).at(-1)).toMatchObject({ operation: 'DELETE' });
  });

  it('are announced once, although the first delta brings them again', async () => {
    const { open, dynamics, clock, eventsOfRow, log } = extractSetting({ rows: 9 });
    const extractor = await open();
    await step(extractor);
    dynamics.edit('lead', exampleId(8), { firstname: 'soon' });
    clock.advance(500);

    await settle(extractor);

    expect(eventsOfRow(8)).toHaveLength(1);
    expect(eventsOf(log, leads)).toHaveLength(9);
  });

  it('are not held up by consumers that are behind', async () => {
    const { open, dynamics, clock, log, ids } = extractSetting({ rows: 9 });
    log.subscribe({ group: 'router', topics: [leads], batchSizeMax: 100 }, async () => ({ messages: [] }));
    const extractor = await open({ backfillGroup: 'router' });
    await step(extractor);
    await step(extractor);
    dynamics.edit('lead', exampleId(8), {});
    clock.advance(500);

    await step(extractor);
    await step(extractor);

    expect(ids()).toHaveLength(3);
    await deliverAll(log, 'router');
    await step(extractor);
    expect(ids()).toHaveLength(5);
  });

  it('go on where they were after a restart', async () => {
    const { open, dynamics, clock, eventsOfRow, checkpoint } = extractSetting({ rows: 9 });
    const extractor = await open();
    await step(extractor);
    const version = dynamics.edit('lead', exampleId(8), {});
    clock.advance(500);
    await step(extractor);
    expect(await checkpoint()).toMatchObject({ phase: 'SNAPSHOT', state: { liveVersion: version } });
    const later = dynamics.edit('lead', exampleId(9), {});

    const restarted = await open();
    await step(restarted);
    clock.advance(500);
    await step(restarted);

    expect(eventsOfRow(8)).toHaveLength(1);
    expect(eventsOfRow(9)).toMatchObject([{ lane: 'LIVE', version: { number: later } }]);
  });

  it('leave deletes to the first delta', async () => {
    const { open, dynamics, eventsOfRow } = extractSetting({ rows: 5 });
    const extractor = await open();
    await step(extractor);
    dynamics.remove('lead', exampleId(1));

    await settle(extractor);

    expect(eventsOfRow(1).map(({ operation }) => operation)).toEqual(['SNAPSHOT', 'DELETE']);
  });
});

describe('the pace of polls', () => {
  it('counts the rows of a delta over all its pages', async () => {
    const { open, add, log } = extractSetting({ rows: 0, pageSizeMax: 600 });
    const extractor = await open();
    await stepUntilIdle(extractor);
    add(1, 1100);

    await stepUntilIdle(extractor);

    const lanes = eventsOf(log, leads).map(({ lane }) => lane);
    expect([lanes.filter((lane) => lane === 'LIVE').length, lanes.length]).toEqual([600, 1100]);
  });

  it('asks again quickly a few times after a hint that found nothing, and then is idle as before', async () => {
    const { open } = extractSetting({ rows: 1 });
    const extractor = await open();
    await settle(extractor);
    for (let polls = 0; polls < 5; polls += 1) await step(extractor);

    extractor.hint();

    const pauses: number[] = [];
    for (let polls = 0; polls < 6; polls += 1) pauses.push((await step(extractor)).idleMs);
    expect(pauses).toEqual([100, 100, 100, 100, 4000, 4000]);
  });

  it('tells the progress of a long read at most every half minute and at its quarters', async () => {
    const { open, clock, notices } = extractSetting({ rows: 40 });
    const extractor = await open();
    for (let pages = 0; pages < 20; pages += 1) {
      await step(extractor);
      clock.advance(3_000);
      await step(extractor);
    }

    const told = notices('SNAPSHOT_PROGRESS');
    expect(told.length).toBeGreaterThanOrEqual(3);
    expect(told.length).toBeLessThanOrEqual(6);
    expect(told[0]).toMatchObject({ counts: { total: 40, secondsLeft: expect.any(Number) } });
    expect(told.every(({ entity }) => entity === 'dynamics/lead')).toBe(true);
  });
});
