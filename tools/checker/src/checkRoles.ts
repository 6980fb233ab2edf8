import { isMerged } from './checkMerged.ts';
import { idNamed, isOut, type Beside } from './companyWanted.ts';
import { isFiltered } from './isFiltered.ts';
import type { IndexedHistory } from './indexHistory.ts';
import type { Group } from './timeline.ts';
import type { Findings } from './verdict.ts';

/** The contact who is the customer of an opportunity has a role there, as far as it has a person (native-sync 2.3); nobody else has. */
export function checkRoles(findings: Findings, beside: Beside): void {
  const { history, accounts } = beside;
  const live = new Set((history.dynamics.rows['opportunity'] ?? []).map(({ id }) => id));
  for (const row of history.dynamics.rows['opportunity'] ?? [])
    if (!isOut(history, row))
      checkRolesOf(findings, beside, { id: row.id, contactId: idNamed(row.fields['customerid'], 'contact') });
  for (const { externalOpportunityId: id, leadId } of accounts.roles)
    if (!live.has(String(id))) tell(findings.revived, id, leadId, 'a role of a deleted opportunity is there');
}

type Named = { readonly id: string; readonly contactId: string | null };

function checkRolesOf(
  findings: Findings,
  { history, accounts, contacts }: Beside,
  { id, contactId }: Named,
): void {
  const contact = contacts.get(contactId ?? '');
  if (contact && isOpen(history, contact)) return;
  const held = accounts.roles
    .filter((role) => role['externalOpportunityId'] === id)
    .map(({ leadId }) => leadId);
  const wanted = personOf(contact);
  for (const leadId of held.filter((each) => !wanted.includes(Number(each))))
    tell(findings.unexpected, id, leadId, 'somebody has a role who is not the customer');
  for (const leadId of wanted.filter((each) => !held.includes(each)))
    tell(findings.missing, id, leadId, 'the customer has no role');
}

/** Whether a contact that stays out had its role before that was told is not asked, nor what became of one that was merged. */
const isOpen = (history: IndexedHistory, contact: Group): boolean =>
  isMerged(history, contact) || isFiltered(contact.rowStates, contact.rules);

function personOf(contact: Group | undefined): readonly number[] {
  const [person] = contact?.row ? contact.persons : [];

  return person ? [Number(person.id.split('/')[0])] : [];
}

const tell = (list: Findings['missing'], id: unknown, leadId: unknown, reason: string): void =>
  void list.push({ what: 'role', ids: [String(id), String(leadId)], reason });
