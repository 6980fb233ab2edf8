import type { Row } from '../core/columnDefinition.ts';
import { badRequest, errorCodes } from '../core/dataverseError.ts';
import { deltaTokenText, percentEncode } from '../core/deltaToken.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { pagingCookieText, parsePagingCookie, type PagingCookie } from '../core/pagingCookie.ts';
import { parseFilter, parseOrdering, queryRows } from '../core/queryRows.ts';
import type { ChangeMark } from '../core/rowStore.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import {
  acceptDeltaToken,
  beginTrackedRead,
  countChanges,
  requireTracking,
  trackedPage,
  type TrackedCursor,
} from '../core/trackedPage.ts';
import { emptyAnswer, jsonAnswer, type Answer, type Call } from './call.ts';
import { appliedHeader, parsePreferences } from './preferences.ts';
import { requirePrivilege } from './privileges.ts';
import { rowMembers, rowStyle, type RowStyle } from './rowText.ts';

const countMax = 5000;
const forbiddenWithTracking = ['$filter', '$orderby', '$expand', '$top'];
const knownOptions = new Set([
  '$select',
  '$filter',
  '$orderby',
  '$top',
  '$count',
  '$skiptoken',
  '$deltatoken',
  '$expand',
]);

function link(call: Call, table: TableDefinition, option: string, value: string): string {
  const kept = ['$select', '$filter', '$orderby', '$count']
    .filter((name) => call.query[name] !== undefined)
    .map((name) => `${name}=${encodeURIComponent(call.query[name] ?? '').replaceAll('%2C', ',')}`);
  return `${call.base}/${table.set}?${[...kept, `${option}=${percentEncode(value)}`].join('&')}`;
}

function contextText(call: Call, table: TableDefinition, suffix: string): string {
  const select = call.query['$select'];
  const columns = select === undefined ? '' : `(${select})`;
  return JSON.stringify(`${call.base}/$metadata#${table.set}${columns}${suffix}`);
}

function cookieOf(call: Call): PagingCookie | undefined {
  const source = call.query['$skiptoken'];
  if (source === undefined) return undefined;
  const cookie = parsePagingCookie(source);
  if (!cookie) throw badRequest('0x80041129', 'The paging cookie is not valid.');
  return cookie;
}

function pageSizeOf(state: OrganizationState, call: Call): number {
  const asked = parsePreferences(call.headers['prefer']).pageSizeMax;
  return Math.min(asked ?? state.settings.pageSizeMax, state.settings.pageSizeMax);
}

function cursorFrom(cookie: PagingCookie): TrackedCursor {
  const value = (name: string): number => Number(cookie.values[name]);
  const cursor = {
    from: value('minTimestamp'),
    upTo: value('maxTimestamp'),
    issuedAtMs: value('issuedAt'),
    phase: value('phase'),
    after: value('last'),
    page: cookie.page,
  };
  if (Object.values(cursor).some(Number.isNaN))
    throw badRequest('0x80041129', 'The paging cookie is not valid.');
  return cursor;
}

function cookieFrom(cursor: TrackedCursor): PagingCookie {
  const values = {
    last: String(cursor.after),
    maxTimestamp: String(cursor.upTo),
    minTimestamp: String(cursor.from),
    issuedAt: String(cursor.issuedAtMs),
    phase: String(cursor.phase),
  };
  return { page: cursor.page, isTracking: true, values };
}

function changeText(call: Call, style: RowStyle, change: ChangeMark): string {
  const row = style.state.store.row(style.table.name, change.id);
  if (row) return `{${rowMembers(style, row)}}`;
  const context = `${call.base}/$metadata#${style.table.set}/$deletedEntity`;
  return JSON.stringify({ '@odata.context': context, id: change.id, reason: 'deleted' });
}

function readTracked(
  state: OrganizationState,
  call: Call,
  table: TableDefinition,
  cursor: TrackedCursor,
): Answer {
  const preferences = parsePreferences(call.headers['prefer']);
  const refused = forbiddenWithTracking.find((option) => call.query[option] !== undefined);
  if (refused)
    throw badRequest(
      errorCodes.invalidArgument,
      `The "${refused.slice(1)}" query parameter isn't supported when tracking changes is enabled.`,
    );
  requireTracking(table);
  const page = trackedPage(state, table, cursor, pageSizeOf(state, call));
  const style = rowStyle(state, table, call.query['$select'], preferences.annotations);
  const rows = page.changes.map((change) => changeText(call, style, change)).join(',');
  const following = page.next
    ? `,"@odata.nextLink":${JSON.stringify(link(call, table, '$skiptoken', pagingCookieText(cookieFrom(page.next))))}`
    : `,"@odata.deltaLink":${JSON.stringify(link(call, table, '$deltatoken', deltaTokenText(page.token)))}`;
  const closing = !page.next && state.settings.omitDeltaLink ? '' : following;
  const context = contextText(call, table, cursor.from === 0 ? '' : '/$delta');
  return jsonAnswer(
    200,
    `{"@odata.context":${context},"value":[${rows}]${closing}}`,
    appliedHeader(preferences, cursor.from === 0 && cursor.page === 1),
  );
}

function topOf(call: Call): number | undefined {
  const source = call.query['$top'];
  if (source !== undefined && !/^\d{1,9}$/.test(source))
    throw badRequest(errorCodes.invalidArgument, '$top must be a whole number.');
  return source === undefined ? undefined : Number(source);
}

function countText(call: Call, count: number): string {
  return call.query['$count'] === 'true' ? `"@odata.count":${Math.min(count, countMax)},` : '';
}

function plainLink(
  call: Call,
  table: TableDefinition,
  former: PagingCookie | undefined,
  offset: number,
): string {
  const page = (former?.page ?? 1) + 1;
  const cookie: PagingCookie = { page, isTracking: false, values: { offset: String(offset) } };
  return `,"@odata.nextLink":${JSON.stringify(link(call, table, '$skiptoken', pagingCookieText(cookie)))}`;
}

function matchingRows(state: OrganizationState, call: Call, table: TableDefinition): Row[] {
  const { $filter: filter = '', $orderby: ordering } = call.query;
  const parsed = ordering === undefined ? undefined : parseOrdering(table, ordering);
  return queryRows(state, table, parseFilter(table, filter), parsed);
}

function readPlain(
  state: OrganizationState,
  call: Call,
  table: TableDefinition,
  cookie?: PagingCookie,
): Answer {
  const preferences = parsePreferences(call.headers['prefer']);
  const top = topOf(call);
  const style = rowStyle(state, table, call.query['$select'], preferences.annotations);
  const all = matchingRows(state, call, table);
  const start = Number(cookie?.values['offset'] ?? 0);
  const end = start + Math.min(top ?? pageSizeOf(state, call), state.settings.pageSizeMax);
  const rows = all.slice(start, end).map((row) => `{${rowMembers(style, row)}}`);
  const hasMore = top === undefined && end < all.length;
  const following = hasMore ? plainLink(call, table, cookie, end) : '';
  const count = countText(call, all.length);
  return jsonAnswer(
    200,
    `{"@odata.context":${contextText(call, table, '')},${count}"value":[${rows.join(',')}]${following}}`,
    appliedHeader(preferences, false),
  );
}

/** GET of an entity set: a tracked read, a delta, a page of either, or an ordinary query. */
export function readCollection(state: OrganizationState, call: Call, table: TableDefinition): Answer {
  requirePrivilege(state, 'Read', table);
  const unknown = Object.keys(call.query).find((name) => name.startsWith('$') && !knownOptions.has(name));
  if (unknown)
    throw badRequest(errorCodes.invalidArgument, `The query parameter ${unknown} is not supported.`);
  const cookie = cookieOf(call);
  if (cookie?.isTracking) return readTracked(state, call, table, cursorFrom(cookie));
  const delta = call.query['$deltatoken'];
  if (delta !== undefined)
    return readTracked(state, call, table, beginTrackedRead(state, acceptDeltaToken(state, table, delta)));
  if (!cookie && parsePreferences(call.headers['prefer']).tracksChanges)
    return readTracked(state, call, table, beginTrackedRead(state, 0));
  if (call.query['$expand'] !== undefined)
    throw badRequest(errorCodes.invalidArgument, '$expand is not supported by the emulator.');
  return readPlain(state, call, table, cookie);
}

/** GET `<set>/$count`: rows, or with a delta token the changes pending (facts, section 1.3). */
export function readCount(state: OrganizationState, call: Call, table: TableDefinition): Answer {
  requirePrivilege(state, 'Read', table);
  const delta = call.query['$deltatoken'];
  const count =
    delta === undefined
      ? Math.min(state.store.count(table.name), countMax)
      : countChanges(state, table, acceptDeltaToken(state, table, delta));
  return { ...emptyAnswer(200, { 'content-type': 'text/plain' }), body: String(count) };
}
