import type { CallStore, StoredCalls } from '../callBudget.ts';

const calls = (changes: Partial<StoredCalls> = {}): StoredCalls => ({
  day: '2026-03-01',
  used: 10,
  byLane: { REQUEST: 1, FRESH: 2, BACKFILL: 3, AUDIT: 0 },
  told: [],
  ...changes,
});

/** The promises of `CallStore`; `open` gives an empty store each time. */
export function callStoreContract(name: string, open: () => Promise<CallStore>): void {
  describe(`${name} as store of the day’s calls`, () => {
    it('gives back a day, and nothing for another', async () => {
      const store = await open();

      await store.save(calls());

      expect(await store.load('2026-03-01')).toEqual(calls());
      expect(await store.load('2026-03-02')).toBeNull();
    });

    it('keeps the higher of each number, and all that was told', async () => {
      const store = await open();
      const byLane = { REQUEST: 0, FRESH: 9, BACKFILL: 1, AUDIT: 0 };
      await store.save(calls({ told: ['CALLS_RUN_SHORT'] }));

      await store.save(calls({ used: 8, byLane, told: ['CALLS_SPENT'] }));

      const stored = await store.load('2026-03-01');
      expect(stored).toMatchObject({ used: 10, byLane: { REQUEST: 1, FRESH: 9, BACKFILL: 3, AUDIT: 0 } });
      expect([...(stored?.told ?? [])].sort()).toEqual(['CALLS_RUN_SHORT', 'CALLS_SPENT']);
    });
  });
}
