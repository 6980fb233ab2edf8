import type { ExpectedRules } from '@lockstep/checker';
import { defaultMapping, nativePolicy, type MappingRow, type Policy } from '@lockstep/reconciliation';
import { endRulesOf, readRules } from '@lockstep/rules';

/** The fields that are kept in step in the simulation: one or two of each kind, so that runs stay quick. */
const simulated = new Set([
  'lockstepId',
  'crmId',
  'crmType',
  'crmIsDeleted',
  'crmIsKeptOut',
  'crmStatusReason',
  'firstName',
  'lastName',
  'email',
  'phone',
  'city',
  'leadSource',
  'annualRevenue',
  'unsubscribed',
  'doNotCall',
  'leadScore',
]);
const isSimulated = ({ field }: MappingRow): boolean => simulated.has(field);

export const simulatedMapping: readonly MappingRow[] = defaultMapping.filter(isSimulated);

/** What the reconciler is given: what it makes of the rules itself, read as a file is. */
export type RuledParts = { readonly mapping: readonly MappingRow[]; readonly policy: Policy };

export function ruledParts(persons: ExpectedRules, matchByEmail: boolean): RuledParts {
  const result = readRules(JSON.stringify({ persons }));
  if (!('rules' in result)) throw new Error(result.faults.map(({ sentence }) => sentence).join(' '));
  const { mapping, filters } = result.rules;
  const policy = { ...nativePolicy, matchByEmail, ...endRulesOf(result.rules) };
  return { mapping: mapping.filter(isSimulated), policy: { ...policy, ...(filters && { filters }) } };
}
