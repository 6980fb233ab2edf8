import type { Action, Plan } from './actions.ts';
import { defaultPlanOptions, planRun } from './planRun.ts';
import { runPlan } from './runPlan.ts';

const seeds = 200;

/** Somewhere in a run everything in the database is gone, and all that ever came is decided again before anything is written. */
function losingPlan(seed: number, accountShare: number): Plan {
  const plan = planRun(seed, { ...defaultPlanOptions, faultShare: 0.1, accountShare });
  const at = (seed * 7) % plan.actions.length;
  const lost: Action = { kind: 'lose-database' };

  return { ...plan, actions: [...plan.actions.slice(0, at), lost, ...plan.actions.slice(at)] };
}

/** What both sides edited is decided without what was known before, so which edit holds is not asked. */
it.each([
  ['a lost database costs nobody his person, makes nobody twice and lets both sides agree', 0],
  // Among them: an answer about a company that was taken for a person (21), and one that came late (82, 122).
  ['that goes for companies, opportunities and their roles, too', 0.3],
])('%s', async (_what, accountShare) => {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { verdict, failure } = await runPlan(losingPlan(seed, accountShare));
    const { doubled, missing, stuck, differences, unexplainedWrites, echoes, optOutsLost } = verdict;
    const { unexpected, revived } = verdict;

    expect({
      seed,
      failure,
      doubled,
      missing,
      stuck,
      differences,
      unexplainedWrites,
      echoes,
      optOutsLost,
      ...(accountShare > 0 && { unexpected, revived }),
    }).toEqual({
      ...{ seed, failure: null, doubled: [], missing: [], stuck: [], differences: [] },
      ...{ unexplainedWrites: [], echoes: [], optOutsLost: [] },
      ...(accountShare > 0 && { unexpected: [], revived: [] }),
    });
  }
});
