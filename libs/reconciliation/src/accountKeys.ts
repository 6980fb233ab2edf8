import type { Scalar } from '@lockstep/change-events';
import providers from 'email-providers/all.json' with { type: 'json' };
import type { GoldenField } from './goldenRecord.ts';

/** Where a contact's company is looked for: its name as that of an account, or its address's domain as an account's website. */
export type AccountKeyKind = 'name' | 'domain';

/** How contacts without an account get one (G-11): by the first of these by which there is any account, unless there are several. */
export type AttachRule = {
  readonly by: readonly AccountKeyKind[];
  /** Domains that tell of no company, beside those of mail providers. */
  readonly exceptDomains: readonly string[];
};

type Fields = Readonly<Record<string, GoldenField>>;

const mailProviders: ReadonlySet<string> = new Set(providers);

/** By what contacts find an account: `name/…` and `domain/…`. */
export function keysOfAccount(fields: Fields): readonly string[] {
  return keysOf([nameKey(fields['company']?.value), domainKey(hostOf(textOf(fields['website']?.value)))]);
}

/** By what a contact looks for one, in the order of the rule. */
export function keysOfContact(fields: Fields, { by, exceptDomains }: AttachRule): readonly string[] {
  const domain = hostOf(textOf(fields['email']?.value).split('@').at(-1) ?? '');
  const isTelling = !mailProviders.has(domain) && !exceptDomains.includes(domain);
  const keys = {
    name: nameKey(fields['company']?.value),
    domain: isTelling ? domainKey(domain) : null,
  };

  return keysOf(by.map((kind) => keys[kind]));
}

const keysOf = (keys: readonly (string | null)[]): string[] => keys.filter((key) => key !== null);

const textOf = (value: Scalar | undefined): string => (typeof value === 'string' ? value.trim() : '');

/** Case, width and runs of blanks make no other company. */
function nameKey(value: Scalar | undefined): string | null {
  const name = textOf(value).normalize('NFKC').toLowerCase().replace(/\s+/g, ' ');

  return name === '' ? null : `name/${name}`;
}

const domainKey = (host: string): string | null => (host.includes('.') ? `domain/${host}` : null);

/** The host of an address of the web, or of the text itself; empty where it has none. */
function hostOf(text: string): string {
  const address = text.includes('://') ? text : `https://${text}`;
  if (text === '' || !URL.canParse(address)) return '';

  return new URL(address).hostname.replace(/^www\./, '').replace(/\.$/, '');
}
