import type { PersonTable } from './demoFields.ts';
import { callJson } from './httpJson.ts';
import type { People, Person, Values } from './people.ts';

const rowsPerCallMax = 500;

/** Enters everybody into the Dataverse emulator at `url`, through its control API. */
export async function seedDynamics(url: string, { persons }: People): Promise<void> {
  for (const table of ['lead', 'contact'] as const)
    await createRows(
      url,
      table,
      persons.filter((person) => person.table === table),
    );
}

/** Creates rows as a person would. */
export async function createRows(url: string, table: PersonTable, persons: readonly Person[]): Promise<void> {
  for (let first = 0; first < persons.length; first += rowsPerCallMax) {
    const rows = persons.slice(first, first + rowsPerCallMax).map(bodyOf);
    await callJson(`${url}/_control/rows`, { body: { table, rows } });
  }
}

/** Enters those whom Marketo knows already into the Marketo emulator at `url`. */
export async function seedMarketo(url: string, { persons, marketoOnly }: People): Promise<void> {
  const known = persons.flatMap(({ inMarketo }) => (inMarketo === null ? [] : [inMarketo]));
  const all = [...known, ...marketoOnly].map(withoutNulls);
  if (all.length > 0) await callJson(`${url}/_control/persons`, { body: { persons: all } });
}

function bodyOf({ table, id, row }: Person): Values {
  return withoutNulls({ [`${table}id`]: id, ...row });
}

function withoutNulls(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}
