import type { GoldenRecord, Waiting } from '@lockstep/reconciliation';
import type { GoldenStore } from '../goldenStore.ts';
import { goldenRecord, revision } from './exampleGoldenRecords.ts';

/** The promises of `GoldenStore` about finding records; `open` gives an empty store each time. */
export function goldenLookUpContract(name: string, open: () => Promise<GoldenStore>): void {
  describe(`${name} as golden store`, () => {
    const insert = (store: GoldenStore, ...records: GoldenRecord[]) =>
      store.save(records.map((record) => ({ record, expected: null })));

    it('finds what is due, oldest first, up to the limit, and nothing that waits for no time', async () => {
      const store = await open();
      const due = (goldenId: string, dueAtMs: number | null) => goldenRecord(goldenId, { dueAtMs });
      await insert(store, due('d', 400), due('never', null), due('b', 200), due('a', 0), due('c', 300));

      expect(await store.findDue(300, 10)).toEqual(['a', 'b', 'c']);
      expect(await store.findDue(1_000, 2)).toEqual(['a', 'b']);
      expect(await store.findDue(-1, 10)).toEqual([]);
    });

    it('finds what waits for one cause, up to the limit, and nothing that no longer waits', async () => {
      const store = await open();
      const firstReads: Waiting = { cause: 'first-reads', code: null, dueAtMs: 100 };
      const waiting = (goldenId: string, cause: Waiting | null) => goldenRecord(goldenId, { waiting: cause });
      await insert(
        store,
        ...['a', 'b', 'done'].map((goldenId) => waiting(goldenId, firstReads)),
        waiting('review', { ...firstReads, cause: 'review' }),
        waiting('free', null),
      );
      await store.save([{ record: goldenRecord('done', { revision: revision(2) }), expected: revision(1) }]);

      expect([...(await store.findWaiting('first-reads', 10))].sort()).toEqual(['a', 'b']);
      expect(await store.findWaiting('first-reads', 1)).toHaveLength(1);
    });

    it('finds what is withheld from a system, up to the limit, and nothing that was written since', async () => {
      const store = await open();
      const withheld = (goldenId: string, from: GoldenRecord['withheld'] = { marketo: true }) =>
        goldenRecord(goldenId, { withheld: from });
      await insert(
        store,
        withheld('a'),
        withheld('b', { marketo: true, dynamics: true }),
        goldenRecord('free'),
      );
      await insert(store, withheld('done'), withheld('other', { dynamics: true }));
      await store.save([{ record: goldenRecord('done', { revision: revision(2) }), expected: revision(1) }]);

      expect([...(await store.findWithheld('marketo', 10))].sort()).toEqual(['a', 'b']);
      expect(await store.findWithheld('dynamics', 1)).toHaveLength(1);
      expect([await store.countWithheld('marketo'), await store.countWithheld('dynamics')]).toEqual([2, 2]);
    });

    it('finds who names a row, page after page, and nobody who names another one', async () => {
      const store = await open();
      const naming = (goldenId: string, ...names: string[]) => goldenRecord(goldenId, { names });
      await insert(store, naming('c', 'x'), naming('a', 'w', 'x'), naming('b', 'y'), naming('d', 'z'));
      await insert(store, goldenRecord('e'));

      expect(await store.findNaming(['x', 'y'], null, 2)).toEqual(['a', 'b']);
      expect(await store.findNaming(['x', 'y'], 'b', 2)).toEqual(['c']);
      expect(await store.findNaming([], null, 2)).toEqual([]);
    });

    it('finds who has a key, page after page', async () => {
      const store = await open();
      const keyed = (goldenId: string, ...keys: string[]) => goldenRecord(goldenId, { keys });
      await insert(store, keyed('c', 'x'), keyed('a', 'w', 'x'), keyed('b', 'y'), goldenRecord('e'));

      expect(await store.findKeyed('x', null, 1)).toEqual(['a']);
      expect(await store.findKeyed('x', 'a', 2)).toEqual(['c']);
      expect(await store.findKeyed('z', null, 2)).toEqual([]);
    });

    it('shows every record once, page after page, in the order of their ids', async () => {
      const store = await open();
      await insert(store, ...['d', 'a', 'c', 'b'].map((goldenId) => goldenRecord(goldenId)));
      const ids = async (after: string | null, limitMax: number) =>
        (await store.page(after, limitMax)).map(({ goldenId }) => goldenId);

      expect(await ids(null, 3)).toEqual(['a', 'b', 'c']);
      expect(await ids('c', 3)).toEqual(['d']);
      expect(await ids('d', 3)).toEqual([]);
    });

    it('forgets the due time of a record that has nothing open any more', async () => {
      const store = await open();
      await insert(store, goldenRecord('a', { dueAtMs: 1 }));

      await store.save([{ record: goldenRecord('a', { revision: revision(2) }), expected: revision(1) }]);

      expect(await store.findDue(10, 10)).toEqual([]);
      expect((await store.load(['a'])).get('a')?.dueAtMs).toBeNull();
    });
  });
}
