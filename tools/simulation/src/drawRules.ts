import type { ExpectedConflict, ExpectedRules, ExpectedWrite } from '@lockstep/checker';
import { createRandom, type Random } from './random.ts';

/** Fields whose policies are drawn: those that both sides may change, without the opt-outs, which have their own rule. */
const fields = ['firstName', 'phone', 'city', 'leadSource', 'annualRevenue'] as const;
const conflicts = ['native', 'newest', 'marketo', 'dynamics', 'review'] as const;
const writes = ['always', 'always', 'fill-blanks', 'once'] as const;

export const keptOutName = 'crmIsKeptOut';

type Out = NonNullable<ExpectedRules['whenFilteredOut']>;
const outs: readonly [Out, ...Out[]] = ['keep', 'remove', { flag: keptOutName }];

/** What a lockstep.yaml says of persons, drawn apart from the history, so that a seed tells the same story under other rules. */
export function drawRules(seed: number): ExpectedRules {
  const random = createRandom(seed ^ 0x5eed);
  return {
    deletedInMarketo: random.pick(['recreate', 'ask', 'stay-deleted']),
    deletedInDynamics: random.pick(['keep', 'flag', 'delete']),
    ...drawFilter(random),
    whenFilteredOut: random.pick<Out>(outs),
    fields: Object.fromEntries(fields.map((field) => [field, drawPolicies(random)])),
    rowWhenPersonDeleted: random.pick(['keep', 'deactivate', 'delete']),
    mergedInMarketo: random.pick(['keep', 'follow']),
    mergedInDynamics: random.pick(['keep', 'follow']),
  };
}

type Policies = { readonly conflict: ExpectedConflict; readonly write: ExpectedWrite };

function drawFilter(random: Random): Pick<ExpectedRules, 'filter' | 'syncColumn'> {
  if (random.chance(0.5)) return {};
  const filter = { column: 'address1_country', isNot: 'FR' };
  return { filter, syncColumn: random.pick(['on', 'off']) };
}

/** What is written once knows no later edit that could decide what is held for review. */
function drawPolicies(random: Random): Policies {
  const [conflict, write] = [random.pick(conflicts), random.pick(writes)];
  return { conflict, write: conflict === 'review' && write === 'once' ? 'always' : write };
}
