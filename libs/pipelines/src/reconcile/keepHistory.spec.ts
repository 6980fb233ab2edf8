import { topics, type Conflict, type InboxMessage } from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryStores } from '@lockstep/ports';
import { defaultMapping, nativePolicy, newGoldenRecord, type GoldenRecord } from '@lockstep/reconciliation';
import { keepHistory } from './keepHistory.ts';
import { explainRecords } from '../operate/explainRecords.ts';
import { deliverAll, exampleClock, exampleEvent, exampleId, put } from '../pipelineFixtures.ts';
import { createReconciler } from '../reconcileChanges.ts';

const conflictAt = (second: number): Conflict => ({
  ...{ field: 'city', winner: 'dynamics', winnerValue: 'Lyon', loserValue: null, rule: 'policy' },
  at: new Date(Date.parse('2026-11-28T10:00:00Z') + second * 1_000).toISOString(),
});
const conflicts = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => conflictAt(from + at));

/** A record with 20 conflicts takes more; `isSaved` says whether the process lived on. */
async function takeMore(more: number, isSaved = true) {
  const stores = inMemoryStores();
  const stored: GoldenRecord = { ...newGoldenRecord('g'), conflicts: conflicts(0, 20) };
  const record: GoldenRecord = {
    ...stored,
    revision: { epoch: 1, number: 1 },
    conflicts: conflicts(0, 20 + more).slice(-20),
  };
  const decision = { conflicts: conflicts(20, 20 + more) };
  await stores.golden.save([{ record: isSaved ? record : stored, expected: null }]);
  const history = { store: stores.pastConflicts, keptMs: 1 };
  await keepHistory(history, [{ stored, record, decisions: [decision] }], 0);
  const [explained] = await explainRecords(stores, { goldenId: 'g' });
  return { explained, stores };
}

const times = (list: readonly Conflict[] | undefined) => (list ?? []).map(({ at }) => at);

/** An owner whose record has 20 conflicts gets two first names for it. */
async function meetWithConflict() {
  const [log, stores, clock] = [inMemoryEventLog(), inMemoryStores(), exampleClock()];
  const goldenId = exampleId(1);
  const record = { ...newGoldenRecord(goldenId), conflicts: conflicts(0, 20) };
  await stores.golden.save([{ record, expected: null }]);
  log.subscribe(
    { group: 'owner', topics: [topics.inbox], batchSizeMax: 10 },
    createReconciler({
      ...{ ...stores, clock, mapping: defaultMapping, policy: nativePolicy },
      ...{ writeDynamics: () => Promise.resolve(), history: { store: stores.pastConflicts, keptMs: 1 } },
    }),
  );
  const shared = { kind: 'event', goldenId, written: null } as const;
  const lead: InboxMessage = { ...shared, system: 'dynamics', table: 'lead', event: exampleEvent() };
  const held = { version: null, recordId: '7', eventId: 'marketo/7', fields: { firstName: 'Anna' } };
  const person: InboxMessage = { ...shared, system: 'marketo', table: 'lead', event: exampleEvent(held) };
  await put(log, ...[lead, person].map((value) => ({ topic: topics.inbox, key: goldenId, value })));
  await deliverAll(log, 'owner');
  const [explained] = await explainRecords(stores, { goldenId });
  return explained;
}

describe('conflicts that fall out of a record', () => {
  it('are kept by its owner when it meets another one', async () => {
    const explained = await meetWithConflict();

    expect(times(explained?.pastConflicts)).toEqual(times(conflicts(0, 1)));
    expect(explained?.conflicts.at(-1)).toMatchObject({ field: 'firstName', loserValue: 'Ann' });
  });

  it('are explained before those that it keeps', async () => {
    const { explained } = await takeMore(3);

    expect(times(explained?.pastConflicts)).toEqual(times(conflicts(0, 3)));
    expect(times(explained?.conflicts)).toEqual(times(conflicts(3, 23)));
  });

  it('are explained once when the process died before it saved the record', async () => {
    const { explained } = await takeMore(3, false);

    expect(explained?.pastConflicts).toEqual([]);
    expect(times(explained?.conflicts)).toEqual(times(conflicts(0, 20)));
  });

  it('are none as long as there is room', async () => {
    const { explained } = await takeMore(0);

    expect(explained?.pastConflicts).toEqual([]);
  });
});
