import { topics, type InboxMessage } from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryStores } from '@lockstep/ports';
import { newGoldenRecord, type GoldenRecord } from '@lockstep/reconciliation';
import { deliverAll, eventsOf, exampleClock, exampleId, step } from './pipelineFixtures.ts';
import { createSweeper } from './sweepDue.ts';

const group = 'reconciler';
const intervalMs = 1000;

async function createSetting() {
  const clock = exampleClock();
  const log = inMemoryEventLog();
  const stores = inMemoryStores();
  log.subscribe({ group, topics: [topics.inboxBackfill], batchSizeMax: 1000 }, async () => ({
    messages: [],
  }));
  const sweeper = createSweeper({
    ...stores,
    ...{ log, clock, intervalMs },
    publisher: await log.openPublisher('sweep'),
    reconcileGroup: group,
  });
  return {
    ...{ clock, log, stores, sweeper },
    save: (...records: GoldenRecord[]) =>
      stores.golden.save(records.map((record) => ({ record, expected: null }))),
    woken: (topic: string = topics.inbox) =>
      eventsOf<InboxMessage>(log, topic).map(({ kind, goldenId }) => `${kind} ${goldenId}`),
  };
}

const due = (n: number, dueAtMs: number | null): GoldenRecord => ({
  ...newGoldenRecord(exampleId(n)),
  dueAtMs,
});
const waiting = (n: number): GoldenRecord => ({
  ...newGoldenRecord(exampleId(n)),
  waiting: { cause: 'first-reads', code: null, dueAtMs: Number.MAX_SAFE_INTEGER },
});
const wakeUp = (n: number) => `wake-up ${exampleId(n)}`;

describe('the sweep', () => {
  it('wakes the records that have something overdue, and no others', async () => {
    const { sweeper, clock, save, woken, log } = await createSetting();
    await save(due(1, clock.now()), due(2, clock.now() + 1), due(3, null));

    expect(await step(sweeper)).toEqual({ idleMs: intervalMs });

    expect(woken()).toEqual([wakeUp(1)]);
    expect(log.messages(topics.inbox)).toMatchObject([{ key: exampleId(1), value: { reason: 'due' } }]);
  });

  it('leaves a record alone for a while after it was woken', async () => {
    const { sweeper, clock, save, woken } = await createSetting();
    await save(due(1, clock.now()));

    await step(sweeper);
    clock.advance(5_000);
    await step(sweeper);
    expect(woken()).toHaveLength(1);
    clock.advance(5_001);
    await step(sweeper);

    expect(woken()).toEqual([wakeUp(1), wakeUp(1)]);
  });

  it('goes past many that stay due, and wakes these less and less often', async () => {
    const { sweeper, clock, save, woken } = await createSetting();
    const stuck = Array.from({ length: 500 }, (_, n) => due(n + 1, clock.now() - 1_000));
    await save(...stuck, due(501, clock.now()));

    for (let seconds = 0; seconds < 75; seconds += 1) {
      await step(sweeper);
      clock.advance(1_000);
    }

    expect(woken()).toContain(wakeUp(501));
    expect(woken().filter((wake) => wake === wakeUp(1))).toHaveLength(4);
  });

  it('is as quick as at first with one that was not due in between', async () => {
    const { sweeper, clock, stores, save, woken } = await createSetting();
    const record = due(1, clock.now());
    await save(record);
    await step(sweeper);
    const settled = { ...record, dueAtMs: clock.now() + 60_000, revision: { epoch: 1, number: 1 } };
    await stores.golden.save([{ record: settled, expected: record.revision }]);

    for (let seconds = 0; seconds < 80; seconds += 1) {
      clock.advance(1_000);
      await step(sweeper);
    }

    expect(woken()).toHaveLength(3);
  });

  it('wakes those that wait for the first reads only once these are complete', async () => {
    const { sweeper, save, woken, stores } = await createSetting();
    await save(waiting(1), due(2, null));

    await step(sweeper);
    expect(woken(topics.inboxBackfill)).toEqual([]);
    await stores.syncState.markFirstReadsComplete();
    await step(sweeper);

    expect(woken(topics.inboxBackfill)).toEqual([wakeUp(1)]);
    expect(woken()).toEqual([]);
  });

  it('wakes them page by page, each when less than a page is on its way', async () => {
    const { sweeper, save, woken, stores, log } = await createSetting();
    await save(...Array.from({ length: 501 }, (_, n) => waiting(n)));
    await stores.syncState.markFirstReadsComplete();

    await step(sweeper);
    await step(sweeper);
    expect(woken(topics.inboxBackfill)).toHaveLength(500);
    await deliverAll(log, group);
    const revision = { epoch: 1, number: 1 };
    const decided = Array.from({ length: 500 }, (_, n) => ({ ...waiting(n), revision, waiting: null }));
    await stores.golden.save(decided.map((record) => ({ record, expected: waiting(0).revision })));
    await step(sweeper);

    expect(woken(topics.inboxBackfill)).toHaveLength(501);
  });

  it('wakes those whose writes were withheld, also after a pause that began and ended between two looks', async () => {
    const { sweeper, save, woken, stores } = await createSetting();
    await stores.syncState.markFirstReadsComplete();
    await step(sweeper);
    await save({ ...newGoldenRecord(exampleId(1)), withheld: { marketo: true } });

    await step(sweeper);

    expect(woken(topics.inboxBackfill)).toEqual([wakeUp(1)]);
  });

  it('publishes nothing when there is nothing to wake', async () => {
    const { sweeper, log, stores } = await createSetting();
    await stores.syncState.markFirstReadsComplete();
    // Any publication would be refused now.
    await log.openPublisher('sweep');

    await expect(step(sweeper)).resolves.toEqual({ idleMs: intervalMs });
  });

  it('stops when somebody else has taken over', async () => {
    const { sweeper, log, save, woken } = await createSetting();
    await save(due(1, 0));
    await log.openPublisher('sweep');

    await expect(step(sweeper)).rejects.toMatchObject({ code: 'KAFKA_FENCED' });

    expect(woken()).toEqual([]);
  });
});
