import fc from 'fast-check';
import { plans } from './drawnPlans.ts';
import { isClean, runPlan } from './runPlan.ts';

/** Another seed by `PROPERTY_SEED`; a failure prints its own. */
export const propertySeed = Number(process.env['PROPERTY_SEED'] ?? 1);
export const propertyTimeoutMs = 30 * 60_000;

/** Throws with the shortest history found after which an invariant does not hold. */
export async function keepsEveryInvariant(parameters: {
  readonly numRuns: number;
  readonly seed: number;
}): Promise<void> {
  const property = fc.asyncProperty(plans, async (plan) => isClean(await runPlan(plan)));

  await fc.assert(property, parameters);
}
