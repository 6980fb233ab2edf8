import type { PlanOptions } from './planRun.ts';
import { runSeeds } from './runSeeds.ts';

type Search = { readonly plan: PlanOptions; readonly count: number; readonly first?: number };

/** Runs so many seeds with faults; `found` is the story of the first in which something is wrong, for specs. */
export async function searchRuns({
  plan,
  count,
  first = 1,
}: Search): Promise<{ readonly found: readonly string[]; readonly runs: number }> {
  const { lines, runs } = await runSeeds({
    ...{ plan, count, first, keepGoing: false },
    nowMs: () => performance.now(),
    onResult: () => undefined,
  });

  return { found: lines.slice(0, -1), runs };
}
