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
