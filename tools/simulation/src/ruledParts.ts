import type { ExpectedRules } from '@lockstep/checker';
import {
  defaultMapping,
  entityMappingsFor,
  nativePolicy,
  type GoldenEntity,
  type MappingRow,
  type Policy,
} from '@lockstep/reconciliation';
import { endRulesOf, readRules } from '@lockstep/rules';
import { customTables, type Plan } from './actions.ts';
import { simulatedCustoms } from './customRows.ts';

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

const companyId = 'companyId';
/** A person of a company shows the revenue of that. */
const ofCompanies = 'annualRevenue';

/** What must agree: relations are judged by themselves. */
export const expectedMapping = ({ accounts }: Plan): readonly MappingRow[] =>
  accounts ? simulatedMapping.filter(({ field }) => field !== ofCompanies) : simulatedMapping;

const isGiven = (row: MappingRow, { accounts }: Plan): boolean =>
  accounts && (row.field === companyId || row.field === ofCompanies)
    ? row.field === companyId
    : isSimulated(row);

const tablesOf = ({ customs }: Plan): readonly string[] =>
  customs ? [...accountTables, ...customTables] : accountTables;

/** Of plans with accounts. */
export const accountTables: readonly string[] = ['lead', 'contact', 'account', 'opportunity'];

/** What the reconciler is given: what it makes of the rules itself, read as a file is. */
export type RuledParts = {
  readonly mapping: readonly MappingRow[];
  readonly entityMappings: Readonly<Record<GoldenEntity, readonly MappingRow[]>>;
  readonly policy: Policy;
};

const noRules: ExpectedRules = {};

export function ruledParts(plan: Plan): RuledParts {
  const { rules: persons = noRules, matchByEmail } = plan;
  const result = readRules(JSON.stringify({ persons }));
  if (!('rules' in result)) throw new Error(result.faults.map(({ sentence }) => sentence).join(' '));
  const { mapping, filters, hash } = result.rules;
  const policy = { ...nativePolicy, matchByEmail, ...endRulesOf(result.rules) };
  return {
    mapping: mapping.filter((row) => isGiven(row, plan)),
    entityMappings: entityMappingsFor(tablesOf(plan), { customs: simulatedCustoms }),
    policy: { ...policy, ...(filters && { filters }), rules: hash },
  };
}
