import { nativePolicy, type Policy } from '@lockstep/reconciliation';
import { endRulesOf, type Rules } from '@lockstep/rules';

/** What the rules choose; where the file does not say whether persons are matched by email, the setting does. */
export function policyBy(
  { matchByEmail, filters, createInDynamics, attachAccounts, hash, ...rules }: Rules,
  matchesByEmail: boolean,
): Policy {
  return {
    ...nativePolicy,
    ...endRulesOf(rules),
    matchByEmail: matchByEmail ?? matchesByEmail,
    ...(filters ? { filters } : {}),
    ...(createInDynamics ? { createInDynamics } : {}),
    ...(attachAccounts ? { attachAccounts } : {}),
    rules: hash,
  };
}
