import { activeIdIn, eventsShowing } from './activeIdIn.ts';
import type { History, StateEntry } from './history.ts';
import type { IndexedHistory } from './indexHistory.ts';

/** When we made the row, since a marketer asked for something for a person that had none, or whose own was gone. */
const making = (rowStates: readonly StateEntry[]): StateEntry | undefined =>
  rowStates.findLast(
    ({ actorKind, operation, carriesOn }) =>
      actorKind === 'application' && (operation === 'create' || carriesOn !== undefined),
  );

/** What we made of the rows that persons have; an installation may set up others as us. */
export function creationsIn({ dynamics, mapping }: History): readonly StateEntry[] {
  const tables = new Set(mapping.flatMap(({ columns }) => Object.keys(columns)));

  return dynamics.states.filter((state) => tables.has(state.table) && beginsWithUs([state]));
}

/** It carries on no other row. */
export const beginsWithUs = ([first]: readonly StateEntry[]): boolean =>
  first?.actorKind === 'application' && first.operation === 'create';

export const isMade = (rowStates: readonly StateEntry[]): boolean => making(rowStates) !== undefined;

/** A marketer asked for another owner; of the row's values nothing is read then. */
export const isChangeOfOwner = ({ operation, changed }: StateEntry): boolean =>
  operation === 'update' && Object.keys(changed).every((column) => column === 'ownerid');

/** An operator asked to part the pair of the person. */
export const isOfParted = ({ golden, unlinks = [] }: History, personId: string): boolean =>
  unlinks.some((unlink) =>
    golden.some(
      ({ goldenId, rows }) => goldenId === unlink.goldenId && rows.some(({ id }) => id === personId),
    ),
  );

/** For whom a row was made: whose record was the first to show it. */
export const madeFor = (history: Pick<History, 'golden'>, rowId: string): string | undefined =>
  eventsShowing(history, rowId)
    .map((event) => activeIdIn(event, 'marketo'))
    .find((id) => id !== undefined);

/** Whom the row was made for, by the name that it had then: linked to it, also when it was gone before it could be told so. */
export function madeForIds(
  { golden, index }: Pick<IndexedHistory, 'golden' | 'index'>,
  rowStates: readonly StateEntry[],
): readonly string[] {
  const made = making(rowStates);
  const personId = made && madeFor({ golden }, made.id);
  if (!made || personId === undefined) return [];
  const isBefore = (state: StateEntry | undefined) =>
    state !== undefined && Date.parse(state.at) <= Date.parse(made.at);
  const names = [...index.personStates].filter(([id]) => id.split('/')[0] === personId);

  return names.flatMap(([id, [first]]) => (isBefore(first) ? [id] : [])).slice(-1);
}
