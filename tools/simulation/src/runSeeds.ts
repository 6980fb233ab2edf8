import { countFindings, findingKinds, type FindingKind } from '@lockstep/checker';
import type { Plan } from './actions.ts';
import { planRun, type PlanOptions } from './planRun.ts';
import { isClean, runPlan, type RunResult } from './runPlan.ts';
import { shrinkPlan } from './shrink.ts';

export type SeedsOptions = {
  readonly first: number;
  readonly count: number;
  readonly plan: PlanOptions;
  readonly keepGoing: boolean;
  readonly nowMs: () => number;
  readonly onResult: (line: SimulationResult) => void;
};

/** One run in the form of design section 10. */
export type SimulationResult = {
  readonly seed: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly edits: number;
  readonly convergeMs: number;
} & Readonly<Record<FindingKind, number>>;

export function resultOf({ plan, faults, verdict, convergeMs }: RunResult): SimulationResult {
  return { seed: plan.seed, faults, edits: verdict.edits, ...countFindings(verdict), convergeMs };
}

export type SeedsReport = {
  readonly lines: readonly string[];
  readonly failed: number;
  readonly runs: number;
};

/** Runs seeds one after the other; the first that fails is made as short as possible and told. */
export async function runSeeds(options: SeedsOptions): Promise<SeedsReport> {
  const startMs = options.nowMs();
  const lines: string[] = [];
  const totals = { edits: 0, pairs: 0, conflicts: 0, faults: 0 };
  let failed = 0;
  let runs = 0;
  for (let seed = options.first; seed < options.first + options.count; seed += 1) {
    const result = await runPlan(planRun(seed, options.plan));
    runs += 1;
    options.onResult(resultOf(result));
    totals.edits += result.verdict.edits;
    totals.pairs += result.verdict.linkedPairs;
    totals.conflicts += result.verdict.conflicts;
    totals.faults += Object.values(result.faults).reduce((sum, count) => sum + count, 0);
    if (isClean(result)) continue;
    failed += 1;
    lines.push(...(await tellFailure(result, { shrink: !options.keepGoing })));
    if (!options.keepGoing) break;
  }
  const seconds = (options.nowMs() - startMs) / 1000;
  const { edits, pairs, conflicts, faults } = totals;
  lines.push(
    `${runs} runs, ${failed} failed, ${(runs / seconds).toFixed(1)} runs/s, ${edits} edits, ${pairs} linked pairs, ` +
      `${conflicts} conflicts, ${faults} faults`,
  );
  return { lines, failed, runs };
}

async function tellFailure(result: RunResult, { shrink }: { shrink: boolean }): Promise<string[]> {
  if (!shrink) return [`seed ${result.plan.seed}: ${kindsOf(result).join(', ')}`];
  const kinds = kindsOf(result);
  const shortest = await shrinkPlan(result.plan, async (plan) =>
    kindsOf(await runPlan(plan)).some((kind) => kinds.includes(kind)),
  );
  const rerun = await runPlan(shortest);
  return [
    `seed ${result.plan.seed} failed: ${kinds.join(', ')}`,
    `match by email: ${shortest.matchByEmail}; page size ${shortest.pageSizeMax}; feed block ${shortest.feedBlock}`,
    `the shortest history found has ${shortest.actions.length} of ${result.plan.actions.length} actions:`,
    ...shortest.actions.map((action) => `  ${JSON.stringify(action)}`),
    ...findingKinds.flatMap((kind) =>
      rerun.verdict[kind].map((finding) => `  ${kind}: ${JSON.stringify(finding)}`),
    ),
    ...(rerun.failure ? [rerun.failure] : []),
    JSON.stringify(resultOf(rerun)),
    `again: npm run sim -- --seeds 1 --seed ${[result.plan.seed, ...flagsOf(result.plan)].join(' ')}`,
    ...(result.plan.rules ? [`rules: ${JSON.stringify(result.plan.rules)}`] : []),
  ];
}

/** The options of the command that draw this plan again. */
function flagsOf({ actions, rules, accounts, customs }: Plan): readonly string[] {
  const acts = new Set(actions.flatMap((action) => ('act' in action ? [action.act.do] : [])));
  const byOperator = actions.some((action) => action.kind === 'operator' && action.act.do !== 'undo');
  const changesRules = actions.some(({ kind }) => kind === 'rules');
  const flags = [
    [byOperator, '--operator'],
    [acts.has('undo'), '--undo'],
    [acts.has('merge'), '--merges'],
    [acts.has('qualify'), '--qualify'],
    [acts.has('ask'), '--requests'],
    [accounts === true, '--accounts'],
    [customs === true, '--customs'],
    [changesRules, '--new-rules'],
    [rules !== undefined, '--policies'],
  ] as const;

  return flags.flatMap(([isSet, flag]) => (isSet ? [flag] : []));
}

function kindsOf({ verdict, failure }: RunResult): string[] {
  const kinds = findingKinds.filter((kind) => verdict[kind].length > 0);
  return failure ? [...kinds, 'failure'] : kinds;
}
