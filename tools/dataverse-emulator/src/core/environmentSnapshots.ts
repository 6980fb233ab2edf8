import { DataverseError, errorCodes } from './dataverseError.ts';
import { nowMs, type EnvironmentSnapshot, type OrganizationState } from './organizationState.ts';
import { addOrganizationRow, removeOrganizationRow } from './users.ts';

const snapshotsMax = 20;

/** Remembers this moment. Throws 400 when too many moments are remembered. */
export function takeSnapshot(state: OrganizationState, name: string): EnvironmentSnapshot {
  if (state.snapshots.size >= snapshotsMax && !state.snapshots.has(name))
    throw new DataverseError(400, errorCodes.invalidArgument, `At most ${snapshotsMax} snapshots are kept.`);
  const snapshot = {
    name,
    atMs: nowMs(state),
    store: state.store.snapshot(),
    tables: new Map(state.tables),
    manyToMany: new Map(state.manyToMany),
    tokensVoidUpTo: new Map(state.tokensVoidUpTo),
  };
  state.snapshots.set(name, snapshot);
  return snapshot;
}

/** The snapshot of that name, or the newest that is not later than a moment. Throws 404 when there is none. */
export function findSnapshot(
  state: OrganizationState,
  wanted: { readonly name?: string; readonly atMs?: number },
): EnvironmentSnapshot {
  const { name, atMs = Infinity } = wanted;
  const found = [...state.snapshots.values()]
    .filter((each) => (name === undefined ? each.atMs <= atMs : each.name === name))
    .sort((left, right) => right.atMs - left.atMs)[0];
  if (!found) throw new DataverseError(404, errorCodes.objectDoesNotExist, 'There is no such snapshot.');
  return found;
}

function refill<Key, Value>(target: Map<Key, Value>, source: ReadonlyMap<Key, Value>): void {
  target.clear();
  for (const [key, value] of source) target.set(key, value);
}

/**
 * Puts rows, version counter and tables back to an earlier moment. The clock runs on, and the version of the metadata
 * rises, so that nobody takes what they read before for current. Delta tokens from after that moment are no tokens here.
 */
export function restoreEnvironment(state: OrganizationState, snapshot: EnvironmentSnapshot): void {
  const formerId = state.identity.organizationId;
  state.store.restore(snapshot.store);
  refill(state.tables, snapshot.tables);
  refill(state.tablesBySet, new Map([...snapshot.tables.values()].map((table) => [table.set, table])));
  refill(state.manyToMany, snapshot.manyToMany);
  refill(state.tokensVoidUpTo, snapshot.tokensVoidUpTo);
  state.metadata.stampsVoidUpTo = state.metadata.version;
  if (state.settings.doesRestoreRaiseMetadata) state.metadata.version += 1;
  for (const name of state.tables.keys()) state.metadata.changedAt.set(name, state.metadata.version);
  if (!state.settings.isRestoredAsNewOrganization) return;
  removeOrganizationRow(state, formerId);
  state.identity = { ...state.identity, organizationId: state.newId() };
  addOrganizationRow(state);
}
