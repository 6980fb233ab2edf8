import { createRowStore, type RowStore } from '../core/rowStore.ts';

const table = 'lead';

function save(store: RowStore, id: string, fields: Readonly<Record<string, string | number | boolean>>) {
  return store.save(table, id, (versionnumber) => ({ leadid: id, ...fields, versionnumber }));
}

function lastNames(store: RowStore, after: number): unknown[] {
  return [...store.changes(table, after, store.highWaterMark())].map(({ row }) => row?.['lastname']);
}

describe('the row store', () => {
  it('gives back every cell as it was saved, separators and all scripts included', () => {
    const store = createRowStore(0);
    const cells = {
      lastname: 'a\u0001b\u0002s\u0002e',
      firstname: '伊藤 🙂',
      revenue: '1.2000',
      score: -1.5e9,
    };
    save(store, 'a', { ...cells, isTrue: true, isFalse: false, empty: '' });
    save(store, 'b', { later: 'column' });
    expect(store.row(table, 'a')).toEqual({
      leadid: 'a',
      ...cells,
      isTrue: true,
      isFalse: false,
      empty: '',
      versionnumber: 1,
    });
    expect(store.row(table, 'b')).toEqual({ leadid: 'b', later: 'column', versionnumber: 2 });
  });

  it('keeps lookups apart, however many there are', () => {
    const store = createRowStore(0);
    const count = 70_000;
    for (let index = 0; index < count; index += 1)
      save(store, `row ${index}`, { _ownerid_value: `user ${index}`, '_ownerid_value@table': 'systemuser' });
    const owners = Array.from(store.rows(table), (row) => row['_ownerid_value']);
    expect(owners).toEqual(Array.from({ length: count }, (_, index) => `user ${index}`));
  });

  it('undoes a transaction that fails, also a delete, and keeps one that succeeds', () => {
    const store = createRowStore(0);
    save(store, 'kept', { lastname: 'Ek' });
    save(store, 'gone', { lastname: 'Berg' });
    const mark = store.highWaterMark();
    const failing = (): void => {
      save(store, 'kept', { lastname: 'Changed' });
      store.remove(table, 'gone');
      save(store, 'new', { lastname: 'New' });
      throw new Error('refused');
    };
    expect(() => store.atomically(failing)).toThrow('refused');
    expect(lastNames(store, 0)).toEqual(['Ek', 'Berg']);
    expect(lastNames(store, mark)).toEqual([]);
    store.atomically(() => save(store, 'kept', { lastname: 'Changed' }));
    expect(lastNames(store, mark)).toEqual(['Changed']);
  });

  it('is put back to a snapshot with its version counter, and tells that it was', () => {
    const store = createRowStore(0);
    save(store, 'a', { lastname: 'Ek' });
    const snapshot = store.snapshot();
    save(store, 'a', { lastname: 'Later' });
    save(store, 'b', { lastname: 'Berg' });
    store.restore(snapshot);
    expect([store.highWaterMark(), store.generation(), lastNames(store, 0)]).toEqual([1, 1, ['Ek']]);
    save(store, 'a', { lastname: 'Again' });
    store.restore(snapshot);
    expect(lastNames(store, 0)).toEqual(['Ek']);
  });

  it('forgets the places of obsolete versions, and no others', () => {
    const store = createRowStore(0);
    for (let round = 0; round < 5_000; round += 1) save(store, `row ${round % 3}`, { lastname: `v${round}` });
    store.remove(table, 'row 0');
    expect(lastNames(store, 0)).toEqual(['v4997', 'v4999', undefined]);
  });
});
