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

/** What records beside persons are tried with: alone, and beside what happens to their persons. */
export const withOthers = (plan: PlanOptions): readonly (readonly [title: string, plan: PlanOptions])[] => [
  ['', plan],
  [', an operator and merges', { ...plan, operatorShare: 0.1, mergeShare: 0.15 }],
  [' and contacts made of leads', { ...plan, qualifyShare: 0.1 }],
];
