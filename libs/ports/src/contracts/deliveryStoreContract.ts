import type { DeliveryOutcome } from '@lockstep/change-events';
import type { Delivery, DeliveryStore } from '../goldenStore.ts';

const outcome: DeliveryOutcome = {
  commandId: 'a/1.1/marketo',
  goldenId: 'a',
  revision: { epoch: 1, number: 1 },
  result: 'UPDATED',
  personId: '1',
  accepted: { city: 'Bonn', leadScore: 7, unsubscribed: false, phone: null },
  state: null,
  sent: { epoch: 3, number: 8 },
  answered: { epoch: 3, number: 9 },
  code: null,
  field: null,
  detail: null,
  retryAt: null,
  lane: 'LIVE',
  at: '2026-11-21T10:00:00Z',
};

const delivery = (goldenId: string, number: number, isSettled: boolean): Delivery => ({
  goldenId,
  revision: { epoch: 1, number },
  outcome: isSettled ? outcome : null,
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
