import { newGoldenRecord, type GoldenRecord } from '@lockstep/reconciliation';
import { checkHistory } from './checkHistory.ts';
import { exampleHistory, goldenId, rowId, type ExampleStep } from './exampleHistory.ts';

const otherId = '00000000-0000-4000-8000-000000000002';
const create = (id: string, email: string): ExampleStep => ({
  ...{ on: 'contact', by: 'human', id, set: { emailaddress1: email } },
});

/** A person got the address of a second row while the first one was about to join it. */
const steps = (filter: boolean | null): ExampleStep[] => [
  create(otherId, 'bo@example.com'),
  { on: 'person', by: 'human', id: '1', set: { email: 'bo@example.com' } },
  create(rowId, 'ada@example.com'),
  { on: 'person', by: 'human', id: '1', set: { email: 'ada@example.com' } },
  { on: 'contact', by: 'human', id: otherId, set: { new_synctomkto: filter } },
];

const row = (system: 'dynamics' | 'marketo', table: string, id: string): GoldenRecord['rows'][number] => ({
  ...{ system, table, id, active: true, deletedAt: null, missing: false, version: null, filter: null },
  ...{ page: { epoch: 1, number: 1 }, seen: {}, inFlight: {}, parked: {}, decidedEvidence: [] },
});
const joined: GoldenRecord = {
  ...newGoldenRecord(goldenId),
  rows: [row('dynamics', 'contact', otherId), row('marketo', 'person', '1')],
};

const judge = (filter: boolean | null, stored: readonly GoldenRecord[]) =>
  checkHistory(exampleHistory(steps(filter), { matchByEmail: true, stored }));

describe('a row whose person was joined to another one', () => {
  it('is for somebody to decide, also where the filter of that one keeps the link from being written', () => {
    expect(judge(false, [joined]).missing).toEqual([]);
    expect(judge(false, [joined]).exempt).toContainEqual(
      expect.objectContaining({ ids: [rowId], reason: 'ambiguous-email' }),
    );
  });

  it.each([
    ['nobody holds the link back', true, [joined]],
    ['nothing says that they were joined', false, []],
  ])('misses its person where %s', (_, filter, stored) => {
    expect(judge(filter, stored).missing).toContainEqual(expect.objectContaining({ ids: [rowId] }));
  });
});
