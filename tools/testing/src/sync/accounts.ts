import type { Random } from '@lockstep/simulation';
import type { Values } from '../controlApi.ts';
import type { Systems } from './systems.ts';

/** Tables beside leads and contacts that the run needs, for `DYNAMICS_TABLES`. */
export const tables = 'lead,contact,account,opportunity';

const accountsCount = 12;

const idOf = (kind: '3' | '4', number: number): string =>
  `${kind}0000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

export const naming = (column: string, id: string, table: string): Values => ({
  [column]: id,
  [`${column}@Microsoft.Dynamics.CRM.lookuplogicalname`]: table,
});

/** The company of a contact, by its number, in the columns of its row. */
export const companyOf = (number: number): Values =>
  naming('_parentcustomerid_value', idOf('3', number % accountsCount), 'account');

export async function createAccounts({ dynamics }: Pick<Systems, 'dynamics'>): Promise<void> {
  const rows = Array.from({ length: accountsCount }, (_, number) => ({
    accountid: idOf('3', number),
    name: `Company ${number}`,
  }));
  await dynamics.control.post('rows', { table: 'account', rows });
}

/** Another company for a contact. */
export const someCompany = (random: Random): Values => companyOf(random.below(accountsCount));

/** What may be done about accounts and opportunities; `number` is that of the edit. */
export const accountActs = {
  account: ({ dynamics }: Systems, random: Random, number: number) =>
    dynamics.control.post('edits', {
      ...{ table: 'account', id: idOf('3', random.below(accountsCount)) },
      fields: { name: `Company ${number}` },
    }),
  opportunity: ({ dynamics }: Systems, random: Random, number: number) =>
    dynamics.control.post('rows', {
      table: 'opportunity',
      rows: [
        {
          ...{ opportunityid: idOf('4', number), name: `Deal ${number}` },
          ...naming('_customerid_value', idOf('3', random.below(accountsCount)), 'account'),
        },
      ],
    }),
} as const;

/** What of accounts, opportunities and the companies of people is not in Marketo as it is in Dynamics, one sentence each. */
export async function differencesOfAccounts({ dynamics, marketo }: Systems): Promise<readonly string[]> {
  const records = async (type: string): Promise<readonly Values[]> =>
    (await marketo.control.get<{ records: Values[] }>(`objects/${type}`)).records;
  const [accounts, opportunities, contacts] = [
    await dynamics.rows('account'),
    await dynamics.rows('opportunity'),
    await dynamics.rows('contact'),
  ];
  const companies = byKey(await records('company'), 'externalCompanyId');
  const deals = byKey(await records('opportunity'), 'externalOpportunityId');
  const people = byKey(await marketo.persons(), 'crmId');

  return [
    ...accounts.map(({ accountid, name }) =>
      told('company', accountid, name, companies('company', accountid)),
    ),
    ...opportunities.map(({ opportunityid, name, _customerid_value: customer }) =>
      told(
        'opportunity',
        opportunityid,
        [name, customer].join(),
        [deals('name', opportunityid), deals('externalCompanyId', opportunityid)].join(),
      ),
    ),
    ...contacts
      // What a row that lost a merge has is written to nobody (design section 5, Merges).
      .filter(({ contactid, merged }) => merged !== true && people('id', contactid) !== undefined)
      .map(({ contactid, _parentcustomerid_value: company }) =>
        told('company of person', contactid, company, people('externalCompanyId', contactid)),
      ),
  ].flatMap((sentence) => sentence ?? []);
}

/** Looks a field up in the record with a key. */
const byKey = (records: readonly Values[], key: string) => {
  const found = new Map(records.map((record) => [record[key], record] as const));

  return (field: string, id: unknown): unknown => found.get(id)?.[field];
};

const told = (what: string, id: unknown, wanted: unknown, found: unknown): string | null =>
  wanted === found ? null : `${what} ${String(id)} is ${String(found)} instead of ${String(wanted)}`;
