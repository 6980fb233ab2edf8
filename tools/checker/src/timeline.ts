import type { Scalar, System } from '@lockstep/change-events';
import type { MappingRow } from '@lockstep/reconciliation';
import { canonicalValue } from './canonicalValue.ts';
import { isFiltered, type ExpectedRules } from './expectedRules.ts';
import type { History, StateEntry } from './history.ts';
import { isParted, type Parting } from './partPersons.ts';

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
  readonly rules: ExpectedRules;
};

/** One change of one field on one side, values in canonical form. */
export type Step = {
  readonly atMs: number;
  readonly side: System;
  readonly recordId: string;
  readonly human: boolean;
  readonly operation: StateEntry['operation'];
  readonly version: number | null;
  readonly before: Scalar;
  readonly after: Scalar;
};

export const otherSide = (side: System): System => (side === 'dynamics' ? 'marketo' : 'dynamics');

/** True when a side may change the field at all. */
export function maySpeak(side: System, { direction }: MappingRow): boolean {
  return direction === 'both' || direction === (side === 'dynamics' ? 'to-marketo' : 'to-dynamics');
}

/** Every row of a mapped table that ever existed, with its persons. */
export function groupsOf(history: History, partings: readonly Parting[] = []): Group[] {
  const tables = new Set(history.mapping.flatMap(({ columns }) => Object.keys(columns)));
  const rows = new Map<string, StateEntry[]>();
  for (const state of history.dynamics.states)
    if (tables.has(state.table)) append(rows, `${state.table}/${state.id}`, state);
  const people = peopleOf(history);
  return [...rows].map(([key, rowStates]) => {
    const [table = '', rowId = ''] = key.split('/');
    const personIds = [...(people.linked.get(rowId) ?? [])];
    return {
      table,
      rowId,
      rowStates,
      personIds,
      ...personsOf(history, { rowStates, personIds, ...people }),
      partedIds: partings.filter((parting) => parting.rowId === rowId).map(({ partedId }) => partedId),
    };
  });
}

type People = {
  readonly persons: ReadonlyMap<string, readonly StateEntry[]>;
  /** By the row that they ever named. */
  readonly linked: ReadonlyMap<string, ReadonlySet<string>>;
};

function peopleOf({ marketo }: History): People {
  const persons = new Map<string, StateEntry[]>();
  const linked = new Map<string, Set<string>>();
  for (const state of marketo.states) {
    append(persons, state.id, state);
    const rowId = state.changed['crmId']?.after;
    if (typeof rowId === 'string') linked.set(rowId, (linked.get(rowId) ?? new Set<string>()).add(state.id));
  }
  return { persons, linked };
}

type Owner = Pick<Group, 'rowStates' | 'personIds'> & Pick<People, 'persons'>;

function personsOf(
  { matchByEmail, rules = {} }: History,
  { rowStates, personIds, persons }: Owner,
): Pick<Group, 'personStates' | 'rules'> {
  const shortLived = matchByEmail ? matchedBriefly(rowStates, persons, rules) : [];
  const states = [...personIds, ...shortLived].flatMap((id) => statesOf(persons, id));
  return { rules, personStates: states.toSorted(bySequence) };
}

/** What reached a parted person before it was joined to another row was on its way, and is its own. */
function statesOf(persons: ReadonlyMap<string, readonly StateEntry[]>, id: string): readonly StateEntry[] {
  const states = persons.get(id) ?? [];
  if (!isParted(id)) return states;
  const joinedAt = states.findIndex(({ changed }) => changed['crmId'] !== undefined);
  return states.map((state, at) => (at < joinedAt ? { ...state, actorKind: 'human' } : state));
}

/**
 * Persons that had the row’s address and were never linked: matched, perhaps, but deleted, or the row deleted or filtered out, before
 * we could write it there.
 */
function matchedBriefly(
  rowStates: readonly StateEntry[],
  persons: ReadonlyMap<string, readonly StateEntry[]>,
  rules: ExpectedRules,
): string[] {
  const addresses = new Set(rowStates.flatMap(({ changed }) => addressIn(changed['emailaddress1']?.after)));
  const isOut = isFiltered(rowStates, rules) || rowStates.at(-1)?.operation === 'delete';
  return [...persons].flatMap(([id, states]) => {
    const isLinked = states.some((state) => state.changed['crmId']?.after);
    const isGone = !isLinked && (isOut || states.at(-1)?.operation === 'delete');
    const shares = states.some(({ changed }) =>
      addressIn(changed['email']?.after).some((address) => addresses.has(address)),
    );
    return isGone && shares ? [id] : [];
  });
}

/** An address in the form in which addresses are compared; empty for none. */
export function addressIn(value: unknown): string[] {
  return typeof value === 'string' && value !== '' ? [value.trim().toLowerCase()] : [];
}

const bySequence = (a: StateEntry, b: StateEntry): number => a.sequence - b.sequence;

function append(lists: Map<string, StateEntry[]>, key: string, state: StateEntry): void {
  const list = lists.get(key);
  if (list) list.push(state);
  else lists.set(key, [state]);
}

/** All changes of one field in a group, oldest first; what leaves the canonical value alone is no change. */
export function stepsOf(group: Group, mapping: MappingRow): Step[] {
  const column = mapping.columns[group.table];
  const steps = [
    ...(column === undefined ? [] : sideSteps('dynamics', group.rowStates, { mapping, name: column })),
    ...sideSteps('marketo', group.personStates, { mapping, name: mapping.marketo }),
  ];
  return steps.toSorted((a, b) => a.atMs - b.atMs);
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
    const human = state.actorKind === 'human';
    return [
      { atMs: Date.parse(state.at), side, recordId: state.id, human, operation, version, before, after },
    ];
  });
}

/** When a record was deleted, in ms; null when it was not, or came back. */
export function deletedAtMs(states: readonly StateEntry[], id: string): number | null {
  const last = states.findLast((state) => state.id === id);
  return last?.operation === 'delete' ? Date.parse(last.at) : null;
}
