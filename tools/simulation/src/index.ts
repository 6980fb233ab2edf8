export { planRun, defaultPlanOptions, type PlanOptions } from './planRun.ts';
export { isClean, runPlan, type RunResult } from './runPlan.ts';
export {
  resultOf,
  runSeeds,
  type SeedsOptions,
  type SeedsReport,
  type SimulationResult,
} from './runSeeds.ts';
export { createRandom, type Random } from './random.ts';
export { shrinkPlan } from './shrink.ts';
export type { Action, Fault, HumanAct, Plan } from './actions.ts';
export type { Variant } from './world.ts';
