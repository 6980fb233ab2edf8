import { filterColumn } from '@lockstep/reconciliation';
import type { ExpectedRules } from './expectedRules.ts';
import type { StateEntry } from './history.ts';

/** What a row says of itself after these states: an explicit No (F-57), unless that does not count, or the filter of the rules. */
export function isFiltered(states: readonly StateEntry[], rules: ExpectedRules): boolean {
  if (rules.syncColumn !== 'off' && lastIn(states, filterColumn) === false) return true;
  return rules.filter !== undefined && lastIn(states, rules.filter.column) === rules.filter.isNot;
}

/** The row stayed out at some time. */
export const wasFiltered = (states: readonly StateEntry[], rules: ExpectedRules): boolean =>
  states.some((_, at) => isFiltered(states.slice(0, at + 1), rules));

const lastIn = (states: readonly StateEntry[], column: string): unknown =>
  states.findLast(({ changed }) => column in changed)?.changed[column]?.after;
