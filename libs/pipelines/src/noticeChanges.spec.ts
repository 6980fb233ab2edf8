import {
  compareSequence,
  SyncError,
  topics,
  type ChangeEvent,
  type Notice,
  type ScalarValues,
  type Sequence,
} from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryMarketo, type EventLog, type LogPoint } from '@lockstep/ports';
import { checkpointMessage } from './checkpoints.ts';
import { openNotifier, type NoticeOptions } from './noticeChanges.ts';
import {
  checkpointOf,
  eventsOf,
  exampleClock,
  exampleLease,
  put,
  step,
  stepUntilIdle,
  valuesOf,
} from './pipelineFixtures.ts';

const leads = topics.marketingChanges('lead');
const contacts = topics.marketingChanges('contact');
const deletedIntervalMs = 30_000;

function createSetting({ feedBlock = 100 } = {}) {
  const faults: { at: LogPoint | null } = { at: null };
  const clock = exampleClock();
  const lease = exampleLease();
  const marketo = inMemoryMarketo({ now: clock.now, feedBlock });
  const log = inMemoryEventLog({
    atPoint(point) {
      if (point !== faults.at) return;
      faults.at = null;
      throw new SyncError('KAFKA_UNREACHABLE', { point });
    },
  });
  const open = (changes: Partial<NoticeOptions> = {}) =>
    openNotifier({
      people: marketo,
      log,
      lease,
      clock,
      pollIntervalMinMs: 500,
      pollIntervalMaxMs: 4000,
      deletedIntervalMs,
      ...changes,
    });
  return { clock, lease, marketo, log, faults, open, checkpoint: () => checkpointOf(log, 'marketo/person') };
}

type Setting = ReturnType<typeof createSetting>;

/** A setting whose persons were all read once. */
async function createFollowing(persons: readonly ScalarValues[], feedBlock = 100) {
  const setting = createSetting({ feedBlock });
  setting.marketo.seed(persons);
  const notifier = await setting.open();
  await stepUntilIdle(notifier);
  setting.clock.advance(1000);
  return { ...setting, notifier };
}

const lastEvent = ({ log }: Pick<Setting, 'log'>, id: string): ChangeEvent | undefined =>
  eventsOf(log, leads, id).at(-1);

/** When the feed was last read to its end, and when the person was read, as an event tells. */
function numbersOf(event: ChangeEvent | undefined): { readonly feed: Sequence; readonly read: Sequence } {
  if (!event?.evidence) throw new Error('there is no event with evidence');
  return { feed: event.evidence.feedNumber, read: event.page };
}

describe('the first read of Marketo', () => {
  it('reads every person from the beginning of the feed, without evidence', async () => {
    const { marketo, clock, log, open, checkpoint } = createSetting({ feedBlock: 2 });
    marketo.seed([{ lastName: 'One' }, { lastName: 'Two' }, { lastName: 'Three', crmType: 'Contact' }]);
    clock.advance(90 * 24 * 3_600_000);
    const notifier = await open();

    expect(await step(notifier)).toEqual({ idleMs: 0 });
    expect(await checkpoint()).toMatchObject({ phase: 'SNAPSHOT', rowsDone: 2 });
    await stepUntilIdle(notifier);

    const events = [...eventsOf(log, leads), ...eventsOf(log, contacts)];
    expect(events.map(({ fields }) => fields?.['lastName']).sort()).toEqual(['One', 'Three', 'Two']);
    expect(events).toEqual(
      Array(3).fill(expect.objectContaining({ operation: 'SNAPSHOT', lane: 'BACKFILL', evidence: null })),
    );
    expect(await checkpoint()).toMatchObject({ phase: 'STREAMING', rowsDone: 3 });
  });

  it('ends with one notice that says how many persons were read', async () => {
    const { log, notifier } = await createFollowing([{ lastName: 'One' }, { lastName: 'Two' }], 1);
    await step(notifier);

    expect(eventsOf<Notice>(log, topics.notices)).toEqual([
      expect.objectContaining({ code: 'SNAPSHOT_COMPLETED', entity: 'marketo/person', counts: { rows: 2 } }),
    ]);
  });

  it('goes on where a former session stopped', async () => {
    const { marketo, log, open } = createSetting({ feedBlock: 1 });
    marketo.seed([{ lastName: 'One' }, { lastName: 'Two' }]);
    await step(await open());

    await stepUntilIdle(await open());

    expect(
      eventsOf(log, leads)
        .map(({ recordId }) => recordId)
        .sort(),
    ).toEqual(['1', '2']);
  });
});

describe('following Marketo', () => {
  it('publishes the state of a person with the feed rows that led to it', async () => {
    const { marketo, notifier, ...setting } = await createFollowing([{ lastName: 'One', city: 'Ulm' }]);
    marketo.edit('1', { city: 'Bonn', phone: '1' });

    await step(notifier);

    expect(lastEvent(setting, '1')).toMatchObject({
      operation: 'UPSERT',
      lane: 'LIVE',
      fields: { city: 'Bonn', phone: '1' },
      evidence: {
        rows: [
          { field: 'city', oldValue: 'Ulm', newValue: 'Bonn', source: 'Lead update' },
          { field: 'phone', oldValue: null, newValue: '1' },
        ],
      },
    });
  });

  it('says up to which call the feed was last read to its end', async () => {
    const { marketo, notifier, ...setting } = await createFollowing([{ lastName: 'One' }], 1);
    const drained = notifier.numbers.next();
    await step(notifier);
    const between = notifier.numbers.next();
    for (const city of ['Ulm', 'Bonn']) marketo.edit('1', { city });

    await step(notifier);
    const early = numbersOf(lastEvent(setting, '1'));
    await step(notifier);
    const late = numbersOf(lastEvent(setting, '1'));

    const inOrder = [drained, early.feed, between, early.read, late.feed, late.read];
    expect([...inOrder].sort(compareSequence)).toEqual(inOrder);
    expect(new Set(inOrder.map(({ number }) => number)).size).toBe(inOrder.length);
  });

  it('makes the numbers of a session durable before the first of them is used', async () => {
    const { open, marketo, faults, checkpoint } = createSetting();
    const { numbers } = await open();
    const former = numbers.next();
    expect(await checkpoint()).toMatchObject({ page: { epoch: former.epoch } });

    const later = await open();
    expect(compareSequence(later.numbers.next(), former)).toBeGreaterThan(0);

    const calls: string[] = [];
    marketo.hooks.beforeCall = (operation) => void calls.push(operation);
    faults.at = 'publish';
    await expect(open()).rejects.toMatchObject({ code: 'KAFKA_UNREACHABLE' });
    expect(calls).toEqual([]);
  });

  it('tells of a deleted person by an event, and then by a tombstone on either topic', async () => {
    const { marketo, notifier, clock, log } = await createFollowing([{ lastName: 'One' }]);
    marketo.remove('1');
    clock.advance(deletedIntervalMs);

    await step(notifier);

    expect(valuesOf(log, leads, '1').slice(1)).toEqual([
      expect.objectContaining({ operation: 'DELETE', fields: null, evidence: null }),
      null,
    ]);
    expect(valuesOf(log, contacts, '1')).toEqual([null]);
  });

  it('tells of a merged person by an event that names who carries on, and shows that one anew', async () => {
    const { marketo, notifier, clock, log } = await createFollowing([
      { lastName: 'One' },
      { lastName: 'Two', city: 'Ulm' },
    ]);
    marketo.merge('1', ['2']);
    clock.advance(deletedIntervalMs);

    await step(notifier);

    expect(valuesOf(log, leads, '2').slice(1)).toEqual([
      expect.objectContaining({ operation: 'MERGE', mergedInto: '1', fields: null, evidence: null }),
      null,
    ]);
    expect(valuesOf(log, contacts, '2')).toEqual([null]);
    expect(lastEvent({ log }, '1')).toMatchObject({ operation: 'UPSERT', fields: { city: 'Ulm' } });
  });

  it('takes up merges where the deletes stand, when a former version did not follow them', async () => {
    const { marketo, notifier, clock, log, open, checkpoint } = await createFollowing([
      { lastName: 'One' },
      { lastName: 'Two' },
    ]);
    await notifier.close();
    const former = await checkpoint();
    if (!former) throw new Error('there is no checkpoint');
    const { merged: _, ...positions } = JSON.parse(former.position ?? '') as Record<string, string>;
    await put(log, checkpointMessage({ ...former, position: JSON.stringify(positions) }));
    marketo.merge('1', ['2']);
    clock.advance(deletedIntervalMs);

    await step(await open());

    expect(valuesOf(log, leads, '2')).toContainEqual(
      expect.objectContaining({ operation: 'MERGE', mergedInto: '1' }),
    );
  });

  it('tells of a person in another partition with the row that says so, also beside a merge', async () => {
    const { marketo, notifier, clock, ...setting } = await createFollowing([
      { lastName: 'One' },
      { lastName: 'Two' },
    ]);
    marketo.move('1', 'Europe');
    marketo.merge('1', ['2']);
    clock.advance(deletedIntervalMs);

    await step(notifier);

    expect(lastEvent(setting, '1')).toMatchObject({
      operation: 'UPSERT',
      fields: { lastName: 'One' },
      evidence: { rows: [{ activityType: 100, field: 'leadPartitionId', oldValue: '1', newValue: '2' }] },
    });
    clock.advance(deletedIntervalMs);
    await step(notifier);
    expect(eventsOf(setting.log, leads, '1')).toHaveLength(2);
  });

  it('tells of a new score with the row that says by what it was replaced', async () => {
    const { marketo, notifier, ...setting } = await createFollowing([{ lastName: 'One', leadScore: 5 }]);
    marketo.edit('1', { leadScore: 12 });

    await step(notifier);

    expect(lastEvent(setting, '1')).toMatchObject({
      fields: { leadScore: 12 },
      evidence: { rows: [{ activityType: 13, field: 'leadScore', oldValue: '5', newValue: '12' }] },
    });
  });

  it('reads the feed of deleted people only so often', async () => {
    const { marketo, notifier, log } = await createFollowing([{ lastName: 'One' }]);
    marketo.remove('1');

    await step(notifier);

    expect(valuesOf(log, leads, '1')).toHaveLength(1);
  });

  it('reads on without a pause while the feed of deleted people has more', async () => {
    const people = ['One', 'Two', 'Three'].map((lastName) => ({ lastName }));
    const { marketo, notifier, clock, log } = await createFollowing(people, 1);
    marketo.remove('1');
    marketo.remove('3');
    // The other feed is at its end before this one is read again.
    await stepUntilIdle(notifier);
    clock.advance(deletedIntervalMs);

    await stepUntilIdle(notifier);

    expect(['1', '3'].map((id) => valuesOf(log, leads, id).at(-1))).toEqual([null, null]);
  });

  it('moves a person whose kind changes, and leaves a tombstone on the former topic', async () => {
    const { marketo, notifier, log } = await createFollowing([{ lastName: 'One' }]);
    marketo.edit('1', { crmType: 'Contact' });

    await step(notifier);

    expect(valuesOf(log, leads, '1').slice(1)).toEqual([
      expect.objectContaining({ operation: 'MOVED', fields: null }),
      null,
    ]);
    expect(eventsOf(log, contacts, '1')).toMatchObject([
      { operation: 'UPSERT', fields: { crmType: 'Contact' } },
    ]);
  });

  it('says nothing about a person who is missing when read again', async () => {
    const { marketo, notifier, log } = await createFollowing([{ lastName: 'One' }, { lastName: 'Two' }]);
    for (const id of ['1', '2']) marketo.edit(id, { city: 'Ulm' });
    marketo.remove('1');

    await step(notifier);

    expect(valuesOf(log, leads, '1')).toHaveLength(1);
    expect(eventsOf(log, leads, '2')).toHaveLength(2);
  });

  it('asks less often after a quiet time, and often again once something changes or a hint comes', async () => {
    const { marketo, notifier, clock } = await createFollowing([{ lastName: 'One' }]);
    const pausesMs: number[] = [];
    const pause = async () => pausesMs.push((await step(notifier)).idleMs);
    await pause();
    clock.advance(3_600_000);
    await pause();
    notifier.hint();
    await pause();
    clock.advance(3_600_000);
    marketo.edit('1', { city: 'Ulm' });
    await pause();

    expect(pausesMs).toEqual([500, 4000, 1000, 500]);
  });

  // What was read but not published must be read again, or an edit is lost until the person changes once more.
  it('reads a page again whose publication failed before anything was sent', async () => {
    const { log, open, marketo, clock, notifier } = await createFollowing([
      { lastName: 'One' },
      { lastName: 'Two' },
    ]);
    await notifier.close();
    let failures = 1;
    const hesitant: EventLog = {
      ...log,
      async openPublisher(id) {
        const publisher = await log.openPublisher(id);
        return {
          ...publisher,
          async publish(messages) {
            if ([...messages].length > 1 && failures-- > 0) throw new SyncError('REGISTRY_UNREACHABLE');
            await publisher.publish(messages);
          },
        };
      },
    };
    const later = await open({ log: hesitant });
    marketo.edit('1', { city: 'Ulm' });
    marketo.remove('2');
    clock.advance(deletedIntervalMs);

    await expect(step(later)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
    await step(later);
    clock.advance(deletedIntervalMs);
    await step(later);

    expect(lastEvent({ log }, '1')).toMatchObject({ fields: { city: 'Ulm' } });
    expect(lastEvent({ log }, '2')).toMatchObject({ operation: 'DELETE' });
  });
});

describe('who may notice', () => {
  it('lets a second session fence the first, of which nothing more is seen', async () => {
    const { marketo, log, open } = createSetting();
    marketo.seed([{ lastName: 'One' }]);
    const first = await open();
    await open();

    await expect(step(first)).rejects.toMatchObject({ code: 'KAFKA_FENCED' });

    expect(log.messages(leads)).toEqual([]);
  });

  it('calls nobody without the lease', async () => {
    const { lease, marketo, notifier } = await createFollowing([{ lastName: 'One' }]);
    const calls: string[] = [];
    marketo.hooks.beforeCall = (operation) => void calls.push(operation);
    lease.lose();

    await expect(step(notifier)).rejects.toMatchObject({ code: 'LEASE_LOST' });

    expect(calls).toEqual([]);
  });

  it.each(['readFeed', 'findPersons', 'readDeleted', 'readMergesAndPartitions'])(
    'publishes nothing when the lease is lost in %s',
    async (call) => {
      const { lease, marketo, clock, notifier, log } = await createFollowing([{ lastName: 'One' }]);
      marketo.edit('1', { city: 'Ulm' });
      clock.advance(deletedIntervalMs);
      marketo.hooks.beforeCall = (operation) => {
        if (operation === call) lease.lose();
      };

      await expect(step(notifier)).rejects.toMatchObject({ code: 'LEASE_LOST' });

      expect(log.messages(leads)).toHaveLength(1);
    },
  );
});
