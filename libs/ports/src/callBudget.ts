/** Whose call to Marketo it is, the most urgent first (decision 11). */
export const callLanes = ['REQUEST', 'FRESH', 'BACKFILL', 'AUDIT'] as const;

export type CallLane = (typeof callLanes)[number];

export type CallsByLane = Readonly<Record<CallLane, number>>;

/** Calls of one day in US Central time, such as `2026-03-01`, which is how Marketo reckons (marketo-rest 6). */
export type DailyCalls = {
  readonly day: string;
  /** Of all users of the instance as far as known, ours among them. */
  readonly used: number;
  /** Ours alone. */
  readonly byLane: CallsByLane;
};

/** `budget` is what the instance may be asked in a day; `endsAt` is the next midnight in US Central time. */
export type CallReport = DailyCalls & { readonly budget: number; readonly endsAt: string };

/** How many calls Marketo got today, and how many it may get. */
export type CallBudget = {
  report(): CallReport;
  /** At least so many were used, by this process and earlier ones; of another day than today it means nothing. */
  raiseTo(calls: DailyCalls): void;
  /** Asks Marketo how many calls it has counted of all users; the higher count holds. Throws MARKETO_*. */
  countOthers(): Promise<void>;
};

/** What a day has cost, kept over processes; `told` are the warnings that were given on that day. */
export type StoredCalls = DailyCalls & { readonly told: readonly string[] };

export type CallStore = {
  load(day: string): Promise<StoredCalls | null>;
  /** Of each number the higher one stays, and what was told stays told, so that a late save harms nothing. */
  save(calls: StoredCalls): Promise<void>;
};
