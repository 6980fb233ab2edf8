import type { MergedPerson } from '@lockstep/checker';
import type { Random } from '@lockstep/simulation';
import type { Values } from '../controlApi.ts';
import type { PersonTable } from '../emulatedDynamics.ts';
import { naming, someCompany } from './accounts.ts';
import type { Systems } from './systems.ts';

/** A row that people edit. `leadId`: the lead that the contact was made of, by which its person may still be found. */
export type Row = { readonly table: PersonTable; readonly id: string; readonly leadId?: string };

type Place = Systems & { readonly random: Random; readonly rows: Row[] };

/** What a contact takes from its lead (dataverse facts, QualifyLead). */
const taken = [
  ...['firstname', 'lastname', 'emailaddress1', 'jobtitle', 'telephone1'],
  ...['address1_city', 'address1_country', 'donotbulkemail'],
] as const;

export const pickRow = ({ rows, random }: Place): Row => rows[random.below(rows.length)] as Row;

/** Makes a contact of a lead, which takes its place; false where none was drawn that can be qualified. */
export async function qualify(place: Place): Promise<boolean> {
  const { dynamics, rows } = place;
  const lead = pickRow(place);
  if (lead.table !== 'lead') return false;
  const columns = await dynamics.row('lead', lead.id);
  await dynamics.editRow('lead', lead.id, { statecode: 1, statuscode: 3 });
  const contact = {
    ...Object.fromEntries(taken.map((name) => [name, columns[name] ?? null])),
    ...naming('_originatingleadid_value', lead.id, 'lead'),
    ...someCompany(place.random),
  };
  const [id = ''] = await dynamics.createRows('contact', [contact]);
  rows[rows.indexOf(lead)] = { table: 'contact', id, leadId: lead.id };
  return true;
}

/** Makes a row part of another one of its table, and closes it, as a merge in Dynamics does; false where it drew no two. */
export async function mergeRows(place: Place): Promise<boolean> {
  const { dynamics, rows } = place;
  const [loser, winner] = [pickRow(place), pickRow(place)];
  if (loser === winner || loser.table !== winner.table) return false;
  await dynamics.editRow(winner.table, winner.id, {});
  await dynamics.editRow(loser.table, loser.id, {
    ...{ merged: true, statecode: loser.table === 'lead' ? 2 : 1 },
    'masterid@odata.bind': `${loser.table}s(${winner.id})`,
  });
  rows.splice(rows.indexOf(loser), 1);
  return true;
}

/**
 * Merges the persons of two rows of one table in Marketo, and notes it; false where it drew no two. Of two tables, the person of a
 * lead would get the company of a contact.
 */
export async function mergePersons(place: Place, merged: MergedPerson[]): Promise<boolean> {
  const [first, second] = [pickRow(place), pickRow(place)];
  if (first.table !== second.table) return false;
  const [loser, winner] = [await personOf(place, first), await personOf(place, second)];
  if (loser === null || winner === null || loser === winner) return false;
  await place.marketo.control.post('merges', { winner, losers: [loser] });
  merged.push({ loserId: String(loser), winnerId: String(winner) });
  return true;
}

/** The number of the person that is linked to a row, or was to its lead; null where there is none. */
export async function personOf({ marketo }: Pick<Systems, 'marketo'>, row: Row): Promise<number | null> {
  const persons = await marketo.persons();
  const by = (rowId: string | undefined): Values | undefined =>
    rowId === undefined ? undefined : persons.find((person) => person['crmId'] === rowId);
  const found = by(row.id) ?? by(row.leadId);

  return found ? Number(found['id']) : null;
}
