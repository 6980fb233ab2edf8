import { topics, type Checkpoint, type Notice } from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryStores } from '@lockstep/ports';
import { checkpointMessage } from './checkpoints.ts';
import { deliverAll, eventsOf, exampleClock, exampleEvent, exampleId, put } from './pipelineFixtures.ts';
import { checkFirstReads } from './watchFirstReads.ts';

const groups = { routerGroup: 'router', reconcileGroup: 'reconciler' };
const leads = topics.dynamicsChanges('lead');
const persons = topics.marketingChanges('contact');

function checkpoint(source: string, table: string, phase: Checkpoint['phase'] = 'STREAMING') {
  const now = '2026-11-22T10:00:00Z';
  return checkpointMessage({
    ...{ source, table, phase },
    position: 'p',
    page: { epoch: 1, number: 1 },
    versionEpoch: 1,
    rowsDone: 0,
    rowsTotal: null,
    startedAt: now,
    updatedAt: now,
    state: null,
  });
}

async function createSetting() {
  const clock = exampleClock();
  const log = inMemoryEventLog();
  const { syncState } = inMemoryStores();
  const nothing = async () => ({ messages: [] });
  const consume = (group: string, ...names: string[]) =>
    log.subscribe({ group, topics: names, batchSizeMax: 100 }, nothing);
  consume(groups.routerGroup, leads, persons);
  consume(groups.reconcileGroup, topics.inbox, topics.inboxBackfill);
  const publisher = await log.openPublisher('first-reads');
  return {
    ...{ log, syncState },
    check: () =>
      checkFirstReads({ ...groups, log, syncState, publisher, clock, tables: ['lead', 'contact'] }),
    notices: () => eventsOf<Notice>(log, topics.notices).map(({ code }) => code),
    readAll: () =>
      put(
        log,
        checkpoint('dynamics', 'lead'),
        checkpoint('dynamics', 'contact'),
        checkpoint('marketo', 'person'),
      ),
  };
}

describe('the end of the first reads', () => {
  it('is marked and told of once every source has come to its end and all of it is decided', async () => {
    const { check, readAll, syncState, notices } = await createSetting();
    await readAll();

    expect(await check()).toBe(true);
    expect(await check()).toBe(true);

    expect(await syncState.firstReadsComplete()).toBe(true);
    expect(notices()).toEqual(['FIRST_READS_COMPLETE']);
  });

  it.each(['dynamics/lead', 'dynamics/contact', 'marketo/person'])('waits for %s', async (name) => {
    const { check, readAll, log, syncState } = await createSetting();
    const [source = '', table = ''] = name.split('/');
    expect(await check()).toBe(false);
    await readAll();
    await put(log, checkpoint(source, table, 'SNAPSHOT'));

    expect(await check()).toBe(false);

    expect(await syncState.firstReadsComplete()).toBe(false);
  });

  it.each([
    ['routed', leads, groups.routerGroup],
    ['routed', persons, groups.routerGroup],
    ['decided', topics.inbox, groups.reconcileGroup],
    ['decided', topics.inboxBackfill, groups.reconcileGroup],
  ])('waits until everything is %s that was published on %s', async (_done, topic, group) => {
    const { check, readAll, log, notices } = await createSetting();
    await readAll();
    await put(log, { topic, key: exampleId(1), value: exampleEvent() });

    expect(await check()).toBe(false);
    expect(notices()).toEqual([]);
    await deliverAll(log, group);

    expect(await check()).toBe(true);
  });
});
