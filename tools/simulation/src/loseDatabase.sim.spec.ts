import type { Action, Plan } from './actions.ts';
import { defaultPlanOptions, planRun, type PlanOptions } from './planRun.ts';
import { runPlan } from './runPlan.ts';

const seeds = 200;

/** Somewhere in a run everything in the database is gone, and all that ever came is decided again before anything is written. */
function losingPlan(seed: number, shares: Pick<PlanOptions, 'accountShare' | 'customShare'>): Plan {
  const plan = planRun(seed, { ...defaultPlanOptions, faultShare: 0.1, ...shares });
  const at = (seed * 7) % plan.actions.length;
  const lost: Action = { kind: 'lose-database' };

  return { ...plan, actions: [...plan.actions.slice(0, at), lost, ...plan.actions.slice(at)] };
}

/** What both sides edited is decided without what was known before, so which edit holds is not asked. */
it.each([
  ['a lost database costs nobody his person, makes nobody twice and lets both sides agree', {}],
  // Among them: an answer about a company that was taken for a person (21), and one that came late (82, 122).
  ['that goes for companies, opportunities and their roles, too', { accountShare: 0.3 }],
  ['and for custom objects', { customShare: 0.3 }],
])('%s', async (_what, shares) => {
  const isBeside = Object.keys(shares).length > 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { verdict, failure } = await runPlan(losingPlan(seed, shares));
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
      ...(isBeside && { unexpected, revived }),
    }).toEqual({
      ...{ seed, failure: null, doubled: [], missing: [], stuck: [], differences: [] },
      ...{ unexplainedWrites: [], echoes: [], optOutsLost: [] },
      ...(isBeside && { unexpected: [], revived: [] }),
    });
  }
});
