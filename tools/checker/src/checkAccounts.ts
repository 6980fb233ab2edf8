import { openReason } from './checkStored.ts';
import { checkCustoms } from './checkCustoms.ts';
import { checkRoles } from './checkRoles.ts';
import { companyWanted, formerAccounts, idNamed, isOut, type Beside } from './companyWanted.ts';
import type { AccountsHistory, FinalRecord } from './history.ts';
import type { IndexedHistory } from './indexHistory.ts';
import { isFiltered } from './isFiltered.ts';
import { isMerged } from './checkMerged.ts';
import { mayLeadSpeak } from './qualified.ts';
import { checkGolden } from './checkTopics.ts';
import type { Group } from './timeline.ts';
import type { Finding, Findings } from './verdict.ts';

/**
 * Records beside persons (decision 13), from both sides' own states: what is live in Dynamics is in Marketo with its present
 * values, once; persons and opportunities are of the company of their present account; deleted opportunities are gone.
 */
export function checkAccounts(findings: Findings, history: IndexedHistory, groups: readonly Group[]): void {
  const { accounts } = history;
  if (!accounts) return;
  const contacts = new Map(
    groups.flatMap((group) => (group.table === 'contact' ? [[group.rowId, group]] : [])),
  );
  const beside: Beside = { history, accounts, contacts };
  checkCompanies(findings, beside);
  checkOpportunities(findings, beside);
  checkRoles(findings, beside);
  for (const group of contacts.values()) checkCompanyOfPerson(findings, beside, group);
  checkCustoms(findings, { ...beside, people: new Map(groups.map((group) => [group.rowId, group])) });
  checkRecords(findings, accounts);
}

function checkCompanies(findings: Findings, beside: Beside): void {
  const { history, accounts } = beside;
  const what = 'company';
  for (const account of history.dynamics.rows['account'] ?? []) {
    if (isOut(history, account)) findings.exempt.push({ what, ids: [account.id], reason: 'filter-no' });
    else
      checkCounterpart(findings, { what, row: account, records: keyed(accounts.companies, what, account) });
  }
  for (const { externalCompanyId } of accounts.companies)
    if (!history.index.rowStates.has(String(externalCompanyId)))
      findings.unexpected.push({
        what,
        ids: [String(externalCompanyId)],
        reason: 'nobody has such an account',
      });
}

type Fields = FinalRecord['fields'];
type Kind = 'company' | 'opportunity';

const keys = { company: 'externalCompanyId', opportunity: 'externalOpportunityId' } as const;
const names = { company: 'company', opportunity: 'name' } as const;

const keyed = (records: readonly Fields[], kind: Kind, { id }: FinalRecord): readonly Fields[] =>
  records.filter((record) => record[keys[kind]] === id);

type Counterpart = { readonly what: Kind; readonly row: FinalRecord; readonly records: readonly Fields[] };

/** The one record of a row that should have one; undefined where it has none. */
function checkCounterpart(findings: Findings, { what, row, records }: Counterpart): Fields | undefined {
  const [record, ...others] = records;
  const ids = [row.id];
  if (!record) findings.missing.push({ what, ids, reason: 'a row is not in Marketo' });
  if (others.length > 0) findings.doubled.push({ what, ids, reason: 'a row is in Marketo several times' });
  if (record && record[names[what]] !== row.fields['name'])
    findings.differences.push({ what, ids, reason: 'the name is not that of the row' });

  return record;
}

function checkOpportunities(findings: Findings, beside: Beside): void {
  const { history, accounts } = beside;
  const what = 'opportunity';
  const rows = history.dynamics.rows['opportunity'] ?? [];
  for (const row of rows.filter((each) => !isOut(history, each))) {
    const records = keyed(accounts.opportunities, what, row);
    const record = checkCounterpart(findings, { what, row, records });
    const wanted = companyWanted(beside, customerAccount(beside, row));
    if (record && wanted !== null && record[keys.company] !== wanted)
      findings.differences.push({ what, ids: [row.id], reason: 'it is not of the company of its customer' });
  }
  const live = new Set(rows.map(({ id }) => id));
  for (const { externalOpportunityId: id } of accounts.opportunities)
    if (!live.has(String(id)))
      findings.revived.push({ what, ids: [String(id)], reason: 'a deleted opportunity is in Marketo' });
}

/** Of a customer who is a contact, the account of that, where the contact and not its lead may be all that is known. */
function customerAccount({ contacts }: Beside, { fields }: FinalRecord): string | null {
  const contactId = idNamed(fields['customerid'], 'contact');
  if (contactId === null) return idNamed(fields['customerid'], 'account');
  const contact = contacts.get(contactId);

  return contact && !mayLeadSpeak(contact)
    ? idNamed(contact.row?.fields['parentcustomerid'], 'account')
    : null;
}

/** Of rows that are kept in step, and have a person. */
function checkCompanyOfPerson(findings: Findings, beside: Beside, group: Group): void {
  const { row, persons, rowStates, rules } = group;
  const [person] = persons;
  if (!row || !person || isMerged(beside.history, group) || isFiltered(rowStates, rules)) return;
  const wanted = companyWanted(beside, idNamed(row.fields['parentcustomerid'], 'account'));
  const held = person.fields[keys.company] ?? null;
  if (held === wanted) return;
  const [list, reason] =
    wanted === null
      ? staying(findings, beside, { group, held })
      : [findings.differences, 'it is not that of its contact'];
  list.push({ what: 'company of person', ids: [row.id, person.id], reason });
}

type Staying = { readonly group: Group; readonly held: unknown };

/** Nobody can be taken from a company (marketo-rest 2.6): a contact that has none any more leaves its person where it was. */
function staying(findings: Findings, beside: Beside, { group, held }: Staying): readonly [Finding[], string] {
  return formerAccounts(beside, group).has(held)
    ? [findings.exempt, 'cannot-leave']
    : [findings.differences, 'its contact never had it'];
}

function checkRecords(findings: Findings, { golden, stored, needless }: AccountsHistory): void {
  for (const id of needless)
    findings.unexplainedWrites.push({ what: id, ids: [id], reason: 'a write to Marketo changed nothing' });
  if (!stored) return;
  checkGolden(findings, golden, stored);
  for (const record of stored) {
    const reason = openReason(record);
    if (reason) findings.stuck.push({ what: 'golden record', ids: [record.goldenId], reason });
  }
}
