import type { OrganizationState } from '../core/organizationState.ts';
import type { MetadataNode } from './metadataNode.ts';
import { optionSetNode } from './optionSetNode.ts';

/** The option sets that several columns can share, each once. */
export function globalSetNodes(state: OrganizationState): readonly MetadataNode[] {
  const found = new Map<string, MetadataNode>();
  for (const table of state.tables.values())
    for (const column of table.columns) {
      const set = column.globalOptionSet === undefined ? null : optionSetNode(table, column);
      if (set && column.globalOptionSet !== undefined) found.set(column.globalOptionSet, set);
    }
  return [...found.values()];
}
