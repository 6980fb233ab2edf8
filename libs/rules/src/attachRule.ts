import { entityTypes, type AttachRule, type MappingRow } from '@lockstep/reconciliation';
import { Type, type Static } from '@sinclair/typebox';
import type { Finding } from './ruleFault.ts';
import { choice } from './schemaParts.ts';

/** What `accounts.attach` may hold. */
export const attach = Type.Object(
  {
    by: Type.Array(
      choice(
        ['name', 'domain'],
        'Its company as the name of an account, or the domain of its address as that of a website.',
      ),
      {
        description: 'The first of these by which there is an account decides.',
        uniqueItems: true,
        minItems: 1,
      },
    ),
    exceptDomains: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 253 }), {
        description: 'Domains that tell of no company, beside those of mail providers.',
        uniqueItems: true,
        maxItems: 1000,
      }),
    ),
  },
  { additionalProperties: false, description: 'How contacts without an account get one.' },
);

/** What the file says of accounts. */
type File = { readonly accounts?: { readonly attach?: Static<typeof attach> } };

/** How contacts without an account get one (G-11), where the file says so. */
export function attachRuleOf({ accounts = {} }: File): { readonly attachAccounts?: AttachRule } {
  if (!accounts.attach) return {};
  const { by, exceptDomains = [] } = accounts.attach;

  return { attachAccounts: { by, exceptDomains: exceptDomains.map((domain) => domain.toLowerCase()) } };
}

/** Golden fields of accounts by which contacts find them. */
const keyFields = { name: 'company', domain: 'website' } as const;

/** The account of a contact is written in the only lookup that is, and accounts are found by fields that are read. */
export function attachFindings(
  { accounts = {} }: File,
  mapping: readonly MappingRow[],
  accountMapping: readonly MappingRow[] = entityTypes.account.mapping,
): readonly Finding[] {
  if (!accounts.attach) return [];
  const has = (rows: readonly MappingRow[], name: string) => rows.find(({ field }) => field === name);
  const lost = accounts.attach.by.map((kind) => keyFields[kind]).filter((name) => !has(accountMapping, name));
  const isBound = has(mapping, 'companyId')?.columns['contact'] === 'parentcustomerid';
  const needed = isBound ? lost.map((name) => `${name} of accounts`) : ['companyId of contacts'];

  return needed.map((name) => ({
    ...{ path: ['accounts', 'attach'], code: 'POLICY_IMPOSSIBLE' },
    sentence: `accounts are attached only while ${name} is mapped as by default.`,
  }));
}
