import { nativePolicy, type Policy } from '@lockstep/reconciliation';

/** What the end of a record on one side does to the other: where it was deleted, or merged into another one. */
export type EndRules = Pick<
  Policy,
  'deletedInMarketo' | 'deletedInDynamics' | 'rowWhenPersonDeleted' | 'mergedInMarketo' | 'mergedInDynamics'
>;

/** These rules out of more; what is not said is native. */
export function endRulesOf(said: {
  readonly [Name in keyof EndRules]?: EndRules[Name] | undefined;
}): EndRules {
  const {
    deletedInMarketo = nativePolicy.deletedInMarketo,
    deletedInDynamics = nativePolicy.deletedInDynamics,
    rowWhenPersonDeleted = nativePolicy.rowWhenPersonDeleted,
    mergedInMarketo = nativePolicy.mergedInMarketo,
    mergedInDynamics = nativePolicy.mergedInDynamics,
  } = said;

  return { deletedInMarketo, deletedInDynamics, rowWhenPersonDeleted, mergedInMarketo, mergedInDynamics };
}
