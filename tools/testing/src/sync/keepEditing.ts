import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@lockstep/simulation';
import type { Values } from '../controlApi.ts';
import type { EmulatedDynamics, PersonTable } from '../emulatedDynamics.ts';
import type { MergedPerson } from '@lockstep/checker';
import { accountActs, someCompany } from './accounts.ts';
import { mergePersons, mergeRows, personOf, pickRow, qualify, type Row } from './mergesAndContacts.ts';
import type { Systems } from './systems.ts';

export const editKinds = [
  ...(['row', 'person', 'both', 'optOut', 'newRow', 'rowGone', 'personGone'] as const),
  ...(['qualified', 'rowsMerged', 'personsMerged', 'account', 'opportunity', 'moved'] as const),
] as const;
export type EditKind = (typeof editKinds)[number];
export type Edits = Readonly<Record<EditKind, number>>;

/** What was done, and the persons that were merged. */
export type Edited = { readonly edits: Edits; readonly mergedPersons: readonly MergedPerson[] };

/**
 * Most are edits of people, one in five of both sides at once; a few come, go, are merged or made contacts, opt out or move to another
 * company.
 */
const kinds: readonly [EditKind, ...EditKind[]] = [
  ...(['optOut', 'newRow', 'newRow', 'newRow', 'rowGone', 'personGone'] as const),
  ...(['qualified', 'qualified', 'rowsMerged', 'personsMerged'] as const),
  ...(['account', 'account', 'opportunity', 'moved', 'moved'] as const),
  ...Array<EditKind>(18).fill('row'),
  ...Array<EditKind>(18).fill('person'),
  ...Array<EditKind>(9).fill('both'),
];

/** Fields of texts, by the names of each side. */
const fields: readonly [Field, ...Field[]] = [
  { column: 'jobtitle', field: 'title' },
  { column: 'address1_city', field: 'city' },
  { column: 'telephone1', field: 'phone' },
  { column: 'address1_country', field: 'country' },
];
type Field = { readonly column: string; readonly field: string };

type Place = Systems & {
  readonly random: Random;
  readonly rows: Row[];
  readonly number: number;
  readonly mergedPersons: MergedPerson[];
};

/** Edits, creates, deletes and merges people of both sides until the signal, `perSecond` times a second. */
export async function keepEditing(
  systems: Systems,
  random: Random,
  { perSecond, signal }: { readonly perSecond: number; readonly signal: AbortSignal },
): Promise<Edited> {
  const done = Object.fromEntries(editKinds.map((kind) => [kind, 0])) as Record<EditKind, number>;
  const rows = await rowsOf(systems.dynamics);
  const mergedPersons: MergedPerson[] = [];
  for (let number = 0; !signal.aborted && rows.length > 1; number += 1) {
    const kind = random.pick(kinds);
    if (await acts[kind]({ ...systems, random, rows, number, mergedPersons })) done[kind] += 1;
    await sleep(1_000 / perSecond, undefined, { signal }).catch(() => undefined);
  }

  return { edits: done, mergedPersons };
}

async function rowsOf(dynamics: EmulatedDynamics): Promise<Row[]> {
  const tables: readonly PersonTable[] = ['lead', 'contact'];
  const rows = tables.map(async (table) =>
    (await dynamics.rows(table)).map((row) => ({ table, id: String(row[`${table}id`]) })),
  );

  return (await Promise.all(rows)).flat();
}

type Act = (place: Place) => Promise<boolean>;

const edited = async (work: Promise<unknown>): Promise<boolean> => {
  await work;
  return true;
};

/** False where there was nobody to be edited. */
const acts: Readonly<Record<EditKind, Act>> = {
  row: (place) =>
    edited(editRow(place, pickRow(place), { [place.random.pick(fields).column]: textOf(place) })),
  async person(place) {
    const person = await pickPerson(place);
    if (person === null) return false;
    return edited(place.marketo.editPerson(person.id, { [place.random.pick(fields).field]: textOf(place) }));
  },
  async both(place) {
    const person = await pickPerson(place);
    if (person === null) return false;
    const { column, field } = place.random.pick(fields);
    const text = textOf(place);
    await editRow(place, person.row, { [column]: `${text} of Dynamics` });
    return edited(place.marketo.editPerson(person.id, { [field]: `${text} of Marketo` }));
  },
  optOut: (place) => edited(editRow(place, pickRow(place), { donotbulkemail: true })),
  async newRow({ dynamics, rows, number }) {
    const made = { lastname: `Late ${number}`, emailaddress1: `late-${number}@example.org` };
    for (const id of await dynamics.createRows('lead', [made])) rows.push({ table: 'lead', id });
    return true;
  },
  async rowGone({ dynamics, rows, random }) {
    const [row] = rows.splice(random.below(rows.length), 1);
    if (row) await dynamics.deleteRow(row.table, row.id);
    return row !== undefined;
  },
  async personGone(place) {
    const person = await pickPerson(place);
    if (person === null) return false;
    await place.marketo.deletePerson(person.id);
    return true;
  },
  qualified: qualify,
  rowsMerged: mergeRows,
  personsMerged: (place) => mergePersons(place, place.mergedPersons),
  account: (place) => edited(accountActs.account(place, place.random, place.number)),
  opportunity: (place) => edited(accountActs.opportunity(place, place.random, place.number)),
  async moved(place) {
    const row = pickRow(place);
    if (row.table !== 'contact') return false;
    return edited(editRow(place, row, someCompany(place.random)));
  },
};

const textOf = ({ number }: Place): string => `Edit ${number}`;

const editRow = ({ dynamics }: Place, { table, id }: Row, columns: Values): Promise<void> =>
  dynamics.editRow(table, id, columns);

/** Somebody of Marketo who is linked to a row that is there; null where the one that was drawn has nobody. */
async function pickPerson(place: Place): Promise<{ readonly id: number; readonly row: Row } | null> {
  const row = pickRow(place);
  const id = await personOf(place, row);

  return id === null ? null : { id, row };
}
