import { isFiltered } from './expectedRules.ts';
import type { History, StateEntry } from './history.ts';
import { addressIn, type Group } from './timeline.ts';

/** Another row or more than one person has the address, or its person is another row's, now or at some time. */
export function isAmbiguous(history: History, group: Group): boolean {
  const addresses = new Set(addressesOf(group.rowStates, 'emailaddress1'));
  const shared = (states: readonly StateEntry[], name: string): Set<string> =>
    new Set(
      states
        .filter((state) => addressesOf([state], name).some((email) => addresses.has(email)))
        .map(({ id }) => id),
    );
  const rows = shared(history.dynamics.states, 'emailaddress1');
  const persons = shared(history.marketo.states, 'email');
  const taken = history.marketo.states.some(
    (state) => persons.has(state.id) && isTakenBy(state, (rowId) => rowId !== group.rowId),
  );
  return rows.size > 1 || persons.size > 1 || taken || isJoinedUnseen(history, group, persons);
}

/** Its person was joined to another row, whose filter said No before that was written to the person. */
function isJoinedUnseen(
  { stored, dynamics }: History,
  { rowId, rules }: Group,
  personIds: ReadonlySet<string>,
): boolean {
  const isHeldBack = (id: string): boolean =>
    isFiltered(
      dynamics.states.filter((state) => state.id === id),
      rules,
    ) && id !== rowId;

  return (stored ?? []).some(
    ({ rows }) => rows.some(({ id }) => personIds.has(id)) && rows.some(({ id }) => isHeldBack(id)),
  );
}

/** The state links the person to such a row, or flags it as linked to one that was deleted before the link was written. */
function isTakenBy({ changed, actorKind }: StateEntry, isOther: (rowId: string) => boolean): boolean {
  const rowId = changed['crmId']?.after;
  if (typeof rowId === 'string') return isOther(rowId);
  return actorKind === 'application' && changed['crmIsDeleted']?.after === true;
}

/** The addresses that the states gave in this field. */
export function addressesOf(states: readonly StateEntry[], name: string): string[] {
  return states.flatMap(({ changed }) => addressIn(changed[name]?.after));
}
