import { nativePolicy, type Policy } from '@lockstep/reconciliation';
import type { Rules } from '@lockstep/rules';

/** What the rules choose; where the file does not say whether persons are matched by email, the setting does. */
export function policyBy(
  {
    matchByEmail,
    deletedInMarketo,
    deletedInDynamics,
    rowWhenPersonDeleted,
    filters,
    createInDynamics,
    attachAccounts,
    hash,
  }: Rules,
  matchesByEmail: boolean,
): Policy {
  return {
    ...{ ...nativePolicy, deletedInMarketo, deletedInDynamics, rowWhenPersonDeleted },
    matchByEmail: matchByEmail ?? matchesByEmail,
    ...(filters ? { filters } : {}),
    ...(createInDynamics ? { createInDynamics } : {}),
    ...(attachAccounts ? { attachAccounts } : {}),
    rules: hash,
  };
}
