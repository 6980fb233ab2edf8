import { inMemoryStores } from '@lockstep/ports';
import {
  newGoldenRecord,
  nativePolicy,
  type GoldenRecord,
  type LinkedRow,
  type Policy,
} from '@lockstep/reconciliation';
import { readSurvivors } from './readSurvivors.ts';

const policy: Policy = { ...nativePolicy, mergedInMarketo: 'follow', mergedInDynamics: 'follow' };
const at = { epoch: 1, number: 1 };

const rowOf = (row: Pick<LinkedRow, 'system' | 'table' | 'id'> & Partial<LinkedRow>): LinkedRow => ({
  ...{ active: true, deletedAt: null, missing: false, version: at, page: at, filter: null },
  ...{ seen: {}, inFlight: {}, parked: {}, decidedEvidence: [] },
  ...row,
});

const lead = (id: string, more: Partial<LinkedRow> = {}) =>
  rowOf({ system: 'dynamics', table: 'lead', id, ...more });
const person = (id: string, more: Partial<LinkedRow> = {}) =>
  rowOf({ system: 'marketo', table: 'person', id, ...more });
const mergedInto = (id: string) => ({ mergedInto: id, deletedAt: at });

const recordOf = (goldenId: string, ...rows: readonly LinkedRow[]): GoldenRecord => ({
  ...newGoldenRecord(goldenId),
  rows,
});

/** Keeps all records with their links, and asks for those who carry on for the first. */
async function survivorsAmong(records: readonly GoldenRecord[], by = policy) {
  const { golden, links } = inMemoryStores();
  await golden.save(records.map((record) => ({ record, expected: null })));
  const owned = records.flatMap(({ goldenId, rows }) =>
    rows.map(({ system, table, id }) => [`${system}/${table}/${id}`, goldenId] as const),
  );
  await links.link(new Map(owned));
  const [first] = records;
  const stored = new Map(first ? [[first.goldenId, first]] : []);

  return [...(await readSurvivors({ golden, links, policy: by }, stored)).entries()];
}

const loser = recordOf('loser', lead('l'), person('1', mergedInto('2')));

it.each([
  [
    'its row and its person',
    [lead('w'), person('2')],
    { isFree: false, row: { table: 'lead', id: 'w' }, personId: '2' },
  ],
  ['a person alone, which may be had', [person('2')], { isFree: true, row: null, personId: null }],
  [
    'a row that stays out',
    [lead('w', { outSince: '2026-11-29T00:00:00Z' }), person('2')],
    { isFree: false, row: null, personId: null },
  ],
  [
    'a row that is deleted',
    [lead('w', { deletedAt: at }), person('2')],
    { isFree: false, row: null, personId: null },
  ],
])('tells who carries on: %s', async (_, rows, survivor) => {
  expect(await survivorsAmong([loser, recordOf('winner', ...rows)])).toEqual([
    ['marketo/person/2', { goldenId: 'winner', awaits: null, ...survivor }],
  ]);
});

it('goes on to who carries on in the end, five merges away at most', async () => {
  const chain = [2, 3, 4, 5, 6].map((id) =>
    recordOf(`between-${id}`, person(String(id), mergedInto(String(id + 1)))),
  );
  const ends = recordOf('end', lead('w'), person('7'));
  expect(await survivorsAmong([loser, ...chain, ends])).toMatchObject([
    ['marketo/person/2', { goldenId: 'end', personId: '7' }],
  ]);

  const longer = [...chain, recordOf('between-7', person('7', mergedInto('8')))];
  expect(await survivorsAmong([loser, ...longer, recordOf('end', lead('w'), person('8'))])).toEqual([]);
});

it('tells of one whose person was merged as well that it awaits another one', async () => {
  const other = recordOf('winner', lead('w'), person('2', mergedInto('1')));
  const merged = recordOf('loser', lead('l', { mergedInto: 'w' }), person('1'));

  expect(await survivorsAmong([merged, other])).toMatchObject([
    ['dynamics/lead/w', { goldenId: 'winner', personId: null, awaits: '1' }],
  ]);
});

it('asks of a row that lost a merge who has the row that carries on', async () => {
  const merged = recordOf('loser', lead('l', { mergedInto: 'w' }), person('1'));

  expect(await survivorsAmong([merged, recordOf('winner', lead('w'), person('2'))])).toMatchObject([
    ['dynamics/lead/w', { goldenId: 'winner', personId: '2' }],
  ]);
});

it.each([
  ['nobody has read', [loser], policy],
  ['nobody is to follow', [loser, recordOf('winner', person('2'))], nativePolicy],
])('tells nothing where %s', async (_, records, by) => {
  expect(await survivorsAmong(records, by)).toEqual([]);
});
