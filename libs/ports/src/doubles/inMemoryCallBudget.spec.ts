import { callBudgetContract } from '../contracts/callBudgetContract.ts';
import { callStoreContract } from '../contracts/callStoreContract.ts';
import { inMemoryCallBudget, inMemoryCallStore } from './inMemoryCallBudget.ts';

callBudgetContract('the in-memory double', async () => {
  const budget = inMemoryCallBudget({ day: '2026-03-01', budget: 100, endsAt: '2026-03-02T06:00:00Z' });
  let counted = 0;

  return {
    budget,
    async use(lane, calls) {
      const { used, byLane } = budget.report();
      budget.set({ used: used + calls, byLane: { ...byLane, [lane]: byLane[lane] + calls } });
      counted += calls;
    },
    async useAsOther(calls) {
      counted += calls;
      budget.countedByMarketo = counted;
    },
    close: async () => {},
  };
});

callStoreContract('the in-memory double', async () => inMemoryCallStore());
