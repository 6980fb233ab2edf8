import { personFields, topics } from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryMarketo, type FeedRow } from '@lockstep/ports';
import { openNotifier } from '../noticeChanges.ts';
import { eventsOf, exampleClock, exampleLease, stepUntilIdle } from '../pipelineFixtures.ts';

const field = 'lockstepRequest';

function createSetting() {
  const clock = exampleClock();
  const marketo = inMemoryMarketo({
    now: clock.now,
    fields: [...personFields, { name: field, type: 'string' }],
  });
  const log = inMemoryEventLog();
  const taken: FeedRow[] = [];
  const faults: Error[] = [];
  const open = () =>
    openNotifier({
      ...{ people: marketo, log, lease: exampleLease(), clock, deletedIntervalMs: 30_000 },
      ...{ pollIntervalMinMs: 500, pollIntervalMaxMs: 4_000 },
      requests: {
        field,
        async accept(rows) {
          const fault = faults.shift();
          if (fault) throw fault;
          taken.push(...rows);
        },
      },
    });
  const events = () => eventsOf(log, topics.marketingChanges('lead')).length;
  return { clock, marketo, taken, faults, open, events };
}

describe('the request field in the feed', () => {
  it('is a request and no change of the person', async () => {
    const { clock, marketo, taken, open, events } = createSetting();
    marketo.seed([{ lastName: 'Example' }]);
    const notifier = await open();
    await stepUntilIdle(notifier);
    const before = events();
    clock.advance(1_000);
    marketo.edit('1', { [field]: 'sync' });

    await stepUntilIdle(notifier);

    expect(taken.map(({ personId, newValue }) => [personId, newValue])).toEqual([['1', 'sync']]);
    expect(events()).toBe(before);
  });

  it('leaves the other changes of a page to be told', async () => {
    const { clock, marketo, taken, open, events } = createSetting();
    marketo.seed([{ lastName: 'Example' }]);
    const notifier = await open();
    await stepUntilIdle(notifier);
    const before = events();
    clock.advance(1_000);
    marketo.edit('1', { [field]: 'sync', city: 'Ulm' });

    await stepUntilIdle(notifier);

    expect([taken.length, events() - before]).toEqual([1, 1]);
  });

  it('asks for nothing where it was set before the service first began', async () => {
    const { clock, marketo, taken, open } = createSetting();
    marketo.seed([{ lastName: 'Example' }]);
    marketo.edit('1', { [field]: 'sync' });
    clock.advance(60_000);

    await stepUntilIdle(await open());

    expect(taken).toEqual([]);
  });

  it('is read again when a request could not be stored', async () => {
    const { clock, marketo, taken, faults, open } = createSetting();
    marketo.seed([{ lastName: 'Example' }]);
    const notifier = await open();
    await stepUntilIdle(notifier);
    clock.advance(1_000);
    marketo.edit('1', { [field]: 'sync' });
    faults.push(new Error('away'));

    await expect(stepUntilIdle(notifier)).rejects.toThrow('away');
    await stepUntilIdle(notifier);

    expect(taken).toHaveLength(1);
  });
});
