import { addressesOf } from './addressIn.ts';
import { isUnknown, lostMs } from './checkRevivals.ts';
import { followsMerges } from './expectedRules.ts';
import type { StateEntry } from './history.ts';
import type { IndexedHistory } from './indexHistory.ts';
import { wasFiltered } from './isFiltered.ts';
import { isChangeOfOwner } from './madeRows.ts';
import { deletedAtMs, isOurs, type Group } from './timeline.ts';
import type { Findings } from './verdict.ts';

/**
 * Its row was merged into another one, or one of its persons was, or one that it may have been matched with. Where merges are
 * followed, whoever carries on gains what the other one had, and is one of them too.
 */
export function isMerged(history: IndexedHistory, group: Group): boolean {
  const { mergedPersons = [], dynamics } = history;
  if (mergedAt(group) >= 0) return true;
  const follows = followsMerges(group.rules);
  if (follows && dynamics.states.some((state) => isLostMerge(state) && masterOf(state) === group.rowId))
    return true;
  if (mergedPersons.length === 0) return false;
  const known = new Set([...group.personStates.map(({ id }) => id), ...matchable(history, group)]);

  return mergedPersons.some(
    ({ loserId, winnerId }) => known.has(loserId) || (follows && known.has(winnerId)),
  );
}

/** In this state a row of Dynamics lost a merge. */
export const isLostMerge = ({ changed }: StateEntry): boolean => changed['merged']?.after === true;

/** The row that this one was merged into. */
export function masterOf({ changed }: StateEntry): string | null {
  const master = changed['masterid']?.after;

  return typeof master === 'object' && master !== null && 'id' in master ? String(master.id) : null;
}

/** Of a row that no person ever named. */
function matchable(
  { matchByEmail, index }: IndexedHistory,
  { rowStates, personIds }: Group,
): readonly string[] {
  const addresses = matchByEmail && personIds.length === 0 ? addressesOf(rowStates, 'emailaddress1') : [];

  return addresses.flatMap((address) => [...(index.personIdsAt.get(address) ?? [])]);
}

/** The place of the state in which the row lost a merge; -1 without one. */
const mergedAt = ({ rowStates }: Group): number => rowStates.findIndex(isLostMerge);

/**
 * What lost a merge is left alone (F-27): a row that was merged is not written any more, and a row whose person was merged gets nobody
 * new. What they hold is not judged.
 */
export function checkMerged(findings: Findings, history: IndexedHistory, group: Group): void {
  const { table, rowId, rowStates, personIds, persons } = group;
  const ids = [rowId, ...personIds];
  const place = mergedAt(group);
  const written = rowStates.slice(place + 1).filter((state) => isOurs(state) && !isChangeOfOwner(state));
  if (place >= 0 && written.length > 0)
    findings.unexplainedWrites.push({ what: table, ids, reason: 'a row that lost a merge was written' });
  if (isPlain(group)) {
    if (persons.length > 1) findings.doubled.push({ what: table, ids, reason: 'a row has several persons' });
    if (wasMadeAnew(history, group))
      findings.revived.push({ what: table, ids, reason: 'a person that was merged was made again' });
  }
  findings.exempt.push({ what: table, ids, reason: 'merged' });
}

/** Nothing else may have brought somebody new. */
const isPlain = ({ rowStates, rowId, rules, partedIds, isRecreated }: Group): boolean =>
  !followsMerges(rules) &&
  partedIds.length === 0 &&
  !isRecreated &&
  !wasFiltered(rowStates, rules) &&
  deletedAtMs(rowStates, rowId) === null;

/** We made somebody after a person that people had merged away, and that we knew of. */
function wasMadeAnew({ mergedPersons = [] }: IndexedHistory, group: Group): boolean {
  const { personIds, personStates } = group;
  const losers = new Set(mergedPersons.map(({ loserId }) => loserId));
  return personIds.slice(1).some((id, at) => {
    const former = personIds[at] ?? '';
    const first = personStates.find((state) => state.id === id);
    return losers.has(former) && !isUnknown(group, former, lostMs) && first !== undefined && isOurs(first);
  });
}
