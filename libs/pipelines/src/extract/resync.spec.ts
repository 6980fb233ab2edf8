import { SyncError } from '@lockstep/change-events';
import type { DynamicsReader } from '@lockstep/ports';
import { defaultBrake } from '../brake.ts';
import { eventsOf, exampleId, step, valuesOf } from '../pipelineFixtures.ts';
import { command, extractSetting, leads, settle } from './extractFixtures.ts';

/** A table that is followed, and how many events its topic holds. */
async function followed(rows = 5, changes: Parameters<ReturnType<typeof extractSetting>['open']>[0] = {}) {
  const setting = extractSetting({ rows });
  const extractor = await setting.open(changes);
  await settle(extractor);
  const known = new Set(eventsOf(setting.log, leads).map(({ eventId }) => eventId));
  const since = () => eventsOf(setting.log, leads).filter(({ eventId }) => !known.has(eventId));

  return { ...setting, extractor, since };
}

describe('a delta link that is lost', () => {
  it('announces only what differs, finds what was deleted in the gap, and goes on streaming', async () => {
    const { dynamics, extractor, eventsOfRow, log, add, checkpoint, notices } = await followed(30);
    const edited = dynamics.edit('lead', exampleId(1), { firstname: 'Zoë' });
    dynamics.remove('lead', exampleId(2));
    add(31, 31);
    dynamics.expirePositions();

    await settle(extractor);

    expect(eventsOfRow(1)).toMatchObject([{}, { version: { epoch: 1, number: edited }, lane: 'BACKFILL' }]);
    expect(valuesOf(log, leads, exampleId(2)).slice(1)).toEqual([
      expect.objectContaining({ operation: 'DELETE', fields: null }),
      null,
    ]);
    expect(eventsOfRow(31)).toHaveLength(1);
    expect(eventsOfRow(3)).toHaveLength(1);
    expect(await checkpoint()).toMatchObject({ phase: 'STREAMING', versionEpoch: 1 });
    expect(notices('RESYNC_COMPLETED')).toMatchObject([{ counts: { rows: 30, published: 2, deletes: 1 } }]);
  });

  it('does not take a row for deleted that is edited while the read is under way', async () => {
    const { dynamics, extractor, eventsOfRow } = await followed();
    dynamics.expirePositions();
    await step(extractor);
    await step(extractor);
    dynamics.edit('lead', exampleId(5), { firstname: 'late' });

    await settle(extractor);

    expect(eventsOfRow(5).map(({ operation }) => operation)).toEqual(['SNAPSHOT', 'UPSERT']);
  });

  it('publishes an edit at once while the read is under way', async () => {
    const { dynamics, extractor, eventsOfRow, clock } = await followed(9);
    dynamics.expirePositions();
    await step(extractor);
    await step(extractor);
    dynamics.edit('lead', exampleId(8), { firstname: 'soon' });
    clock.advance(500);

    await step(extractor);

    expect(eventsOfRow(8).at(-1)).toMatchObject({ lane: 'LIVE', fields: { firstname: 'soon' } });
    await settle(extractor);
    expect(eventsOfRow(8)).toHaveLength(2);
  });

  it('starts again after a crash in its middle, forgets no delete and repeats nothing that was announced', async () => {
    const { dynamics, extractor, open, ids, since, clock } = await followed(30);
    dynamics.edit('lead', exampleId(1), { firstname: 'Zoë' });
    dynamics.edit('lead', exampleId(30), { firstname: 'Zoë' });
    dynamics.remove('lead', exampleId(2));
    dynamics.expirePositions();
    for (let steps = 0; steps < 15; steps += 1) await step(extractor);
    clock.advance(1);

    await settle(await open());

    expect(since().map(({ recordId, operation }) => [recordId, operation])).toEqual(
      expect.arrayContaining([
        [exampleId(1), 'SNAPSHOT'],
        [exampleId(30), 'SNAPSHOT'],
        [exampleId(2), 'DELETE'],
      ]),
    );
    expect(ids()).toHaveLength(33);
  });

  it('never uses a page number twice', async () => {
    const { dynamics, extractor, open, log } = await followed(4);
    for (const n of [1, 2, 3, 4]) dynamics.edit('lead', exampleId(n), {});
    dynamics.expirePositions();
    for (let steps = 0; steps < 2; steps += 1) await step(extractor);
    await settle(await open());

    const rowsOnPage = new Map<string, number>();
    for (const { page } of eventsOf(log, leads)) {
      const number = `${page.epoch}.${page.number}`;
      rowsOnPage.set(number, (rowsOnPage.get(number) ?? 0) + 1);
    }
    expect([...rowsOnPage.values()]).toEqual([2, 2, 2, 2]);
  });

  it('looks for deletes too when a first load has to begin again', async () => {
    const { dynamics, open, eventsOfRow, ids } = extractSetting({ rows: 25 });
    const extractor = await open();
    await step(extractor);
    dynamics.remove('lead', exampleId(1));
    dynamics.expirePositions();

    await settle(await open({ brake: { deletesMax: 1, shareMax: 1, fewMax: 0 } }));

    expect(eventsOfRow(1).at(-1)).toMatchObject({ operation: 'DELETE' });
    expect(ids()).toHaveLength(26);
  });

  it('announces a row again that is created anew after its delete', async () => {
    const { dynamics, extractor, eventsOfRow, add } = await followed(2);
    dynamics.remove('lead', exampleId(1));
    await settle(extractor);
    add(1, 1);
    dynamics.expirePositions();

    await settle(extractor);

    expect(eventsOfRow(1).map(({ operation }) => operation)).toEqual(['SNAPSHOT', 'DELETE', 'SNAPSHOT']);
    expect(eventsOfRow(1).at(-1)).toMatchObject({ version: { epoch: 1 } });
  });
});

/** A server that keeps no changes at all, or loses them as often as it is asked, had the whole table read again without a pause. */
describe('links that are lost one after the other', () => {
  it('cost two reads at once, then one every while, and none when a link is good again', async () => {
    const { clock, dynamics, open, notices } = extractSetting({ rows: 2, pageSizeMax: 5 });
    let isKept = false;
    const reader: DynamicsReader = {
      ...dynamics,
      async readPage(definition, position, signal) {
        if (position !== null && !isKept) throw new SyncError('DYNAMICS_POSITION_EXPIRED');
        return dynamics.readPage(definition, position, signal);
      },
    };
    const extractor = await open({ reader });
    const started = () => notices('RESYNC_STARTED').length;
    const stepFor = async (minutes: number): Promise<void> => {
      for (const endMs = clock.now() + minutes * 60_000; clock.now() < endMs; clock.advance(1_000))
        for (let steps = 0; steps < 3; steps += 1) await step(extractor).catch(() => undefined);
    };

    await stepFor(0.2);
    expect(started()).toBe(2);
    await expect(step(extractor)).rejects.toMatchObject({
      code: 'DYNAMICS_POSITION_EXPIRED',
      details: { retryAfterMs: expect.any(Number) as number },
    });
    await stepFor(60);
    expect(started()).toBeLessThan(40);

    isKept = true;
    await stepFor(3);
    isKept = false;
    const before = started();
    await stepFor(0.1);
    expect(started()).toBe(before + 2);
  });
});

describe('the brake', () => {
  const loseRows = async (changes: Parameters<typeof followed>[1] = {}) => {
    const setting = await followed(6, { brake: { ...defaultBrake, fewMax: 0 }, ...changes });
    for (const n of [1, 2, 3]) setting.dynamics.remove('lead', exampleId(n));
    setting.dynamics.edit('lead', exampleId(4), { firstname: 'Zoë' });
    setting.dynamics.expirePositions();
    await settle(setting.extractor);

    return setting;
  };

  it('lets a few deletes go, however small the table', async () => {
    const { since, checkpoint } = await loseRows({ brake: defaultBrake });

    expect(since().filter(({ operation }) => operation === 'DELETE')).toHaveLength(3);
    expect(await checkpoint()).toMatchObject({ state: { deletesHeld: null } });
  });

  it('holds back many deletes and nothing else, until they are confirmed', async () => {
    const { commands, extractor, since, notices, checkpoint } = await loseRows();

    expect(since()).toMatchObject([{ recordId: exampleId(4), operation: 'SNAPSHOT' }]);
    expect(notices('RESYNC_DELETES_HELD')).toMatchObject([{ counts: { deletes: 3, known: 6 } }]);
    expect(await checkpoint()).toMatchObject({ phase: 'STREAMING', state: { deletesHeld: 3 } });
    commands.push(command('confirm'));
    await settle(extractor);

    expect(since().filter(({ operation }) => operation === 'DELETE')).toHaveLength(3);
    expect(await checkpoint()).toMatchObject({ phase: 'STREAMING', state: { deletesHeld: null } });
  });

  it('keeps a row that came back before the confirmation', async () => {
    const { commands, extractor, add, eventsOfRow } = await loseRows();
    add(1, 1);
    commands.push(command('confirm'));

    await settle(extractor);

    expect(eventsOfRow(1).map(({ operation }) => operation)).toEqual(['SNAPSHOT', 'SNAPSHOT']);
    expect(eventsOfRow(2).at(-1)).toMatchObject({ operation: 'DELETE' });
  });

  it('asks again when more is missing than was confirmed', async () => {
    const { commands, extractor, dynamics, since, checkpoint } = await loseRows();
    dynamics.remove('lead', exampleId(5));
    dynamics.expirePositions();
    commands.push(command('confirm'));

    await settle(extractor);

    expect(since().filter(({ operation }) => operation === 'DELETE')).toEqual([]);
    expect(await checkpoint()).toMatchObject({ state: { deletesHeld: 4 } });
  });

  it('forgets what it holds back when that is cancelled', async () => {
    const { commands, extractor, since, checkpoint } = await loseRows();
    commands.push(command('cancel'), command('confirm'));

    await settle(extractor);

    expect(since()).toHaveLength(1);
    expect(await checkpoint()).toMatchObject({ state: { deletesHeld: null } });
  });
});
