import { inMemoryStores } from '@lockstep/ports';
import { newGoldenRecord, type GoldenRecord } from '@lockstep/reconciliation';
import { wakeFollowers } from './wakeFollowers.ts';

const row = {
  ...({ system: 'dynamics', table: 'contact', id: 'row', active: true, deletedAt: null } as const),
  ...{ missing: false, version: null, page: { epoch: 1, number: 1 }, filter: null, decidedEvidence: [] },
  ...{ seen: {}, inFlight: {}, parked: {} },
};
const parent: GoldenRecord = { ...newGoldenRecord('parent'), rows: [row] };

async function tell(record: GoldenRecord, target: string | null) {
  const { golden } = inMemoryStores();
  const children = ['c', 'a', 'b'].map((id) => ({ ...newGoldenRecord(id, 'new_trip'), names: ['row'] }));
  await golden.save(children.map((child) => ({ record: child, expected: null })));
  const message = { kind: 'wake-up', goldenId: 'parent', reason: 'followers', target } as const;
  const woken = await wakeFollowers(golden, [{ message, record }], 2);
  return woken.map((wakeUp) =>
    wakeUp.kind === 'wake-up' ? [wakeUp.goldenId, wakeUp.reason, wakeUp.target] : [],
  );
}

it('wakes who names a person page by page, and asks itself for the next page', async () => {
  expect(await tell(parent, null)).toEqual([
    ['a', 'parent', null],
    ['b', 'parent', null],
    ['parent', 'followers', 'b'],
  ]);
  expect(await tell(parent, 'b')).toEqual([['c', 'parent', null]]);
});

it('lets whoever names a row between them and a person tell nobody', async () => {
  expect(await tell({ ...parent, entity: 'new_trip' }, 'b')).toEqual([['c', 'due', null]]);
});
