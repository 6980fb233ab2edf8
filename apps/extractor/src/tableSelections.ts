import { tableDefinitions } from '@lockstep/change-events';
import type { TableSelection } from '@lockstep/ports';

/**
 * What to read of a table: every column that can be read, or those that are named. The tables that Lockstep itself consumes
 * keep the columns of the default mapping, or a selection made for somebody else would blind it.
 */
export function tableSelection(
  table: string,
  selected: Readonly<Record<string, readonly string[]>>,
): TableSelection {
  const named = selected[table];
  if (named === undefined || named.includes('*')) return { table, columns: null };
  const mapped = tableDefinitions[table]?.fields.map(({ name }) => name) ?? [];

  return { table, columns: [...new Set([...mapped, ...named])] };
}
