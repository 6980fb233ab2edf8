import type { MappingRow } from '@lockstep/reconciliation';
import { rowUnder, type ExpectedRules } from './expectedRules.ts';
import type { History, StateEntry } from './history.ts';
import { isFiltered } from './isFiltered.ts';

type Ruled = Pick<History, 'rules' | 'formerRules'>;

const noRules: ExpectedRules = {};

/** All rules that were ever in force, the last ones at the end. */
export const rulesOf = ({ rules = noRules, formerRules = [] }: Ruled): readonly ExpectedRules[] => [
  ...formerRules,
  rules,
];

/** The rules did not always say the same of the field. */
export function isChanged(history: Ruled, { field }: MappingRow): boolean {
  const said = rulesOf(history).map(({ fields = {} }) => JSON.stringify(fields[field] ?? {}));

  return new Set(said).size > 1;
}

/** The mapping without the fields of which the rules did not always say the same. */
export const unchanged = (history: Ruled & Pick<History, 'mapping'>): readonly MappingRow[] =>
  history.formerRules ? history.mapping.filter((row) => !isChanged(history, row)) : history.mapping;

/** Where a field ever lived. */
export const placesOf = (history: Ruled, mapping: MappingRow): readonly MappingRow[] =>
  isChanged(history, mapping)
    ? rulesOf(history).flatMap((rules) => rowUnder(rules, mapping) ?? [])
    : [mapping];

/** The field was not always in that column, or was off. */
export function wasElsewhere(
  history: Ruled & Pick<History, 'mapping'>,
  { field }: Pick<MappingRow, 'field'>,
  table: string,
): boolean {
  const base = history.mapping.find((row) => row.field === field);
  const columns = rulesOf(history).map((rules) => base && rowUnder(rules, base)?.columns[table]);

  return new Set(columns).size > 1;
}

/** At some time some of the rules let the row in, and others did not. */
export function isDisputed(history: Ruled, states: readonly StateEntry[]): boolean {
  if (!history.formerRules) return false;

  return states.some((_, at) => {
    const until = states.slice(0, at + 1);

    return new Set(rulesOf(history).map((rules) => isFiltered(until, rules))).size > 1;
  });
}
