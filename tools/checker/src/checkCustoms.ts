import { isMerged } from './checkMerged.ts';
import { idNamed, isOut, type Beside } from './companyWanted.ts';
import type { FinalRecord } from './history.ts';
import { isFiltered } from './isFiltered.ts';
import { mayLeadSpeak, originIn } from './qualified.ts';
import type { Group } from './timeline.ts';
import type { Finding, Findings } from './verdict.ts';

/** Custom rows, with all that their paths lead to: persons by the ids of their rows. */
export type CustomRows = Beside & { readonly people: ReadonlyMap<string, Group> };

/** The lookup by which the rows of each table lead to a person. */
const paths: Readonly<Record<string, string>> = { new_visit: 'new_personid', new_bill: 'new_visitid' };

/** A row that leads to a person is in Marketo with its present name, once, and linked to that person; any other is not (decision 21). */
export function checkCustoms(findings: Findings, customs: CustomRows): void {
  for (const [table, objects] of Object.entries(customs.accounts.customs ?? {})) {
    const rows = customs.history.dynamics.rows[table] ?? [];
    for (const row of rows.filter((each) => !isOut(customs.history, each)))
      checkRow(findings, customs, { table, row, held: objects.filter(({ key }) => key === row.id) });
    const live = new Set(rows.map(({ id }) => id));
    for (const { key } of objects)
      if (!live.has(String(key))) tell(findings.revived, table, String(key), 'a deleted row is in Marketo');
  }
}

type Case = {
  readonly table: string;
  readonly row: FinalRecord;
  readonly held: readonly FinalRecord['fields'][];
};

function checkRow(findings: Findings, customs: CustomRows, { table, row, held }: Case): void {
  const [object, ...others] = held;
  if (others.length > 0) tell(findings.doubled, table, row.id, 'a row is in Marketo several times');
  const personId = leadsTo(customs, table, row);
  if (personId === undefined) return;
  if (personId === null) {
    if (object) tell(findings.unexpected, table, row.id, 'it names nobody');
    return;
  }
  if (!object) return tell(findings.missing, table, row.id, 'a row is not in Marketo');
  if (object['name'] !== row.fields['new_name'])
    tell(findings.differences, table, row.id, 'the name is not that of the row');
  if (String(object['leadId']) !== personId)
    tell(findings.differences, table, row.id, 'it is not linked to its person');
}

/** The person that a row leads to; null where it names nobody, undefined where nobody can tell, or the one it names has no person. */
function leadsTo(customs: CustomRows, table: string, row: FinalRecord): string | null | undefined {
  const named = row.fields[paths[table] ?? ''] ?? null;
  if (named === null) return null;
  const visitId = idNamed(named, 'new_visit');
  if (visitId === null) return personOf(customs, personRowIn(named));
  const visit = customs.history.dynamics.rows['new_visit']?.find(({ id }) => id === visitId);

  return visit && leadsTo(customs, 'new_visit', visit);
}

const personRowIn = (lookup: unknown): string => idNamed(lookup, 'contact') ?? idNamed(lookup, 'lead') ?? '';

/** Whether a row that stays out had been followed before that was told is not asked, nor what became of one that was merged. */
function personOf({ history, people }: CustomRows, rowId: string): string | null | undefined {
  const group = people.get(rowId) ?? people.get(contactOf(history, rowId) ?? '');
  if (!group || isMerged(history, group) || isFiltered(group.rowStates, group.rules) || mayLeadSpeak(group))
    return undefined;

  return group.persons[0]?.id.split('/')[0];
}

const contactOf = ({ dynamics }: CustomRows['history'], leadId: string): string | undefined =>
  dynamics.states.find((state) => originIn(state) === leadId)?.id;

const tell = (list: Finding[], what: string, id: string, reason: string): void =>
  void list.push({ what, ids: [id], reason });
