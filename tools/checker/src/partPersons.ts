import { activeIdIn } from './activeIdIn.ts';
import type { FinalRecord, History, StateEntry } from './history.ts';

/** A row and a person that an operator parted, and when that was obeyed. */
export type Parting = {
  readonly rowId: string;
  readonly personId: string;
  /** What the person is called from then on. */
  readonly partedId: string;
  readonly atMs: number;
};

/** The history as if the person had left when it was parted, and somebody else with its values had come. */
export type PartedHistory = { readonly history: History; readonly partings: readonly Parting[] };

export function partPersons(history: History): PartedHistory {
  const partings: Parting[] = [];
  let parted = history;
  for (const { goldenId } of history.unlinks ?? [])
    for (const parting of partingsOf(parted, goldenId)) {
      if (partings.some(({ partedId }) => partedId === parting.partedId)) continue;
      partings.push(parting);
      parted = split(parted, parting);
    }
  return { history: parted, partings };
}

/** Obeyed where two golden events in a row show the pair, and then the person without the row. */
function partingsOf({ golden }: History, goldenId: string): Parting[] {
  const events = golden.filter((event) => event.goldenId === goldenId);
  return events.flatMap((event, at) => {
    const former = events[at - 1];
    const personId = activeIdIn(event, 'marketo');
    const rowId = former && activeIdIn(former, 'dynamics');
    if (!rowId || personId === undefined || activeIdIn(event, 'dynamics') !== undefined) return [];
    const atMs = Date.parse(event.decidedAt);
    return [{ rowId, personId, partedId: partedIdOf(personId, atMs), atMs }];
  });
}

function split(history: History, { personId, partedId, rowId, atMs }: Parting): History {
  const { states, persons } = history.marketo;
  // A person that was parted before goes by the name that it got then.
  const id = latestName(states, personId, atMs);
  const isLater = (state: StateEntry) => state.id === id && Date.parse(state.at) > atMs;
  const former = states.filter((state) => state.id === id && !isLater(state));
  const last = former.at(-1);
  if (!last || last.operation === 'delete') return history;
  const renamed = states.map((state) =>
    isLater(state) ? withoutLink({ ...state, id: partedId }, rowId) : state,
  );
  const place = renamed.findIndex(({ at }) => Date.parse(at) > atMs);
  const turn = turnOf(former, { id, partedId, atMs, sequence: last.sequence });
  const next = renamed.toSpliced(place < 0 ? renamed.length : place, 0, ...turn);
  return {
    ...history,
    marketo: { states: next, persons: persons.map((person) => rename(person, id, partedId)) },
  };
}

/** What a person is called once it is parted. */
export const partedIdOf = (personId: string, atMs: number): string => `${personId}/${atMs}`;

/** A name that a person got when it was parted. */
export const isParted = (id: string): boolean => id.includes('/');

const latestName = (states: readonly StateEntry[], personId: string, atMs: number): string =>
  states.findLast(
    ({ id, at }) => (id === personId || id.startsWith(`${personId}/`)) && Date.parse(at) <= atMs,
  )?.id ?? personId;

const mirrors: ReadonlySet<string> = new Set(['crmId', 'crmType', 'crmIsDeleted']);

type Turn = {
  readonly id: string;
  readonly partedId: string;
  readonly atMs: number;
  readonly sequence: number;
};

/** The person leaves, and somebody comes with what it held but for the mirror of the row. */
function turnOf(former: readonly StateEntry[], { id, partedId, atMs, sequence }: Turn): StateEntry[] {
  const held = new Map(
    former.flatMap(({ changed }) => Object.entries(changed)).map(([n, { after }]) => [n, after]),
  );
  const own = [...held].filter(([name]) => !mirrors.has(name));
  const common = { sequence, at: new Date(atMs).toISOString(), table: 'person', version: null };
  return [
    {
      ...common,
      ...{ actorKind: 'application', operation: 'delete', id },
      changed: Object.fromEntries([...held].map(([name, before]) => [name, { before, after: null }])),
    },
    {
      ...common,
      ...{ actorKind: 'human', operation: 'create', id: partedId },
      changed: Object.fromEntries(own.map(([name, after]) => [name, { before: null, after }])),
    },
  ];
}

/** What names the former row was on its way, and links nobody. */
function withoutLink(state: StateEntry, rowId: string): StateEntry {
  if (state.changed['crmId']?.after !== rowId) return state;
  const { crmId: _, ...changed } = state.changed;
  return { ...state, changed };
}

const rename = (person: FinalRecord, id: string, partedId: string): FinalRecord =>
  person.id === id ? { ...person, id: partedId } : person;
