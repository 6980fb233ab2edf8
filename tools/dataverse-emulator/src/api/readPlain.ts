import type { Row } from '../core/columnDefinition.ts';
import { badRequest, errorCodes } from '../core/dataverseError.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { pagingCookieText, type PagingCookie } from '../core/pagingCookie.ts';
import { beginning, parseQuery, queryRows, type Resume, type RowQuery } from '../core/queryRows.ts';
import { parsePlace, placeOf, placeText } from '../core/sortPlace.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { globalVersionText } from '../metadata/globalMetadataVersion.ts';
import { jsonAnswer, type Answer, type Call } from './call.ts';
import { link, pageSizeOf } from './collectionLinks.ts';
import { contextSelection, parseExpand } from './expand.ts';
import { appliedHeader, parsePreferences, wantsAnnotation, type Preferences } from './preferences.ts';
import { rowMembers, rowStyle } from './rowText.ts';

/** Counting stops here (facts, section 1.7). */
export const countMax = 5000;

interface Page {
  readonly rows: readonly Row[];
  readonly next: Resume | undefined;
}

function topOf(call: Call): number | undefined {
  const source = call.query['$top'];
  if (source !== undefined && !/^\d{1,9}$/.test(source))
    throw badRequest(errorCodes.invalidArgument, '$top must be a whole number.');
  return source === undefined ? undefined : Number(source);
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
  return `,"@odata.nextLink":${JSON.stringify(link(call, query.table, '$skiptoken', cookie))}`;
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

/** An ordinary query or a page of it. */
export function readPlain(
  state: OrganizationState,
  call: Call,
  table: TableDefinition,
  cookie?: PagingCookie,
): Answer {
  const preferences = parsePreferences(call.headers['prefer']);
  const { $select: select, $expand: expand } = call.query;
  const top = topOf(call);
  const { annotations } = preferences;
  const style = rowStyle(state, table, select, annotations);
  const expansion = parseExpand({ state, annotations, depth: 1 }, table, expand);
  const query = parseQuery(state, table, call.query);
  const resume = resumeOf(query, cookie);
  const page = readPage(
    state,
    query,
    resume,
    Math.min(top ?? pageSizeOf(state, call), state.settings.pageSizeMax),
  );
  const context = `${call.base}/$metadata#${table.set}${contextSelection(select, expansion)}`;
  const count = countText(call, preferences, () => countRows(state, query));
  const rows = page.rows.map((row) => `{${rowMembers(style, row)}${expansion.print(row)}}`).join(',');
  const following = top === undefined ? nextText(call, query, cookie, page) : '';
  return jsonAnswer(
    200,
    `{"@odata.context":${JSON.stringify(context)},${count}${globalVersionText(state, annotations)}"value":[${rows}]${following}}`,
    appliedHeader(preferences, false),
  );
}
