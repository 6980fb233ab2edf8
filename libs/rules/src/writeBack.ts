import { entityTypes, type MappingRow } from '@lockstep/reconciliation';

/** What the file says of accounts. */
type File = { readonly accounts?: { readonly writeBack?: readonly string[] } };

/** Fields of companies that can be written to Dynamics; an option would need labels, a relation is none of Marketo's. */
export const writableOfAccounts: readonly string[] = entityTypes.account.mapping
  .filter(({ type, parents }) => type !== 'option' && !parents)
  .map(({ field }) => field);

/** Fields of companies whose edits in Marketo go to the account (G-11). */
export const writeBackOf = ({ accounts = {} }: File): readonly string[] => accounts.writeBack ?? [];

/** A company is edited where its persons show it: rows for what is to be read of persons for that, and is told to nobody. */
export function shownRows(file: File, mapping: readonly MappingRow[]): readonly MappingRow[] {
  const read = new Set(mapping.map(({ marketo }) => marketo));

  return entityTypes.account.mapping
    .filter(({ field, marketo }) => writeBackOf(file).includes(field) && !read.has(marketo))
    .map(({ field, type, marketo }) => ({ field, type, marketo, columns: {}, direction: 'none' }));
}
