import type { StateEntry } from './stateLog.ts';
import type { OrganizationState } from './organizationState.ts';
import type { TableDefinition } from './tableDefinition.ts';

const chunk = 10_000;

/** The logged changes of a table after a version, newest first. Reads the log backward, so it costs what happened since. */
function* changesAfter(
  state: OrganizationState,
  table: string,
  version: number,
): Generator<StateEntry, void> {
  for (let end = state.states.last(); end > 0; end -= chunk) {
    const start = Math.max(0, end - chunk);
    for (const { entry } of state.states.after(start, end - start).toReversed()) {
      if (entry.version <= version) return;
      if (entry.table === table) yield entry;
    }
  }
}

function isChanged({ before, after }: StateEntry, properties: readonly string[]): boolean {
  return !before || !after || properties.some((name) => (before[name] ?? null) !== (after[name] ?? null));
}

/** Rows of which one of the columns changed after a version. */
export function rowsWithChangesOf(
  state: OrganizationState,
  { name }: TableDefinition,
  after: number,
  properties: readonly string[],
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const entry of changesAfter(state, name, after)) if (isChanged(entry, properties)) found.add(entry.id);
  return found;
}

/** Rows that were deleted after a version and are there again. */
export function recreatedRows(
  state: OrganizationState,
  { name }: TableDefinition,
  after: number,
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { operation, id } of changesAfter(state, name, after))
    if (operation === 'delete' && state.store.version(name, id) !== undefined) found.add(id);
  return found;
}
