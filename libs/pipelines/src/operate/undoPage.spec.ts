import { topics, type Conflict, type InboxMessage, type Notice } from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryStores } from '@lockstep/ports';
import { defaultMapping, newGoldenRecord, type GoldenRecord } from '@lockstep/reconciliation';
import { eventsOf, exampleClock, exampleId } from '../pipelineFixtures.ts';
import { undoPage, type UndoFilter } from './undoPage.ts';

const row = (system: 'dynamics' | 'marketo', table: string, id: string): GoldenRecord['rows'][number] => ({
  ...{ system, table, id, active: true, deletedAt: null, missing: false, filter: null, version: null },
  ...{ page: { epoch: 1, number: 1 }, seen: {}, inFlight: {}, parked: {}, decidedEvidence: [] },
});

/** A decision of an hour of the 21st, which `Architect` won, and the field that has it. */
const decided = (hour: number, changes: Partial<Conflict> = {}): Conflict => ({
  ...{ field: 'jobTitle', winner: 'marketo', loser: 'dynamics', rule: 'marketo-wins-for-leads' },
  ...{ winnerValue: 'Architect', loserValue: 'Director', winnerEventId: `edit/${hour}` },
  ...{ at: `2026-11-21T${String(hour).padStart(2, '0')}:00:00Z`, decision: `1.${hour}/jobTitle`, ...changes },
});

function recordOf(n: number, conflicts: readonly Conflict[]): GoldenRecord {
  const field = ({ winnerValue, winnerEventId, at }: Conflict) => ({
    ...{ value: winnerValue, base: winnerValue, source: 'marketo' as const, rule: 'changed', agreed: true },
    ...{ changedAt: at, eventId: winnerEventId ?? '' },
  });
  return {
    ...{ ...newGoldenRecord(exampleId(n)), conflicts },
    rows: [row('dynamics', 'lead', exampleId(n)), row('marketo', 'person', String(n))],
    fields: Object.fromEntries(conflicts.map((conflict) => [conflict.field, field(conflict)])),
  };
}

async function createSetting(records: readonly GoldenRecord[]) {
  const [log, { golden }, clock] = [inMemoryEventLog(), inMemoryStores(), exampleClock()];
  await golden.save(records.map((record) => ({ record, expected: null })));
  const options = { publisher: await log.openPublisher('operator'), clock, golden, mapping: defaultMapping };
  const undo = (filter: Partial<UndoFilter> = {}, isDryRun = false, after: string | null = null) =>
    undoPage(options, {
      ...{ isDryRun, after, actor: 'ann' },
      filter: { from: '2026-11-21T09:00:00Z', until: '2026-11-21T12:00:00Z', ...filter },
    });
  const wished = () =>
    eventsOf<Extract<InboxMessage, { kind: 'wake-up' }>>(log, topics.inbox).map(({ goldenId, conflict }) => [
      Number(goldenId.slice(-2)),
      conflict?.decision,
    ]);
  return { undo, wished, notices: () => eventsOf<Notice>(log, topics.notices) };
}

const city = { field: 'city', decision: '1.10/city', winnerEventId: 'edit/city' };

describe('decisions that are undone together', () => {
  it.each<[string, Partial<UndoFilter>, unknown[]]>([
    [
      'of a span of time',
      {},
      [
        [1, '1.10/jobTitle'],
        [1, '1.10/city'],
        [2, '1.9/jobTitle'],
      ],
    ],
    ['of a field', { field: 'city' }, [[1, '1.10/city']]],
    ['by a rule', { rule: 'dynamics-wins' }, [[1, '1.10/city']]],
    ['up to a time', { until: '2026-11-21T10:00:00Z' }, [[2, '1.9/jobTitle']]],
  ])('are those %s, and no other', async (_, filter, undone) => {
    const { undo, wished } = await createSetting([
      recordOf(1, [decided(10), decided(10, { ...city, rule: 'dynamics-wins' })]),
      recordOf(2, [decided(9)]),
      recordOf(3, [decided(8)]),
      recordOf(4, [decided(12)]),
    ]);

    expect(await undo(filter)).toMatchObject({ records: 4, undone: undone.length, kept: {}, next: null });
    expect(wished().sort()).toEqual([...undone].sort());
  });

  it('are told of once, with who asked, and only counted in a dry run', async () => {
    const { undo, wished, notices } = await createSetting([
      recordOf(1, [decided(9)]),
      recordOf(2, [decided(9)]),
    ]);

    expect(await undo({}, true)).toMatchObject({ found: 2, undone: 2 });
    expect([...wished(), ...notices()]).toEqual([]);
    await undo();

    expect(wished()).toHaveLength(2);
    expect(notices()).toMatchObject([
      { code: 'OPERATOR_ASKED', counts: { records: 2 }, facts: { action: 'undo', actor: 'ann' } },
    ]);
  });

  it('leave out a field about which something else was decided since, and say what cannot be undone', async () => {
    const parted = { ...recordOf(3, [decided(9)]), rows: [row('marketo', 'person', '3')] };
    const { undo, wished } = await createSetting([
      recordOf(1, [decided(9), decided(13)]),
      { ...recordOf(2, [decided(9)]), fields: recordOf(2, [decided(10)]).fields },
      parted,
    ]);

    expect(await undo()).toMatchObject({ found: 2, undone: 0, kept: { UNDO_OVERTAKEN: 1, UNDO_NO_PAIR: 1 } });
    expect(wished()).toEqual([]);
  });

  it('go on behind the last record of a page', async () => {
    const { undo, wished } = await createSetting(
      Array.from({ length: 501 }, (_, n) => recordOf(n, n >= 499 ? [decided(9)] : [])),
    );

    const first = await undo();
    expect(first).toMatchObject({ records: 500, undone: 1, next: exampleId(499) });
    expect(await undo({}, false, first.next)).toMatchObject({ records: 1, undone: 1, next: null });
    expect(wished()).toHaveLength(2);
  });
});
