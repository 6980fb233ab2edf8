import type { Row } from '../core/columnDefinition.ts';
import { badRequest } from '../core/dataverseError.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { pagingCookieText, type PagingCookie } from '../core/pagingCookie.ts';
import { beginning, parseQuery, queryRows, type Resume, type RowQuery } from '../core/queryRows.ts';
import { parsePlace, placeOf, placeText } from '../core/sortPlace.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { globalVersionText } from '../metadata/globalMetadataVersion.ts';
import { jsonAnswer, type Answer, type Call } from './call.ts';
import { link, pageSizeOf, topOf } from './collectionLinks.ts';
import { contextSelection, parseExpand } from './expand.ts';
import { appliedHeader, parsePreferences, wantsAnnotation, type Preferences } from './preferences.ts';
import { rowMembers, rowStyle } from './rowText.ts';

/** Counting stops here (facts, section 1.7). */
export const countMax = 5000;

/** What a query is over: a table, or the rows of a collection. */
export interface Queried {
  readonly table: TableDefinition;
  readonly ids?: readonly string[];
  /** Whether the addresses of the rows are answered in their place. */
  readonly isReference?: boolean;
}

interface Page {
  readonly rows: readonly Row[];
  readonly next: Resume | undefined;
}

/** Where the page after these rows begins. */
function after(query: RowQuery, resume: Resume, rows: readonly Row[]): Resume {
  const last = rows.at(-1) ?? {};
  if (resume.order === 'sorted') return { ...resume, after: placeOf(query, last) };
  const column = resume.order === 'version' ? 'versionnumber' : query.table.key;
  return { ...resume, after: String(last[column]) };
}

function readPage(state: OrganizationState, query: RowQuery, resume: Resume, size: number): Page {
  const rows: Row[] = [];
  for (const row of queryRows(state, query, resume)) {
    if (rows.length === size) return { rows, next: after(query, resume, rows) };
    rows.push(row);
  }
  return { rows, next: undefined };
}

/** How many rows match, or one more than the greatest number that is counted. */
export function countRows(state: OrganizationState, query: RowQuery): number {
  let count = 0;
  const from: Resume = {
    order: query.bounds.versionAfter === undefined ? 'key' : 'version',
    after: undefined,
  };
  for (const row of queryRows(state, query, from)) {
    if (row) count += 1;
    if (count > countMax) break;
  }
  return count;
}

function countText(call: Call, preferences: Preferences, count: () => number): string {
  const isAsked = call.query['$count'] === 'true';
  const found = isAsked ? count() : -1;
  const shown = Math.min(found, countMax);
  const annotation = (name: string, value: unknown): string =>
    wantsAnnotation(preferences.annotations, `Microsoft.Dynamics.CRM.${name}`)
      ? `"@Microsoft.Dynamics.CRM.${name}":${String(value)},`
      : '';
  return [
    isAsked ? `"@odata.count":${shown},` : '',
    annotation('totalrecordcount', shown),
    annotation('totalrecordcountlimitexceeded', found > countMax),
  ].join('');
}

/** The cookie names the last and the first row of the page by the column that orders them (facts, section 1.7). */
function nextText(
  call: Call,
  query: RowQuery,
  former: PagingCookie | undefined,
  { rows, next }: Page,
): string {
  if (!next) return '';
  const element = next.order === 'version' ? 'versionnumber' : query.table.key;
  const place = (row: Row | undefined): string => {
    const value = String(row?.[element]);
    return next.order === 'version' ? value : `{${value.toUpperCase()}}`;
  };
  const values = {
    last: place(rows.at(-1)),
    first: place(rows[0]),
    ...(next.order === 'sorted' && next.after ? { place: placeText(next.after) } : {}),
  };
  const page = (former?.page ?? 1) + 1;
  const cookie = pagingCookieText({ page, isTracking: false, element, values });
  return `,"@odata.nextLink":${JSON.stringify(link(call, '$skiptoken', cookie))}`;
}

/** Throws 400 when the cookie names no place in the order of the query. */
function resumeOf(query: RowQuery, cookie: PagingCookie | undefined): Resume {
  const first = beginning(query);
  if (!cookie) return first;
  const { last = '', place = '' } = cookie.values;
  const resume: Resume =
    first.order === 'sorted'
      ? { order: 'sorted', after: parsePlace(query, place) }
      : { order: first.order, after: last.replace(/[{}]/g, '').toLowerCase() || undefined };
  if (resume.after === undefined) throw badRequest('0x80041129', 'The paging cookie is not valid.');
  return resume;
}

type RowPrinter = (row: Row) => string;

function referencePrinter({ base }: Call, { set, key }: TableDefinition): RowPrinter {
  return (row) => JSON.stringify({ '@odata.id': `${base}/${set}(${String(row[key])})` });
}

/** How a row is printed, and how the context names what is. */
function rowPrinter(
  state: OrganizationState,
  call: Call,
  { table, isReference = false }: Queried,
): { readonly print: RowPrinter; readonly context: string } {
  if (isReference) return { print: referencePrinter(call, table), context: 'Collection($ref)' };
  const { annotations } = parsePreferences(call.headers['prefer']);
  const { $select: select, $expand: expand } = call.query;
  const style = rowStyle(state, table, select, annotations);
  const expansion = parseExpand({ state, annotations, depth: 1 }, table, expand);
  return {
    print: (row) => `{${rowMembers(style, row)}${expansion.print(row)}}`,
    context: table.set + contextSelection(select, expansion),
  };
}

/** An ordinary query or a page of it. */
export function readPlain(
  state: OrganizationState,
  call: Call,
  queried: Queried,
  cookie?: PagingCookie,
): Answer {
  const preferences = parsePreferences(call.headers['prefer']);
  const top = topOf(call.query['$top']);
  const { print, context } = rowPrinter(state, call, queried);
  const query = parseQuery(state, queried.table, call.query, queried.ids);
  const size = Math.min(top ?? pageSizeOf(state, call), state.settings.pageSizeMax);
  const page = readPage(state, query, resumeOf(query, cookie), size);
  const count = countText(call, preferences, () => countRows(state, query));
  const global = globalVersionText(state, preferences.annotations);
  const rows = page.rows.map(print).join(',');
  const following = top === undefined ? nextText(call, query, cookie, page) : '';
  return jsonAnswer(
    200,
    `{"@odata.context":${JSON.stringify(`${call.base}/$metadata#${context}`)},${count}${global}"value":[${rows}]${following}}`,
    appliedHeader(preferences, false),
  );
}
