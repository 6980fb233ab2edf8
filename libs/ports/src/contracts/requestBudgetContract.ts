import type { RequestBudget } from '../requestBudget.ts';

export type RequestBudgetHarness = {
  readonly budget: RequestBudget;
  /** Asks the source so often. */
  use(requests: number): Promise<void>;
};

/** The promises of `RequestBudget`; `open` gives one of 100 requests a day of which none is used. */
export function requestBudgetContract(name: string, open: () => RequestBudgetHarness): void {
  describe(`${name} as a budget of requests`, () => {
    it('counts what was asked today', async () => {
      const { budget, use } = open();

      await use(3);

      expect(budget.report()).toMatchObject({ used: 3, budget: 100 });
    });

    it('goes on from what earlier processes used today, and never falls', async () => {
      const { budget, use } = open();
      await use(3);
      const { day } = budget.report();

      budget.raiseTo({ day, used: 40 });
      budget.raiseTo({ day, used: 39 });
      await use(1);

      expect(budget.report().used).toBe(41);
    });

    it('takes no account of another day', async () => {
      const { budget } = open();

      budget.raiseTo({ day: '2001-01-01', used: 40 });

      expect(budget.report().used).toBe(0);
    });
  });
}
