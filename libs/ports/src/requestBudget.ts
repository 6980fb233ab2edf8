/** Requests of one UTC day, such as `2026-03-01`. */
export type DailyUsage = { readonly day: string; readonly used: number };

/** `budget` null: none. `forecastAt` is when it is spent at the present rate, null when it lasts until the day ends. */
export type BudgetReport = DailyUsage & {
  readonly budget: number | null;
  readonly forecastAt: string | null;
};

/** How many requests a source was asked today, and how many it may be asked. */
export type RequestBudget = {
  report(): BudgetReport;
  /** At least so many were used, by this process and earlier ones; of another day than today it means nothing. */
  raiseTo(usage: DailyUsage): void;
};
