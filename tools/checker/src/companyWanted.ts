import type { AccountsHistory, FinalRecord } from './history.ts';
import type { IndexedHistory } from './indexHistory.ts';
import { isFiltered } from './isFiltered.ts';
import type { Group } from './timeline.ts';

/** What records beside persons are judged by; contacts by the id of their row. */
export type Beside = {
  readonly history: IndexedHistory;
  readonly accounts: AccountsHistory;
  readonly contacts: ReadonlyMap<string, Group>;
};

/** Accounts and opportunities have the filter of their own column alone. */
export const isOut = ({ index, rules = {} }: IndexedHistory, { id }: FinalRecord): boolean =>
  isFiltered(
    index.rowStates.get(id) ?? [],
    rules.syncColumn === undefined ? {} : { syncColumn: rules.syncColumn },
  );

/** The row that a lookup names, where it is one of that table. */
export function idNamed(lookup: unknown, table: string): string | null {
  const isRow = typeof lookup === 'object' && lookup !== null && 'id' in lookup && 'table' in lookup;

  return isRow && lookup.table === table ? String(lookup.id) : null;
}

/** The company by which a row of that account is known; null where Marketo has none, which is waited for. */
export function companyWanted({ accounts }: Beside, accountId: string | null): string | null {
  const isThere = accounts.companies.some((company) => company['externalCompanyId'] === accountId);

  return isThere ? accountId : null;
}

/** Every account that people gave a person, or that its contact ever had, or another row that the person was of, or a person merged into it. */
export function formerAccounts({ history, contacts }: Beside, group: Group): ReadonlySet<unknown> {
  const { personStates } = history.index;
  const own = group.personIds.flatMap((id) => [id, ...losersOf(history, id)]);
  const rowIds = own.flatMap((id) =>
    (personStates.get(id) ?? []).map(({ changed }) => String(changed['crmId']?.after)),
  );
  const given = own.flatMap((id) =>
    (personStates.get(id) ?? []).map(({ actorKind, changed }) =>
      actorKind === 'human' ? changed['externalCompanyId']?.after : null,
    ),
  );
  const rows = [group, ...rowIds.flatMap((id) => contacts.get(id) ?? [])];

  const named = rows.flatMap(({ rowStates }) =>
    rowStates.map(({ changed }) => idNamed(changed['parentcustomerid']?.after, 'account')),
  );

  return new Set([...named, ...given]);
}

const losersOf = ({ mergedPersons = [] }: IndexedHistory, id: string): readonly string[] =>
  mergedPersons.flatMap(({ loserId, winnerId }) => (winnerId === id ? [loserId] : []));
