import type { GoldenEvent } from '@lockstep/change-events';
import type { GoldenRecord } from '@lockstep/reconciliation';
import { activeIdIn } from './activeIdIn.ts';
import { addressIn } from './addressIn.ts';
import type { FinalRecord, History, StateEntry } from './history.ts';

/** What a history says of one record or one address, gathered once: whoever judges a record looks at that record alone. */
export type HistoryIndex = {
  /** By the id of the row, whatever its table; in order. */
  readonly rowStates: ReadonlyMap<string, readonly StateEntry[]>;
  /** By the id of the person; in order. */
  readonly personStates: ReadonlyMap<string, readonly StateEntry[]>;
  /** Rows that have or had an address. */
  readonly rowIdsAt: ReadonlyMap<string, ReadonlySet<string>>;
  /** Persons that have or had an address. */
  readonly personIdsAt: ReadonlyMap<string, ReadonlySet<string>>;
  /** Rows as they are at the end, by `table/id`. */
  readonly rows: ReadonlyMap<string, FinalRecord>;
  /** Persons as they are at the end, and their place in the history. */
  readonly persons: ReadonlyMap<string, { readonly place: number; readonly person: FinalRecord }>;
  /** Rows with persons that a golden event showed as a pair, by `pairKey`. */
  readonly pairs: ReadonlySet<string>;
  /** By the id of any row or person of theirs. */
  readonly stored: ReadonlyMap<string, readonly GoldenRecord[]>;
};

export type IndexedHistory = History & { readonly index: HistoryIndex };

export function indexHistory(history: History): IndexedHistory {
  const { dynamics, marketo } = history;
  return {
    ...history,
    index: {
      rowStates: statesById(dynamics.states),
      personStates: statesById(marketo.states),
      rowIdsAt: idsByAddress(dynamics.states, 'emailaddress1'),
      personIdsAt: idsByAddress(marketo.states, 'email'),
      rows: rowsByKey(history),
      persons: new Map(marketo.persons.map((person, place) => [person.id, { place, person }])),
      pairs: new Set(history.golden.flatMap(pairIn)),
      stored: storedById(history.stored ?? []),
    },
  };
}

/** Names a row of Dynamics and a person, whatever that is called since it was parted. */
export const pairKey = (rowId: string | undefined, personId: string): string =>
  `${rowId}/${personId.split('/')[0]}`;

function pairIn(event: GoldenEvent): readonly string[] {
  const [rowId, personId] = [activeIdIn(event, 'dynamics'), activeIdIn(event, 'marketo')];
  return rowId === undefined || personId === undefined ? [] : [pairKey(rowId, personId)];
}

function statesById(states: readonly StateEntry[]): Map<string, StateEntry[]> {
  const lists = new Map<string, StateEntry[]>();
  for (const state of states) append(lists, state.id, state);
  return lists;
}

function idsByAddress(states: readonly StateEntry[], name: string): Map<string, Set<string>> {
  const ids = new Map<string, Set<string>>();
  for (const { id, changed } of states)
    for (const address of addressIn(changed[name]?.after))
      ids.set(address, (ids.get(address) ?? new Set<string>()).add(id));
  return ids;
}

function rowsByKey({ dynamics }: History): Map<string, FinalRecord> {
  const tables = Object.entries(dynamics.rows);
  return new Map(tables.flatMap(([table, rows]) => rows.map((row) => [`${table}/${row.id}`, row] as const)));
}

function storedById(stored: readonly GoldenRecord[]): Map<string, GoldenRecord[]> {
  const records = new Map<string, GoldenRecord[]>();
  for (const record of stored)
    for (const id of new Set(record.rows.map((row) => row.id))) append(records, id, record);
  return records;
}

/** Adds to the list of a key. */
export function append<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
