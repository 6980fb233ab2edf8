import type { PersonTable } from './demoFields.ts';
import { callJson } from './httpJson.ts';
import type { Systems } from './systems.ts';
import type { Person, Value, Values } from './people.ts';
import { createRows } from './seedPeople.ts';

/** The emulators' control APIs: edits as a person would make them, and a look that costs no API call. */
export type Controls = {
  createRow(person: Person): Promise<void>;
  editRow(table: PersonTable, id: string, fields: Values): Promise<void>;
  deleteRow(table: PersonTable, id: string): Promise<void>;
  editPerson(marketoId: number, fields: Values): Promise<void>;
  peekRow(table: PersonTable, id: string): Promise<Readonly<Record<string, Value>>>;
  peekPerson(marketoId: number): Promise<Readonly<Record<string, Value>>>;
  /** New entries of a log of committed states, oldest first, at most a page. */
  states(system: keyof Systems, after: number): Promise<readonly CommittedState[]>;
  /** All of it. */
  allStates<State extends Numbered>(system: keyof Systems): Promise<readonly State[]>;
  allRows(table: PersonTable): Promise<readonly Values[]>;
  allPersons(): Promise<readonly Values[]>;
  /** The number of the newest entry of that log. */
  lastState(system: keyof Systems): Promise<number>;
};

/** A committed state as either emulator logs it. */
export type CommittedState = Readonly<Record<string, unknown>> &
  Numbered & {
    readonly actorKind: string;
    readonly person?: Readonly<Record<string, Value>> | null;
  };

type Ask = <T>(path: string, body?: unknown) => Promise<T>;
type Numbered = { readonly sequence: number };
type StatesPage<State> = { readonly states: readonly State[]; readonly last: number };

const statesPageSize = 1_000;

export function createControls({ dataverse, marketo }: Systems): Controls {
  const dynamics: Ask = (path, body) => callJson(`${dataverse.url}/_control/${path}`, { body });
  const marketing: Ask = (path, body) => callJson(`${marketo.url}/_control/${path}`, { body });
  const readStates = <State = CommittedState>(
    system: keyof Systems,
    after: number,
    limit: number,
  ): Promise<StatesPage<State>> =>
    (system === 'dataverse' ? dynamics : marketing)(`states?after=${after}&limit=${limit}`);
  return {
    createRow: (person) => createRows(dataverse.url, person.table, [person]),
    editRow: (table, id, fields) => dynamics('edits', { table, id, fields }),
    deleteRow: (table, id) => dynamics('deletes', { table, id }),
    editPerson: (id, fields) => marketing('edits', { id, fields }),
    peekRow: (table, id) => dynamics(`rows/${table}/${id}`),
    peekPerson: (id) => marketing(`persons/${id}`),
    states: async (system, after) => (await readStates(system, after, statesPageSize)).states,
    async allStates<State extends Numbered>(system: keyof Systems) {
      const all: State[] = [];
      for (;;) {
        const { states } = await readStates<State>(system, all.at(-1)?.sequence ?? 0, statesPageSize);
        if (states.length === 0) return all;
        all.push(...states);
      }
    },
    allRows: async (table) => (await dynamics<{ rows: Values[] }>(`rows/${table}`)).rows,
    allPersons: async () => (await marketing<{ persons: Values[] }>('persons')).persons,
    lastState: async (system) => (await readStates(system, Number.MAX_SAFE_INTEGER, 1)).last,
  };
}
