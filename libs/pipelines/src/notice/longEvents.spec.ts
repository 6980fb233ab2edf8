import { SyncError, topics, type DeadLetter } from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryMarketo, type EventLog } from '@lockstep/ports';
import { openNotifier } from '../noticeChanges.ts';
import { checkpointOf, eventsOf, exampleClock, exampleLease, stepUntilIdle } from '../pipelineFixtures.ts';

const leads = topics.marketingChanges('lead');

/** A log that takes no longer messages than a broker does. */
function brokerLike(log: EventLog, bytesMax: number): EventLog {
  return {
    ...log,
    async openPublisher(id) {
      const publisher = await log.openPublisher(id);
      return {
        ...publisher,
        publish(messages) {
          const list = [...messages];
          const long = list.find(
            ({ topic, value }) => topic === leads && JSON.stringify(value).length > bytesMax,
          );
          if (!long) return publisher.publish(list);
          const { topic, key } = long;
          return Promise.reject(new SyncError('EVENT_UNENCODABLE', { topic, key, field: 'size' }));
        },
      };
    },
  };
}

/** Two persons who were read once. */
async function createSetting(bytesMax = 1_000_000) {
  const clock = exampleClock();
  const marketo = inMemoryMarketo({ now: clock.now });
  const log = inMemoryEventLog();
  const refused: string[] = [];
  const [talked, other] = marketo.seed([{ lastName: 'Ada' }, { lastName: 'Grace' }]) as [string, string];
  const notifier = await openNotifier({
    ...{ people: marketo, log: brokerLike(log, bytesMax), lease: exampleLease(), clock },
    ...{ pollIntervalMinMs: 500, pollIntervalMaxMs: 4000, deletedIntervalMs: 30_000 },
    onDeadLetter: (code) => void refused.push(code),
  });
  await stepUntilIdle(notifier);
  clock.advance(1000);

  return { clock, marketo, log, refused, talked, other, notifier };
}

const long = (mark: string) => `${mark} ${'x'.repeat(29_900)}`;

describe('a person with more news than a message can hold', () => {
  it('is told without the rows that led to it, and holds up nobody', async () => {
    const { marketo, log, refused, talked, other, notifier } = await createSetting();
    for (let note = 0; note < 20; note += 1) marketo.edit(talked, { mktoPersonNotes: long(`note ${note}`) });
    marketo.edit(other, { city: 'Ulm' });

    await stepUntilIdle(notifier);

    expect(eventsOf(log, leads, talked).at(-1)).toMatchObject({
      fields: { mktoPersonNotes: long('note 19') },
      evidence: null,
    });
    expect(eventsOf(log, leads, other).at(-1)).toMatchObject({
      fields: { city: 'Ulm' },
      evidence: { rows: [{ field: 'city' }] },
    });
    expect(refused).toEqual([]);
  });

  it('is set aside when its state alone is too long, and the place moves on', async () => {
    const { marketo, log, refused, talked, other, notifier } = await createSetting(29_000);
    marketo.edit(talked, { mktoPersonNotes: long('note') });
    marketo.edit(other, { city: 'Ulm' });
    const before = await checkpointOf(log, 'marketo/person');

    await stepUntilIdle(notifier);

    expect(eventsOf(log, leads, talked)).toHaveLength(1);
    expect(eventsOf(log, leads, other).at(-1)).toMatchObject({ fields: { city: 'Ulm' } });
    expect(eventsOf<DeadLetter>(log, topics.deadLetters)).toMatchObject([
      {
        ...{ topic: leads, table: 'person', recordId: talked, field: 'size', code: 'EVENT_UNENCODABLE' },
        ...{ partition: null, offset: null },
      },
    ]);
    expect(refused).toEqual(['EVENT_UNENCODABLE']);
    expect((await checkpointOf(log, 'marketo/person'))?.position).not.toBe(before?.position);
  });
});
