import type { Delivery, DeliveryStore } from '../goldenStore.ts';

const delivery = (goldenId: string, number: number, settled: boolean): Delivery => ({
  goldenId,
  revision: { epoch: 1, number },
  settled,
});

/** The promises of `DeliveryStore`; `open` gives an empty store each time. */
export function deliveryStoreContract(name: string, open: () => Promise<DeliveryStore>): void {
  describe(`${name} as delivery store`, () => {
    it('gives back what was last saved for a golden id, and nothing for others', async () => {
      const store = await open();
      await store.save([delivery('a', 1, false), delivery('b', 5_000_000_000, true)]);

      await store.save([delivery('a', 2, true)]);

      expect(await store.load(['a', 'b', 'c'])).toEqual(
        new Map([
          ['a', delivery('a', 2, true)],
          ['b', delivery('b', 5_000_000_000, true)],
        ]),
      );
    });

    it('keeps the later of two deliveries of one golden id in a batch', async () => {
      const store = await open();

      await store.save([delivery('a', 1, true), delivery('a', 2, false)]);

      expect((await store.load(['a'])).get('a')).toEqual(delivery('a', 2, false));
    });

    it('does nothing for nothing', async () => {
      const store = await open();

      await store.save([]);

      expect(await store.load([])).toEqual(new Map());
    });
  });
}
