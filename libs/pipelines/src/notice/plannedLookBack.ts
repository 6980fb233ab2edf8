/** A second look at the feeds for rows that showed up behind a place that was passed (marketo-rest 3.2). */
export type LookBack = {
  readonly beganAtMs: number;
  /** Where it begins; null once it has begun. */
  readonly sinceMs: number | null;
  /** Rows of changes that were made later are not behind the place of the reader. */
  readonly untilMs: number;
  /** Where it stands in each feed; null at the end of one. */
  readonly feed: string | null;
  readonly deleted: string | null;
  readonly merged: string | null;
  /** When somebody last became part of each person, of the merges that were met. */
  readonly mergedAtMs: ReadonlyMap<string, number>;
};

/** A row is found that shows up so long after its time. */
const lateMaxMs = 10 * 60_000;
/** Clocks that differ by more are a fault of the setup. */
const clockSkewMs = 60_000;

type Planned = { readonly lookedAtMs: number; readonly passedAtMs: number; readonly nowMs: number };

/** From before the last one by as much as a row may be late, up to when the reader was at its place. */
export function plannedLookBack({ lookedAtMs, passedAtMs, nowMs }: Planned): LookBack {
  const sinceMs = lookedAtMs - lateMaxMs - clockSkewMs;

  return {
    beganAtMs: nowMs,
    sinceMs,
    untilMs: passedAtMs + clockSkewMs,
    feed: null,
    deleted: null,
    merged: null,
    mergedAtMs: new Map(),
  };
}
