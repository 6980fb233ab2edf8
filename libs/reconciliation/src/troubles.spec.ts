import { newGoldenRecord } from './decision.ts';
import type { GoldenRecord } from './goldenRecord.ts';
import type { LinkedRow } from './linkedRow.ts';
import { saying, troublesOf } from './troubles.ts';

const page = { epoch: 1, number: 1 };
const rowOf = (changes: Partial<LinkedRow>): LinkedRow => ({
  ...{ system: 'marketo', table: 'person', id: '17', active: true, page, deletedAt: null, missing: false },
  ...{ version: null, filter: null, seen: {}, inFlight: {}, decidedEvidence: [] },
  parked: {
    jobTitle: { value: 'Director', code: '1077', detail: 'long' },
    city: { value: null, code: 'X1' },
  },
  ...changes,
});
const recordOf = (changes: Partial<GoldenRecord>): GoldenRecord => ({
  ...newGoldenRecord('golden/1'),
  ...changes,
});
const waiting = (code: string | null, detail?: string) =>
  ({ cause: 'refused', code, dueAtMs: 0, ...(detail !== undefined && { detail }) }) as const;
const trouble = (changes: object) => ({
  ...{ side: 'marketo', operation: 'UPDATE', code: 'X1', field: null, detail: null },
  ...changes,
});

describe('what is wrong with a record', () => {
  it.each<[string, Partial<GoldenRecord>, readonly object[]]>([
    ['nothing', {}, []],
    ['nothing, where it waits without a code', { waiting: waiting(null) }, []],
    [
      'that Dynamics refuses to make it',
      { waiting: waiting('DYNAMICS_REFUSED', 'no') },
      [trouble({ side: 'dynamics', operation: 'CREATE', code: 'DYNAMICS_REFUSED', detail: 'no' })],
    ],
    [
      'that Marketo refuses to change it',
      { waiting: waiting('1003'), rows: [rowOf({ parked: {} })] },
      [trouble({ code: '1003' })],
    ],
    [
      'that Marketo refuses to make it anew',
      { waiting: waiting('1003'), rows: [rowOf({ parked: {}, deletedAt: page })] },
      [trouble({ operation: 'CREATE', code: '1003' })],
    ],
    [
      'that the other person is not the one that is refused',
      { waiting: waiting('1003'), rows: [rowOf({ parked: {}, active: false })] },
      [trouble({ operation: 'CREATE', code: '1003' })],
    ],
    [
      'what its row refused, field by field',
      { rows: [rowOf({})] },
      [
        trouble({ code: '1077', field: 'jobTitle', detail: 'long' }),
        trouble({ code: 'X1', field: 'city', detail: null }),
      ],
    ],
    ['nothing of a row that is gone', { rows: [rowOf({ deletedAt: page })] }, []],
    ['nothing of a row that does not speak', { rows: [rowOf({ active: false })] }, []],
    [
      'the relations that were taken back',
      { held: { dueAtMs: 0, attempts: 0, takenBack: ['companyId'] }, rows: [rowOf({ parked: {} })] },
      [trouble({ code: 'MARKETO_PARENT_MISSING', field: 'companyId' })],
    ],
    [
      'the relations of a record that is not in Marketo',
      { held: { dueAtMs: 0, attempts: 0, takenBack: ['companyId'] }, rows: [rowOf({ system: 'dynamics' })] },
      [
        trouble({ side: 'dynamics', code: '1077', field: 'jobTitle', detail: 'long' }),
        trouble({ side: 'dynamics', code: 'X1', field: 'city' }),
        trouble({ operation: 'CREATE', code: 'MARKETO_PARENT_MISSING', field: 'companyId' }),
      ],
    ],
  ])('is %s', (_, changes, troubles) => {
    expect(troublesOf(recordOf(changes))).toEqual(troubles);
  });
});

it.each([
  [null, {}],
  ['', {}],
  ['no', { detail: 'no' }],
  [`${'x'.repeat(500)}y`, { detail: 'x'.repeat(500) }],
])('of what a side said, %j, the first 500 characters are kept', (detail, kept) => {
  expect(saying(detail)).toEqual(kept);
});
