import { SyncError, topics, type Notice, type ScalarValues } from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryMarketo } from '@lockstep/ports';
import { openNotifier } from '../noticeChanges.ts';
import {
  checkpointOf,
  eventsOf,
  exampleClock,
  exampleLease,
  step,
  stepUntilIdle,
} from '../pipelineFixtures.ts';

const leads = topics.marketingChanges('lead');
const dayMs = 86_400_000;

function createSetting() {
  const clock = exampleClock();
  const marketo = inMemoryMarketo({ now: clock.now });
  const log = inMemoryEventLog();
  const open = () =>
    openNotifier({
      people: marketo,
      log,
      lease: exampleLease(),
      clock,
      pollIntervalMinMs: 500,
      pollIntervalMaxMs: 4_000,
      deletedIntervalMs: 30_000,
    });
  const notices = () =>
    eventsOf<Notice>(log, topics.notices)
      .filter(({ code }) => code !== 'SNAPSHOT_COMPLETED')
      .map(({ code, counts, facts }) => ({ code, counts, reason: facts?.['reason'] }));

  return { clock, marketo, log, open, notices };
}

/** Everybody was read once, quite a while ago, and the session has ended. */
async function createStopped(persons: readonly ScalarValues[]) {
  const setting = createSetting();
  setting.marketo.seed(persons);
  const notifier = await setting.open();
  await stepUntilIdle(notifier);
  setting.clock.advance(30 * 60_000);
  await stepUntilIdle(notifier);
  await stepUntilIdle(notifier);
  await notifier.close();

  return setting;
}

type Setting = ReturnType<typeof createSetting>;

/** Marketo prunes rows of its log, which the double does not: the calls that need them find nothing. */
function forgetDeletes({ marketo }: Setting): void {
  marketo.readDeleted = (position) =>
    Promise.resolve({ personIds: [], refused: [], position, hasMore: false });
}

/** The next read of the feed is told that its place is unknown. */
function loseOnePlace({ marketo }: Setting): void {
  let refusals = 0;
  marketo.hooks.beforeCall = (operation) => {
    if (operation === 'readFeed' && refusals++ === 0) throw new SyncError('MARKETO_POSITION_LOST');
  };
}

const lastOf = ({ log }: Setting, id: string) => eventsOf(log, leads, id).at(-1);

describe('a place in the feeds that Marketo does not know any more', () => {
  it('is given up for one from before everything was last read, and nothing is missed', async () => {
    const setting = await createStopped([{ lastName: 'One' }, { lastName: 'Two' }]);
    const { marketo, clock, open, notices } = setting;
    const notifier = await open();
    clock.advance(10 * 60_000);
    await step(notifier);
    marketo.edit('1', { city: 'Ulm' });
    marketo.remove('2');
    clock.advance(60_000);
    loseOnePlace(setting);

    expect(await step(notifier)).toEqual({ idleMs: 4_000 });
    await stepUntilIdle(notifier);

    expect(lastOf(setting, '1')).toMatchObject({ operation: 'UPSERT', fields: { city: 'Ulm' } });
    expect(lastOf(setting, '2')).toMatchObject({ operation: 'DELETE' });
    expect(notices()).toEqual([{ code: 'FEEDS_REOPENED', counts: {}, reason: 'POSITION_LOST' }]);
  });

  it('is opened again early enough for a row that Marketo wrote late', async () => {
    const setting = await createStopped([{ lastName: 'One' }]);
    const { marketo, clock, open } = setting;
    const notifier = await open();
    clock.advance(10 * 60_000);
    await step(notifier);
    clock.advance(-60_000);
    marketo.edit('1', { city: 'Ulm' });
    clock.advance(60_000);
    loseOnePlace(setting);
    await step(notifier);
    await stepUntilIdle(notifier);

    expect(lastOf(setting, '1')).toMatchObject({ fields: { city: 'Ulm' } });
  });

  it('in the first read begins it again', async () => {
    const setting = createSetting();
    const { marketo, open, log } = setting;
    marketo.seed([{ lastName: 'One' }]);
    const notifier = await open();
    loseOnePlace(setting);
    await step(notifier);
    await stepUntilIdle(notifier);

    expect(eventsOf(log, leads)).toHaveLength(1);
    expect(await checkpointOf(log, 'marketo/person')).toMatchObject({ phase: 'STREAMING', rowsDone: 1 });
  });
});

describe('a reader that was away', () => {
  const twenty = Array.from({ length: 20 }, (_, n) => ({ lastName: `Name ${n}` }));

  it('for less than Marketo keeps deletes goes on where it stopped', async () => {
    const setting = await createStopped([{ lastName: 'One' }]);
    setting.marketo.remove('1');
    setting.clock.advance(12 * dayMs);
    const calls: string[] = [];
    setting.marketo.hooks.beforeCall = (operation) => void calls.push(operation);
    await stepUntilIdle(await setting.open());

    expect(lastOf(setting, '1')).toMatchObject({ operation: 'DELETE' });
    expect(calls).not.toContain('findPersons');
    expect(setting.notices()).toEqual([]);
  });

  it('for longer looks for everybody by id, and announces who is gone as deleted or merged', async () => {
    const setting = await createStopped(twenty);
    setting.marketo.remove('7');
    setting.marketo.merge('1', ['2']);
    forgetDeletes(setting);
    setting.clock.advance(15 * dayMs);
    await stepUntilIdle(await setting.open());

    expect(lastOf(setting, '7')).toMatchObject({ operation: 'DELETE' });
    expect(lastOf(setting, '2')).toMatchObject({ operation: 'MERGE', mergedInto: '1' });
    expect(lastOf(setting, '8')).toMatchObject({ operation: 'SNAPSHOT' });
    expect(setting.notices()).toEqual([
      { code: 'PEOPLE_COMPARED', counts: { known: 19, published: 0, deletes: 1 }, reason: undefined },
    ]);
  });

  it('believes a merge that comes while it looks, and calls nobody deleted who was merged', async () => {
    const setting = await createStopped(twenty);
    setting.clock.advance(15 * dayMs);
    const notifier = await setting.open();
    let calls = 0;
    setting.marketo.hooks.beforeCall = (operation) => {
      if (operation === 'findPersons' && calls++ === 0) setting.marketo.merge('1', ['3']);
    };
    await stepUntilIdle(notifier);

    expect(eventsOf(setting.log, leads, '3').map(({ operation }) => operation)).toEqual([
      'SNAPSHOT',
      'MERGE',
    ]);
    expect(setting.notices()).toMatchObject([{ code: 'PEOPLE_COMPARED', counts: { deletes: 0 } }]);
  });

  it('looks for everybody once, also when it is stopped in between', async () => {
    const setting = await createStopped(twenty);
    setting.marketo.remove('7');
    forgetDeletes(setting);
    setting.clock.advance(15 * dayMs);
    await step(await setting.open());
    await stepUntilIdle(await setting.open());
    await stepUntilIdle(await setting.open());

    expect(eventsOf(setting.log, leads, '7').map(({ operation }) => operation)).toEqual([
      'SNAPSHOT',
      'DELETE',
    ]);
    expect(setting.notices()).toHaveLength(1);
  });

  it('does not announce deletes when many people are missing', async () => {
    const setting = await createStopped(twenty);
    for (let id = 1; id <= 15; id += 1) setting.marketo.remove(String(id));
    forgetDeletes(setting);
    setting.clock.advance(15 * dayMs);
    await stepUntilIdle(await setting.open());

    expect(lastOf(setting, '1')).toMatchObject({ operation: 'SNAPSHOT' });
    expect(setting.notices()).toEqual([
      { code: 'PEOPLE_DELETES_HELD', counts: { known: 20, published: 0, deletes: 15 }, reason: undefined },
    ]);
  });

  it('for longer than Marketo keeps changes reads everybody again', async () => {
    const setting = await createStopped([{ lastName: 'One' }, { lastName: 'Two' }]);
    setting.clock.advance(100 * dayMs);
    const notifier = await setting.open();
    expect(await checkpointOf(setting.log, 'marketo/person')).toMatchObject({
      phase: 'SNAPSHOT',
      rowsDone: 0,
    });
    await stepUntilIdle(notifier);

    expect(eventsOf(setting.log, leads, '1').map(({ operation }) => operation)).toEqual([
      'SNAPSHOT',
      'SNAPSHOT',
    ]);
    expect(setting.notices()).toEqual([
      { code: 'FEEDS_REOPENED', counts: {}, reason: 'TOO_OLD' },
      { code: 'PEOPLE_COMPARED', counts: { known: 2, published: 0, deletes: 0 }, reason: undefined },
    ]);
  });

  it('and that read nothing but quiet feeds was not away', async () => {
    const setting = await createStopped([{ lastName: 'One' }]);
    const first = await setting.open();
    for (let day = 0; day < 15; day += 1) {
      setting.clock.advance(dayMs);
      await step(first);
    }
    await stepUntilIdle(await setting.open());

    expect(setting.notices()).toEqual([]);
  });
});
