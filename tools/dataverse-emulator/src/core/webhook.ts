export const messageNames = { create: 'Create', update: 'Update', delete: 'Delete' } as const;
export type MessageName = (typeof messageNames)[keyof typeof messageNames];

/** How a receiver knows who calls; without pairs when the registered value cannot be read (facts, section 7). */
export interface HookAuth {
  readonly place: 'query' | 'header';
  readonly pairs: Readonly<Record<string, string>> | undefined;
}

/** What of a row goes along, before or after the change. */
export interface StepImage {
  readonly alias: string;
  readonly when: 'before' | 'after' | 'both';
  /** Null for every column. */
  readonly columns: ReadonlySet<string> | null;
}

/** Where to call on a change of a table. */
export interface Webhook {
  /** Of the step, or what the control API gave it. */
  readonly id: string;
  readonly url: string;
  /** Null for every table. */
  readonly table: string | null;
  /** Null for every message. */
  readonly message: MessageName | null;
  readonly auth: HookAuth;
  /** A synchronous one is asked within the write, and its refusal ends it. */
  readonly mode: 'asynchronous' | 'synchronous';
  readonly stage: number;
  readonly rank: number;
  /** An update is told only when it writes one of these; null for all. */
  readonly filteringColumns: ReadonlySet<string> | null;
  readonly images: readonly StepImage[];
}

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&amp;': '&',
};

function unescaped(text: string): string {
  return text.replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => entities[entity] ?? entity);
}

function settingsOf(text: string): Readonly<Record<string, string>> | undefined {
  const found = [...text.matchAll(/<setting\s+name="([^"]*)"\s+value="([^"]*)"\s*\/>/g)];
  const pairs = found.map(([, name = '', value = '']) => [unescaped(name), unescaped(value)] as const);
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

/**
 * What a registration says of authentication: 4 is a key that goes into the query value `code`, 5 headers, 6 query values;
 * the latter two are written as `<settings><setting name="…" value="…" /></settings>`.
 */
export function hookAuth(type: unknown, value: string): HookAuth {
  if (type === 4) return { place: 'query', pairs: { code: value } };
  return { place: type === 5 ? 'header' : 'query', pairs: settingsOf(value) };
}
