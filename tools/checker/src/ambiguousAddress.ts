import { addressesOf } from './addressIn.ts';
import type { StateEntry } from './history.ts';
import type { HistoryIndex, IndexedHistory } from './indexHistory.ts';
import { isFiltered } from './isFiltered.ts';
import type { Group } from './timeline.ts';

/** Another row or more than one person has the address, or its person is another row's, now or at some time. */
export function isAmbiguous({ index }: IndexedHistory, group: Group): boolean {
  const addresses = addressesOf(group.rowStates, 'emailaddress1');
  const rows = firstTwo(addresses, index.rowIdsAt);
  const persons = firstTwo(addresses, index.personIdsAt);
  if (rows.size > 1 || persons.size > 1) return true;
  const [personId] = persons;
  if (personId === undefined) return false;
  const isOther = (rowId: string): boolean => rowId !== group.rowId;
  const states = index.personStates.get(personId) ?? [];
  return states.some((state) => isTakenBy(state, isOther)) || isJoinedUnseen(index, group, personId);
}

/** Of those who have or had one of the addresses: more than two make no difference. */
function firstTwo(addresses: readonly string[], idsAt: HistoryIndex['personIdsAt']): ReadonlySet<string> {
  const found = new Set<string>();
  for (const address of addresses)
    for (const id of idsAt.get(address) ?? []) if (found.add(id).size > 1) return found;
  return found;
}

/** Its person was joined to another row, whose filter said No before that was written to the person. */
function isJoinedUnseen(
  { stored, rowStates }: HistoryIndex,
  { rowId, rules }: Group,
  personId: string,
): boolean {
  const isHeldBack = (id: string): boolean => id !== rowId && isFiltered(rowStates.get(id) ?? [], rules);
  return (stored.get(personId) ?? []).some(({ rows }) => rows.some(({ id }) => isHeldBack(id)));
}

/** The state links the person to such a row, or flags it as linked to one that was deleted before the link was written. */
function isTakenBy({ changed, actorKind }: StateEntry, isOther: (rowId: string) => boolean): boolean {
  const rowId = changed['crmId']?.after;
  if (typeof rowId === 'string') return isOther(rowId);
  return actorKind === 'application' && changed['crmIsDeleted']?.after === true;
}
