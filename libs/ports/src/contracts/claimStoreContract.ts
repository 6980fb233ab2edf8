import type { Claim, ClaimStore } from '../goldenStore.ts';

const email = 'email/ada@example.org';
const claimOf = (rowKey: string, goldenId: string, claim = email): Claim => ({ claim, rowKey, goldenId });

/** The promises of `ClaimStore`; `open` gives an empty store each time. */
export function claimStoreContract(name: string, open: () => Promise<ClaimStore>): void {
  describe(`${name} as claim store`, () => {
    const rowsOf = async (store: ClaimStore, claim = email) =>
      ((await store.read([claim])).get(claim) ?? []).map(({ rowKey, goldenId }) => [rowKey, goldenId]).sort();

    it('reads all rows that claim a value, and no value that nobody claims', async () => {
      const store = await open();
      await store.add([claimOf('dynamics/lead/1', 'g1'), claimOf('marketo/lead/2', 'g2')]);
      await store.add([claimOf('marketo/lead/3', 'g3', 'email/other@example.org')]);

      const read = await store.read([email, 'email/nobody@example.org']);

      expect([...read.keys()]).toEqual([email]);
      expect(read.get(email)).toHaveLength(2);
      expect(read.get(email)).toEqual(
        expect.arrayContaining([claimOf('dynamics/lead/1', 'g1'), claimOf('marketo/lead/2', 'g2')]),
      );
    });

    it('holds a claim once, however often it is added', async () => {
      const store = await open();
      const claim = claimOf('dynamics/lead/1', 'g1');

      await store.add([claim, claim]);
      await store.add([claim]);

      expect(await rowsOf(store)).toEqual([['dynamics/lead/1', 'g1']]);
    });

    it('replaces the golden id of a row that claims the value already', async () => {
      const store = await open();
      await store.add([claimOf('dynamics/lead/1', 'loser'), claimOf('marketo/lead/2', 'g2')]);

      await store.add([claimOf('dynamics/lead/1', 'winner')]);

      expect(await rowsOf(store)).toEqual([
        ['dynamics/lead/1', 'winner'],
        ['marketo/lead/2', 'g2'],
      ]);
    });

    it('removes a claim, also a second time, and keeps those of other rows', async () => {
      const store = await open();
      await store.add([claimOf('dynamics/lead/1', 'g1'), claimOf('marketo/lead/2', 'g2')]);

      await store.remove([claimOf('dynamics/lead/1', 'g1'), claimOf('dynamics/lead/9', 'g9', 'email/none')]);
      await store.remove([claimOf('dynamics/lead/1', 'g1')]);

      expect(await rowsOf(store)).toEqual([['marketo/lead/2', 'g2']]);
    });

    it('names no value whose last claim is gone', async () => {
      const store = await open();
      await store.add([claimOf('dynamics/lead/1', 'g1')]);

      await store.remove([claimOf('dynamics/lead/1', 'g1')]);

      expect(await store.read([email])).toEqual(new Map());
    });

    it('does not remove what the row claims for another golden record by now', async () => {
      const store = await open();
      await store.add([claimOf('dynamics/lead/1', 'winner')]);

      await store.remove([claimOf('dynamics/lead/1', 'loser')]);

      expect(await rowsOf(store)).toEqual([['dynamics/lead/1', 'winner']]);
    });

    it('loses no claim when many rows claim one value at the same time', async () => {
      const store = await open();
      const claims = Array.from({ length: 12 }, (_, row) => claimOf(`marketo/lead/${row}`, `g${row}`));

      await Promise.all(claims.map((claim) => store.add([claim])));

      expect((await store.read([email])).get(email)).toHaveLength(12);
    });

    it('does nothing for nothing', async () => {
      const store = await open();

      await store.add([]);
      await store.remove([]);

      expect(await store.read([])).toEqual(new Map());
    });
  });
}
