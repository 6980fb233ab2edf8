import type { System } from '@lockstep/change-events';
import type { MappingRow } from '@lockstep/reconciliation';
import { canonicalValue } from './canonicalValue.ts';
import { addressesOf } from './addressIn.ts';
import type { ExpectedRules } from './expectedRules.ts';
import type { FinalRecord, StateEntry } from './history.ts';
import { append, pairKey, type HistoryIndex, type IndexedHistory } from './indexHistory.ts';
import { isFiltered } from './isFiltered.ts';
import { beginsWithUs, madeForIds } from './madeRows.ts';
import { isParted, type Parting } from './partPersons.ts';
import type { Step } from './step.ts';
import { undoingsByRow, undoneSteps, type Undoing } from './undoings.ts';

/** A row of Dynamics with every person that ever mirrored it, by the two sides' own data (crmId names the row). */
export type Group = {
  readonly table: string;
  readonly rowId: string;
  readonly rowStates: readonly StateEntry[];
  /** In the order in which they were linked. */
  readonly personIds: readonly string[];
  /** Also those of persons that may have been linked in vain. */
  readonly personStates: readonly StateEntry[];
  /** What its persons are called that an operator parted from it. */
  readonly partedIds: readonly string[];
  readonly undoings: readonly Undoing[];
  /** An operator asked for another person after one was deleted; when is not told. */
  readonly isRecreated: boolean;
  readonly rules: ExpectedRules;
  /** The row as it is at the end; null when it is gone. */
  readonly row: FinalRecord | null;
  /** Those of its persons that are there at the end, as they are; one at most, where all is well. */
  readonly persons: readonly FinalRecord[];
};

export const otherSide = (side: System): System => (side === 'dynamics' ? 'marketo' : 'dynamics');

/** True when a side may change the field at all. */
export function maySpeak(side: System, { direction }: MappingRow): boolean {
  return direction === 'both' || direction === (side === 'dynamics' ? 'to-marketo' : 'to-dynamics');
}

/** Every row of a mapped table that ever existed, with its persons. */
export function groupsOf(history: IndexedHistory, partings: readonly Parting[] = []): Group[] {
  const tables = new Set(history.mapping.flatMap(({ columns }) => Object.keys(columns)));
  const rows = new Map<string, StateEntry[]>();
  for (const state of history.dynamics.states)
    if (tables.has(state.table)) append(rows, `${state.table}/${state.id}`, state);
  const linked = linkedPersons(history);
  const undoings = undoingsByRow(history.golden);
  const recreated = recreatedRows(history);
  const parted = new Map<string, string[]>();
  for (const { rowId, partedId } of partings) append(parted, rowId, partedId);
  return [...rows].map(([key, rowStates]) => {
    const [table = '', rowId = ''] = key.split('/');
    const personIds = [...new Set([...madeForIds(history, rowStates), ...(linked.get(rowId) ?? [])])];
    const partedIds = parted.get(rowId) ?? [];
    return {
      table,
      rowId,
      rowStates,
      personIds,
      ...personsOf(history, { rowStates, personIds, partedIds }),
      partedIds,
      undoings: undoings.get(rowId) ?? [],
      isRecreated: recreated.has(rowId),
      row: history.index.rows.get(key) ?? null,
    };
  });
}

function recreatedRows({ golden, recreations = [] }: IndexedHistory): ReadonlySet<string> {
  const asked = new Set(recreations.map(({ goldenId }) => goldenId));
  const rows = golden.flatMap((event) => (asked.has(event.goldenId) ? event.rows : []));

  return new Set(rows.map(({ id }) => id));
}

/** By the row that they ever named. */
function linkedPersons({ marketo }: IndexedHistory): ReadonlyMap<string, ReadonlySet<string>> {
  const linked = new Map<string, Set<string>>();
  for (const { id, changed } of marketo.states) {
    const rowId = changed['crmId']?.after;
    if (typeof rowId === 'string') linked.set(rowId, (linked.get(rowId) ?? new Set<string>()).add(id));
  }
  return linked;
}

type Owner = Pick<Group, 'rowStates' | 'personIds' | 'partedIds'>;

function personsOf(
  { matchByEmail, rules = {}, index }: IndexedHistory,
  owner: Owner,
): Pick<Group, 'personStates' | 'persons' | 'rules'> {
  const { personIds } = owner;
  const shortLived = matchByEmail ? matchedBriefly(owner, index, rules) : [];
  const states = [
    ...personIds.flatMap((id) => sinceMade(owner, statesOf(index, id))),
    // What one of them had got from another row is its own.
    ...shortLived.flatMap((id) => statesOf(index, id)).map(asHuman),
  ];
  const present = personIds.flatMap((id) => index.persons.get(id) ?? []);
  const persons = present.toSorted((a, b) => a.place - b.place).map(({ person }) => person);
  return { rules, personStates: states.toSorted(bySequence), persons };
}

/** What reached a parted person before it was joined to another row was on its way, and is its own. */
function statesOf({ personStates }: HistoryIndex, id: string): readonly StateEntry[] {
  const states = personStates.get(id) ?? [];
  if (!isParted(id)) return states;
  const joinedAt = states.findIndex(({ changed }) => changed['crmId'] !== undefined);
  return states.map((state, at) => (at < joinedAt ? asHuman(state) : state));
}

/** What a person had got before a row was made for it is its own. */
function sinceMade({ rowStates }: Owner, states: readonly StateEntry[]): readonly StateEntry[] {
  if (!beginsWithUs(rowStates)) return states;
  const madeMs = Date.parse(rowStates[0]?.at ?? '');

  return states.map((state) => (Date.parse(state.at) <= madeMs ? asHuman(state) : state));
}

const asHuman = (state: StateEntry): StateEntry => ({ ...state, actorKind: 'human' });

/**
 * Persons that had the row’s address and were never linked to it: matched, perhaps, but deleted, or the row deleted or filtered out,
 * before we could write it there. One that was linked to another row counts where a golden event shows the match.
 */
function matchedBriefly(
  { rowStates, personIds, partedIds }: Owner,
  { personIdsAt, personStates, pairs }: HistoryIndex,
  rules: ExpectedRules,
): string[] {
  const addresses = addressesOf(rowStates, 'emailaddress1');
  const isOut = isFiltered(rowStates, rules) || rowStates.at(-1)?.operation === 'delete';
  const sharing = new Set(addresses.flatMap((address) => [...(personIdsAt.get(address) ?? [])]));
  const others = [...sharing].filter((id) => !personIds.includes(id) && !partedIds.includes(id));
  return others.filter((id) => {
    const states = personStates.get(id) ?? [];
    const isElsewhere = states.some(({ changed }) => changed['crmId']?.after);
    const isMatched = !isElsewhere || pairs.has(pairKey(rowStates[0]?.id, id));
    return isMatched && (isOut || states.at(-1)?.operation === 'delete');
  });
}

const bySequence = (a: StateEntry, b: StateEntry): number => a.sequence - b.sequence;

export type Stepped = Pick<
  Group,
  'table' | 'rowId' | 'rowStates' | 'personIds' | 'personStates' | 'partedIds' | 'undoings'
>;

/** All changes of one field in a group, oldest first; what leaves the canonical value alone is no change. */
export function stepsOf(group: Stepped, mapping: MappingRow): Step[] {
  const column = mapping.columns[group.table];
  const steps = [
    ...(column === undefined ? [] : sideSteps('dynamics', group.rowStates, { mapping, name: column })),
    ...sideSteps('marketo', group.personStates, { mapping, name: mapping.marketo }),
  ];
  // Of one moment, an undo comes before what was written for it.
  return [...undoneSteps(group, mapping, steps), ...steps].toSorted((a, b) => a.atMs - b.atMs);
}

/** Without what a row begins with that we made: that is no edit of it. */
export function changesOf(group: Stepped, mapping: MappingRow): Step[] {
  const steps = stepsOf(group, mapping);
  if (!beginsWithUs(group.rowStates)) return steps;

  return steps.filter(({ side, operation }) => side === 'marketo' || operation !== 'create');
}

function sideSteps(
  side: System,
  states: readonly StateEntry[],
  { mapping, name }: { mapping: MappingRow; name: string },
): Step[] {
  return states.flatMap((state) => {
    const change = state.changed[name];
    if (!change || state.operation === 'delete') return [];
    const before = canonicalValue(mapping, change.before);
    const after = canonicalValue(mapping, change.after);
    if (before === after) return [];
    const { operation, version } = state;
    const human = state.actorKind === 'human' || isDefault(state, mapping);
    return [
      { atMs: Date.parse(state.at), side, recordId: state.id, human, operation, version, before, after },
    ];
  });
}

/** What a row that we made begins with by itself, in a column that we do not write. */
const isDefault = ({ table, operation }: StateEntry, mapping: MappingRow): boolean =>
  table !== 'person' && operation === 'create' && !maySpeak('marketo', mapping);

/** Lockstep did it, nobody else. */
export const isOurs = ({ actorKind }: StateEntry): boolean => actorKind === 'application';

/** When a record was deleted, in ms; null when it was not, or came back. */
export function deletedAtMs(states: readonly StateEntry[], id: string): number | null {
  const last = states.findLast((state) => state.id === id);
  return last?.operation === 'delete' ? Date.parse(last.at) : null;
}
