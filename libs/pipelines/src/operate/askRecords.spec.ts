import { topics, type InboxMessage } from '@lockstep/change-events';
import { inMemoryDynamics, inMemoryEventLog, inMemoryStores } from '@lockstep/ports';
import { newGoldenRecord, type GoldenRecord } from '@lockstep/reconciliation';
import { eventsOf, exampleClock, exampleId } from '../pipelineFixtures.ts';
import { findCarrier, isPair, releasePage, resyncRecord, unlinkRecord } from './askRecords.ts';

const row = (system: 'dynamics' | 'marketo', table: string, id: string): GoldenRecord['rows'][number] => ({
  ...{ system, table, id, active: true, deletedAt: null, missing: false, filter: null },
  ...{ version: { epoch: 3, number: 1 }, page: { epoch: 1, number: 1 }, seen: {}, inFlight: {}, parked: {} },
  decidedEvidence: [],
});

/** A lead that is linked to a person, in a world where the row is there or not. */
async function createSetting({ isThere = true } = {}) {
  const log = inMemoryEventLog();
  const dynamics = inMemoryDynamics();
  if (isThere) dynamics.seed('lead', [{ id: exampleId(1), fields: { jobtitle: 'Pilot' } }]);
  const publisher = await log.openPublisher('operator');
  const options = { publisher, dynamics, clock: exampleClock(), tables: ['lead', 'contact'] };
  const record = {
    ...newGoldenRecord('g'),
    rows: [row('dynamics', 'lead', exampleId(1)), row('marketo', 'person', '7')],
  };
  const inbox = () => eventsOf<InboxMessage>(log, topics.inbox);
  return { log, options, record, inbox };
}

describe('a record that an operator has read again', () => {
  it('gets the row as it is now, in the epoch of its versions, and a command to read the person', async () => {
    const { options, record, inbox } = await createSetting();

    const result = await resyncRecord(options, { record, from: null, actor: 'ann' });

    expect(result).toEqual({ asked: [`dynamics/lead/${exampleId(1)}`, 'marketo/person/7'], absent: [] });
    expect(inbox()).toMatchObject([
      {
        kind: 'event',
        goldenId: 'g',
        event: { version: { epoch: 3 }, page: { epoch: 0 }, fields: { jobtitle: 'Pilot' } },
      },
      { kind: 'wake-up', goldenId: 'g', reason: 'read-again' },
    ]);
  });

  it.each([
    ['dynamics', ['event']],
    ['marketo', ['wake-up']],
  ] as const)('is read of %s alone when that is asked for', async (from, kinds) => {
    const { options, record, inbox } = await createSetting();

    await resyncRecord(options, { record, from, actor: 'ann' });

    expect(inbox().map(({ kind }) => kind)).toEqual(kinds);
  });

  it('learns nothing of a row that is not there, and says so', async () => {
    const { options, record, inbox } = await createSetting({ isThere: false });

    const { absent } = await resyncRecord(options, { record, from: 'dynamics', actor: 'ann' });

    expect(absent).toEqual([`dynamics/lead/${exampleId(1)}`]);
    expect(inbox()).toEqual([]);
  });
});

describe('records in trouble', () => {
  it('are released page by page, and those that are refused again are not asked twice', async () => {
    const { log, options, inbox } = await createSetting();
    const { golden, troubles } = inMemoryStores();
    const waiting = { cause: 'refused', code: 'MARKETO_REFUSED', dueAtMs: 1 } as const;
    const troubled = (n: number): GoldenRecord => ({
      ...{ ...newGoldenRecord(exampleId(n)), waiting, troubledSince: '2026-11-22T09:00:00Z' },
    });
    const records = Array.from({ length: 501 }, (_, n) => troubled(n));
    await golden.save(records.map((record) => ({ record, expected: null })));
    const filter = { until: '2026-11-22T10:00:00Z' };
    const release = (after: string | null) =>
      releasePage({ ...options, troubles }, { filter, after, actor: 'ann' });

    const first = await release(null);
    const again = { ...troubled(500), troubledSince: '2026-11-22T10:00:01Z' };
    await golden.save([{ record: again, expected: again.revision }]);
    const second = await release(first.next);

    expect([first.released, second.released, second.next]).toEqual([500, 0, null]);
    expect(inbox()).toHaveLength(500);
    expect(eventsOf(log, topics.notices)).toMatchObject([{ counts: { records: 500 } }]);
  });

  it('lead from an alias to the record that carries on', async () => {
    const { golden } = inMemoryStores();
    const alias = { ...newGoldenRecord('a'), aliasOf: 'b' };
    const records = [alias, newGoldenRecord('b')];
    await golden.save(records.map((record) => ({ record, expected: null })));

    expect((await findCarrier(golden, 'a'))?.goldenId).toBe('b');
    expect(await findCarrier(golden, 'nobody')).toBeNull();
  });
});

describe('a pair that an operator unlinks', () => {
  it('is told first, and gets its row as it is now after that, to hand it on', async () => {
    const { options, record, inbox, log } = await createSetting();

    const { partedTo, rows } = await unlinkRecord(options, { record, actor: 'ann' });

    expect(rows).toEqual([`dynamics/lead/${exampleId(1)}`]);
    expect(inbox()).toMatchObject([
      { kind: 'wake-up', goldenId: 'g', reason: 'unlink', target: partedTo },
      { kind: 'event', goldenId: 'g', event: { fields: { jobtitle: 'Pilot' } } },
    ]);
    expect(eventsOf(log, topics.notices)).toMatchObject([{ facts: { action: 'unlink', actor: 'ann' } }]);
  });

  it('goes to the same record however often that is asked', async () => {
    const { options, record } = await createSetting();
    const ask = () => unlinkRecord(options, { record, actor: 'ann' });

    expect(await ask()).toEqual(await ask());
  });

  it('has a row on both sides', async () => {
    const { record } = await createSetting();

    expect(isPair(record)).toBe(true);
    expect(isPair({ ...record, rows: record.rows.slice(1) })).toBe(false);
    expect(isPair({ ...record, aliasOf: 'other' })).toBe(false);
  });
});
