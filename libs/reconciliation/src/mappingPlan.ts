import type { MappingRow } from './mapping.ts';
import { hasLabels } from './optionSets.ts';

/** What every decision asks of a mapping, worked out once per mapping. */
export type MappingPlan = {
  readonly fields: ReadonlySet<string>;
  /** Fields that have one value for everybody. */
  readonly constants: readonly MappingRow[];
  /** Fields whose options have labels. */
  readonly labelled: readonly MappingRow[];
  /** Relations that some side is told of. */
  readonly relations: readonly MappingRow[];
};

const plans = new WeakMap<readonly MappingRow[], MappingPlan>();

/** The plan of a mapping; a mapping is never changed in place. */
export function planOf(mapping: readonly MappingRow[]): MappingPlan {
  const known = plans.get(mapping);
  if (known) return known;
  const plan = makePlan(mapping);
  plans.set(mapping, plan);
  return plan;
}

const makePlan = (mapping: readonly MappingRow[]): MappingPlan => ({
  fields: new Set(mapping.map(({ field }) => field)),
  constants: mapping.filter(({ constant }) => constant !== undefined),
  labelled: mapping.filter(hasLabels),
  relations: mapping.filter(({ parents, direction }) => parents !== undefined && direction !== 'none'),
});
