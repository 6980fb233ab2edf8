import type { Sequence } from '@lockstep/change-events';
import { newGoldenRecord } from '@lockstep/reconciliation';
import { recordView } from './recordView.ts';

it('tells what a record waits for: whoever carries on after a merge, unless something else is in the way', () => {
  const record = newGoldenRecord('golden-1');
  const following = { dueAtMs: 0, attempts: 1 };
  const waiting = { cause: 'review', code: 'PERSON_MERGED', dueAtMs: 0 } as const;

  expect(recordView(record).waitsFor).toBeNull();
  expect(recordView({ ...record, following }).waitsFor).toBe('survivor');
  expect(recordView({ ...record, following, waiting }).waitsFor).toBe('review');
});

it('shows the version that is known of a row of Dynamics, and none of a person', () => {
  const row = (system: 'dynamics' | 'marketo', version: Sequence | null) => ({
    ...{
      system,
      version,
      table: 'lead',
      id: '1',
      active: true,
      deletedAt: null,
      missing: false,
      filter: null,
    },
    ...{ page: { epoch: 1, number: 1 }, seen: {}, inFlight: {}, parked: {}, decidedEvidence: [] },
  });
  const rows = [row('dynamics', { epoch: 2, number: 1_000_164 }), row('marketo', null)];

  expect(recordView({ ...newGoldenRecord('golden-1'), rows }).rows.map(({ version }) => version)).toEqual([
    '2.1000164',
    null,
  ]);
});
