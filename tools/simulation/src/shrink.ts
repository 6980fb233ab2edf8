import type { Action, Plan } from './actions.ts';

const runsMax = 600;

/**
 * The shortest failing plan found by leaving out actions and faults: halves first, then ever smaller parts (delta debugging).
 */
export async function shrinkPlan(plan: Plan, fails: (plan: Plan) => Promise<boolean>): Promise<Plan> {
  let best = plan;
  let runs = 0;
  const attempt = async (actions: readonly Action[]): Promise<boolean> => {
    runs += 1;
    const candidate = { ...best, actions };
    if (runs > runsMax || !(await fails(candidate))) return false;
    best = candidate;
    return true;
  };
  for (
    let size = Math.ceil(best.actions.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let at = 0; at < best.actions.length;) {
      const without = [...best.actions.slice(0, at), ...best.actions.slice(at + size)];
      if (!(await attempt(without))) at += size;
    }
  }
  for (const [at, action] of [...best.actions.entries()]) {
    if (action.kind === 'step' && action.fault)
      await attempt(best.actions.with(at, { ...action, fault: null }));
  }
  return best;
}
