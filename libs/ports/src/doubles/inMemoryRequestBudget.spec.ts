import { requestBudgetContract } from '../contracts/requestBudgetContract.ts';
import { inMemoryRequestBudget } from './inMemoryRequestBudget.ts';

requestBudgetContract('the in-memory double', () => {
  const budget = inMemoryRequestBudget({ day: '2026-03-01', budget: 100 });

  return { budget, use: async (requests) => budget.set({ used: budget.report().used + requests }) };
});
