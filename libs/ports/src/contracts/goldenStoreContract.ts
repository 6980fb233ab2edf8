import type { GoldenRecord } from '@lockstep/reconciliation';
import type { GoldenStore } from '../goldenStore.ts';
import { everyPart, goldenRecord, revision } from './exampleGoldenRecords.ts';

/** The promises of `GoldenStore`; `open` gives an empty store each time. */
export function goldenStoreContract(name: string, open: () => Promise<GoldenStore>): void {
  describe(`${name} as golden store`, () => {
    const insert = (store: GoldenStore, ...records: GoldenRecord[]) =>
      store.save(records.map((record) => ({ record, expected: null })));

    it('gives back every part of a record as it was saved, and only records it has', async () => {
      const store = await open();

      expect(await insert(store, everyPart)).toEqual(new Set());
      const loaded = await store.load(['full', 'absent']);

      expect([...loaded.keys()]).toEqual(['full']);
      expect(loaded.get('full')).toEqual(everyPart);
      expect(loaded.get('full')?.fields['email']?.base).toBeUndefined();
      expect(loaded.get('full')?.fields['annualRevenue']?.base).toBeNull();
    });

    it('refuses a stale revision and saves the others of the batch', async () => {
      const store = await open();
      await insert(store, goldenRecord('a'), goldenRecord('b'), goldenRecord('c'));
      const next = (goldenId: string) => goldenRecord(goldenId, { revision: revision(2), kind: 'contact' });
      await store.save([{ record: goldenRecord('b', { revision: revision(2) }), expected: revision(1) }]);

      const refused = await store.save(
        ['a', 'b', 'c'].map((goldenId) => ({ record: next(goldenId), expected: revision(1) })),
      );

      expect(refused).toEqual(new Set(['b']));
      const loaded = await store.load(['a', 'b', 'c']);
      expect([...loaded.values()].map(({ goldenId, kind }) => [goldenId, kind]).sort()).toEqual([
        ['a', 'contact'],
        ['b', 'lead'],
        ['c', 'contact'],
      ]);
    });

    it('refuses a revision of another epoch', async () => {
      const store = await open();
      await insert(store, goldenRecord('a', { revision: { epoch: 2, number: 1 } }));

      const save = { record: goldenRecord('a', { revision: revision(2) }), expected: revision(1) };

      expect(await store.save([save])).toEqual(new Set(['a']));
    });

    it('refuses to insert what is there, and inserts and saves the others of the batch', async () => {
      const store = await open();
      await insert(store, goldenRecord('a'), goldenRecord('b'));

      const refused = await store.save([
        { record: goldenRecord('a', { kind: 'contact' }), expected: null },
        { record: goldenRecord('new'), expected: null },
        { record: goldenRecord('b', { revision: revision(2) }), expected: revision(1) },
      ]);

      expect(refused).toEqual(new Set(['a']));
      const loaded = await store.load(['a', 'b', 'new']);
      expect(loaded.size).toBe(3);
      expect(loaded.get('a')?.kind).toBe('lead');
      expect(loaded.get('b')?.revision).toEqual(revision(2));
    });

    it('refuses to save over a record that is not there', async () => {
      const store = await open();

      const refused = await store.save([
        { record: goldenRecord('gone', { revision: revision(2) }), expected: revision(1) },
      ]);

      expect(refused).toEqual(new Set(['gone']));
      expect((await store.load(['gone'])).size).toBe(0);
    });

    it.each([
      ['saves', revision(1)],
      ['inserts', null],
    ])(
      'lets exactly one of concurrent %s win, though all carry the same revision',
      async (_kind, expected) => {
        const store = await open();
        if (expected) await insert(store, goldenRecord('a'));
        const rivals = Array.from({ length: 8 }, (_, rival) =>
          goldenRecord('a', { revision: revision(2), aliasOf: `rival ${rival}` }),
        );

        const refused = await Promise.all(rivals.map((record) => store.save([{ record, expected }])));

        const winners = rivals.filter((_, rival) => refused[rival]?.size === 0);
        expect(winners).toHaveLength(1);
        expect((await store.load(['a'])).get('a')).toEqual(winners[0]);
      },
    );

    it('refuses a batch that names one record twice', async () => {
      const store = await open();

      await expect(insert(store, goldenRecord('a'), goldenRecord('a'))).rejects.toMatchObject({
        code: 'INTERNAL',
      });
    });

    it('does nothing for an empty batch', async () => {
      const store = await open();

      expect(await store.save([])).toEqual(new Set());
      expect(await store.load([])).toEqual(new Map());
    });
  });
}
