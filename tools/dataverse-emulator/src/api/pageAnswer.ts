import { createHash } from 'node:crypto';
import { beginGzip, endGzip } from '../core/gzipText.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import type { CachedPage, NamedTarget } from '../core/pageCache.ts';
import type { ChangeMark } from '../core/rowStore.ts';
import { jsonAnswer, type Answer } from './call.ts';
import type { RowStyle } from './rowText.ts';

/** One page of a tracked read: what comes before its rows, the rows, and what comes after them. */
export interface PageParts {
  readonly style: RowStyle;
  readonly isGzipWelcome: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly head: string;
  readonly changes: readonly ChangeMark[];
  readonly print: (change: ChangeMark) => string;
  readonly tail: string;
}

/** Below this a page is printed sooner than it is looked up. */
const packedRowsMin = 100;

function rowsText({ changes, print }: PageParts): string {
  return changes.map(print).join(',');
}

/**
 * Names the content of a page: the rows between two versions, as many as there are, in one style. A row that is written or
 * deleted leaves its place in the order of versions for good, so its page gets another key; versions come again only after a
 * restore, which raises the generation.
 */
function pageKey(state: OrganizationState, { style, head, changes }: PageParts): string {
  const { columns, withFormattedValues, withLookupTables, withNavigation } = style;
  const look = {
    columns,
    withFormattedValues,
    withLookupTables,
    withNavigation,
    settings: state.settings,
    metadata: state.metadata.changedAt.get(style.table.name),
  };
  const digest = createHash('sha1').update(head).update(JSON.stringify(look)).digest('base64');
  const place = [changes[0]?.version, changes.at(-1)?.version, changes.length];
  return [state.store.generation(), style.table.name, ...place, digest].join(' ');
}

/** Names of users, accounts and the like are on the page too, and they change without it. */
function isCurrent(state: OrganizationState, page: CachedPage): boolean {
  return page.targets.every(({ table, id, version }) => state.store.version(table, id) === version);
}

function buildPage(state: OrganizationState, parts: PageParts): CachedPage {
  const beginning = beginGzip(parts.head + rowsText(parts));
  const targets = Array.from(parts.style.shownTargets.values(), ({ table, id }): NamedTarget => {
    return { table, id, version: state.store.version(table, id) };
  });
  return { beginning, targets };
}

/** The answer with a page; large pages of rows come compressed from the cache when the caller takes gzip. */
export function pageAnswer(state: OrganizationState, parts: PageParts): Answer {
  const { changes, headers, head, tail } = parts;
  const isPlain =
    !parts.isGzipWelcome || changes.length < packedRowsMin || changes.some(({ isDelete }) => isDelete);
  if (isPlain) return jsonAnswer(200, head + rowsText(parts) + tail, headers);
  const key = pageKey(state, parts);
  const known = state.pages.get(key);
  const page = known && isCurrent(state, known) ? known : buildPage(state, parts);
  if (page !== known) state.pages.set(key, page);
  return {
    ...jsonAnswer(200, '', { ...headers, 'content-encoding': 'gzip' }),
    packed: endGzip(page.beginning, tail),
  };
}
