import type { Row } from '../core/columnDefinition.ts';
import { badRequest, errorCodes } from '../core/dataverseError.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { pagingCookieText, type PagingCookie } from '../core/pagingCookie.ts';
import { parseFilter, parseOrdering, queryRows } from '../core/queryRows.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { acceptDeltaToken, beginTrackedRead, countChanges } from '../core/trackedPage.ts';
import { globalVersionText } from '../metadata/globalMetadataVersion.ts';
import { emptyAnswer, jsonAnswer, type Answer, type Call } from './call.ts';
import { contextText, cookieOf, link, pageSizeOf } from './collectionLinks.ts';
import { appliedHeader, parsePreferences } from './preferences.ts';
import { requirePrivilege } from './privileges.ts';
import { cursorFrom, readTracked } from './readTracked.ts';
import { rowMembers, rowStyle } from './rowText.ts';

const countMax = 5000;
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
    `{"@odata.context":${contextText(call, table, '')},${count}${globalVersionText(state, preferences.annotations)}"value":[${rows.join(',')}]${following}}`,
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
