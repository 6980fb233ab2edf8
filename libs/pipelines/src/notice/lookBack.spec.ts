import { SyncError, topics, type ScalarValues } from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryMarketo, type EventLog, type FeedRow } from '@lockstep/ports';
import { openNotifier } from '../noticeChanges.ts';
import { eventsOf, exampleClock, exampleLease, step, stepUntilIdle } from '../pipelineFixtures.ts';

const leads = topics.marketingChanges('lead');
const minuteMs = 60_000;

/** Everybody was read once, a while ago, by a reader with the default pauses. */
async function createFollowing(persons: readonly ScalarValues[]) {
  const clock = exampleClock();
  const marketo = inMemoryMarketo({ now: clock.now });
  marketo.seed(persons);
  const memory = inMemoryEventLog();
  const faults = { publish: 0 };
  const log: EventLog = {
    ...memory,
    async openPublisher(id) {
      const publisher = await memory.openPublisher(id);

      return {
        ...publisher,
        async publish(messages) {
          if ([...messages].some(({ topic }) => topic === leads) && faults.publish-- > 0)
            throw new SyncError('REGISTRY_UNREACHABLE');
          await publisher.publish(messages);
        },
      };
    },
  };
  const open = () =>
    openNotifier({
      ...{ people: marketo, log, lease: exampleLease(), clock },
      ...{ pollIntervalMinMs: 5_000, pollIntervalMaxMs: minuteMs, deletedIntervalMs: 5 * minuteMs },
    });
  const notifier = await open();
  await stepUntilIdle(notifier);
  clock.advance(30 * minuteMs);
  await stepUntilIdle(notifier);
  const told = (id: string) => eventsOf(memory, leads, id).length;

  return { clock, marketo, log: memory, notifier, faults, open, told };
}

type Following = Awaited<ReturnType<typeof createFollowing>>;

/** Reads of the feed behind the place miss the rows of one person until they are shown. */
function hideRowsOf(id: string, { marketo }: Following): () => void {
  let isHidden = true;
  const { readFeed } = marketo;
  const isShown = ({ personId }: FeedRow): boolean => !isHidden || personId !== id;
  marketo.readFeed = async (position) => {
    const page = await readFeed(position);

    return { ...page, rows: page.rows.filter(isShown) };
  };

  return () => void (isHidden = false);
}

describe('a look back over the feeds', () => {
  it('tells nobody anew whose rows were all told', async () => {
    const { clock, marketo, notifier, told } = await createFollowing([{ lastName: 'One' }]);
    marketo.edit('1', { city: 'Ulm' });
    await stepUntilIdle(notifier);

    for (let times = 0; times < 5; times += 1) {
      clock.advance(10 * minuteMs);
      await stepUntilIdle(notifier);
    }

    expect(told('1')).toBe(2);
  });

  it('tells whom it finds once more when that could not be published', async () => {
    const following = await createFollowing([{ lastName: 'One' }]);
    const { clock, marketo, notifier, faults, told } = following;
    const show = hideRowsOf('1', following);
    marketo.edit('1', { city: 'Ulm' });
    await stepUntilIdle(notifier);
    show();
    clock.advance(10 * minuteMs);
    faults.publish = 1;

    await expect(stepUntilIdle(notifier)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
    await stepUntilIdle(notifier);

    expect(told('1')).toBe(2);
  });

  it('at a start tells once more who changed since the last one began, and nobody else', async () => {
    const { clock, marketo, notifier, open, told } = await createFollowing([
      { lastName: 'One' },
      { lastName: 'Two' },
    ]);
    marketo.edit('1', { city: 'Ulm' });
    clock.advance(10 * minuteMs);
    await stepUntilIdle(notifier);
    clock.advance(10 * minuteMs);
    await stepUntilIdle(notifier);
    clock.advance(minuteMs);
    marketo.edit('2', { city: 'Ulm' });
    await stepUntilIdle(notifier);
    await notifier.close();
    await stepUntilIdle(await open());

    expect([told('1'), told('2')]).toEqual([2, 3]);
  });

  it('at a start takes nothing that happened to the loser of a merge for an edit of the winner', async () => {
    const { clock, marketo, notifier, open, log } = await createFollowing([
      { lastName: 'One' },
      { lastName: 'Two' },
    ]);
    marketo.edit('2', { city: 'Ulm' });
    await stepUntilIdle(notifier);
    clock.advance(minuteMs);
    marketo.merge('1', ['2']);
    await notifier.close();
    clock.advance(minuteMs);
    await stepUntilIdle(await open());

    const told = eventsOf(log, leads, '1').flatMap(({ evidence }) => evidence?.rows ?? []);
    expect(told.filter(({ oldValue, newValue }) => oldValue === null && newValue === 'Ulm')).toHaveLength(1);
  });

  it('costs few calls: with all feeds an idle day takes under 3,000', async () => {
    const { clock, marketo, notifier } = await createFollowing([{ lastName: 'One' }]);
    clock.advance(60 * minuteMs);
    await step(notifier);
    let calls = 0;
    marketo.hooks.beforeCall = () => void (calls += 1);
    const endMs = clock.now() + 24 * 60 * minuteMs;
    while (clock.now() < endMs) clock.advance((await step(notifier)).idleMs);

    expect(calls).toBeGreaterThan(1_440 + 576);
    expect(calls).toBeLessThan(3_000);
  });
});
