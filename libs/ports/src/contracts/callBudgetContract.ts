import type { CallBudget, CallLane } from '../callBudget.ts';

export type CallBudgetHarness = {
  readonly budget: CallBudget;
  /** Calls Marketo so often in that lane. */
  use(lane: CallLane, calls: number): Promise<void>;
  /** Somebody else calls the same instance so often. */
  useAsOther(calls: number): Promise<void>;
  close(): Promise<void>;
};

/** The promises of `CallBudget`; `open` gives one of 100 calls a day of which none is used. */
export function callBudgetContract(name: string, open: () => Promise<CallBudgetHarness>): void {
  describe(`${name} as a budget of calls`, () => {
    let harness: CallBudgetHarness;
    beforeEach(async () => {
      harness = await open();
    });
    afterEach(() => harness.close());

    it('counts by lane what was called today', async () => {
      await harness.use('FRESH', 2);
      await harness.use('BACKFILL', 1);

      expect(harness.budget.report()).toMatchObject({
        used: 3,
        byLane: { REQUEST: 0, FRESH: 2, BACKFILL: 1, AUDIT: 0 },
        budget: 100,
      });
    });

    it('goes on from what earlier processes used today, and never falls', async () => {
      const { budget, use } = harness;
      await use('FRESH', 3);
      const { day, byLane } = budget.report();

      budget.raiseTo({ day, used: 40, byLane: { ...byLane, AUDIT: 7 } });
      budget.raiseTo({ day, used: 39, byLane });
      await use('FRESH', 1);

      expect(budget.report()).toMatchObject({ used: 41, byLane: { FRESH: 4, AUDIT: 7 } });
    });

    it('takes no account of another day', () => {
      const { budget } = harness;
      const { byLane } = budget.report();

      budget.raiseTo({ day: '2001-01-01', used: 40, byLane });

      expect(budget.report().used).toBe(0);
    });

    it('counts what others called, as Marketo tells', async () => {
      const { budget, use, useAsOther } = harness;
      await use('FRESH', 2);
      await useAsOther(30);

      await budget.countOthers();

      // Asking is a call itself, which Marketo may or may not have counted in its answer.
      expect(budget.report().used).toBeGreaterThanOrEqual(32);
      expect(budget.report().used).toBeLessThanOrEqual(34);
    });
  });
}
