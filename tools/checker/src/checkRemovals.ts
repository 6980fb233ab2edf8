import { isLostMerge } from './checkMerged.ts';
import type { History, StateEntry } from './history.ts';
import { append } from './indexHistory.ts';
import { wasFiltered } from './isFiltered.ts';
import { partedIdOf, type Parting } from './partPersons.ts';
import { deletedAtMs, isOurs, type Group } from './timeline.ts';
import type { Findings } from './verdict.ts';

type Removed = { readonly history: History; readonly partings: readonly Parting[] };

/** Invariant 6: we delete a person only of a row that is gone, or that stayed out, where the rules say so. */
export function checkRemovals(
  findings: Findings,
  groups: readonly Group[],
  { history, partings }: Removed,
): void {
  const partedIds = new Set(partings.map(({ partedId }) => partedId));
  const isParting = ({ id, at }: StateEntry): boolean =>
    partedIds.has(partedIdOf(id.split('/')[0] ?? '', Date.parse(at)));
  const owners = ownersOf(groups);
  const removals = history.marketo.states.filter((state) => state.operation === 'delete' && isOurs(state));
  for (const removal of removals.filter((state) => !isParting(state))) {
    const atMs = Date.parse(removal.at);
    if (!owners.get(removal.id)?.some((group) => mayRemove(group, atMs)))
      findings.unexpected.push({
        ...{ what: 'person', ids: [removal.id], reason: 'a person was deleted without a rule' },
      });
  }
}

/** The groups of each person, by its id. */
function ownersOf(groups: readonly Group[]): ReadonlyMap<string, readonly Group[]> {
  const owners = new Map<string, Group[]>();
  for (const group of groups)
    for (const id of new Set(group.personStates.map((state) => state.id))) append(owners, id, group);
  return owners;
}

function mayRemove({ rules, rowStates, rowId }: Group, atMs: number): boolean {
  const until = rowStates.filter((state) => Date.parse(state.at) <= atMs);
  if (rules.mergedInDynamics === 'follow' && until.some(isLostMerge)) return true;
  // Another row may have come in its place since.
  const isGone =
    deletedAtMs(until, rowId) !== null || rowStates.some(({ carriesOn }) => carriesOn !== undefined);
  if (isGone && rules.deletedInDynamics === 'delete') return true;
  return rules.whenFilteredOut === 'remove' && wasFiltered(until, rules);
}
