import { badRequest, errorCodes } from '../core/dataverseError.ts';
import { deltaTokenText } from '../core/deltaToken.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { pagingCookieText, type PagingCookie } from '../core/pagingCookie.ts';
import type { ChangeMark } from '../core/rowStore.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { requireTracking, trackedPage, type TrackedCursor, type TrackedPage } from '../core/trackedPage.ts';
import { globalVersionText } from '../metadata/globalMetadataVersion.ts';
import type { Answer, Call } from './call.ts';
import { contextText, link, pageSizeOf } from './collectionLinks.ts';
import { pageAnswer } from './pageAnswer.ts';
import { appliedHeader, parsePreferences } from './preferences.ts';
import { requireOrganizationRead } from './privileges.ts';
import { rowMembers, rowStyle, type RowStyle } from './rowText.ts';

const forbiddenWithTracking = ['$filter', '$orderby', '$expand', '$top'];

/** Where a tracked read stands, from the cookie of its next link. Throws 400 when a part is missing. */
export function cursorFrom(cookie: PagingCookie): TrackedCursor {
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
  const row = change.isDelete ? undefined : style.state.store.row(style.table.name, change.id);
  if (row) return `{${rowMembers(style, row)}}`;
  const context = `${call.base}/$metadata#${style.table.set}/$deletedEntity`;
  return JSON.stringify({ '@odata.context': context, id: change.id, reason: 'deleted' });
}

function refuseOptions(call: Call): void {
  const refused = forbiddenWithTracking.find((option) => call.query[option] !== undefined);
  if (refused)
    throw badRequest(
      errorCodes.invalidArgument,
      `The "${refused.slice(1)}" query parameter isn't supported when tracking changes is enabled.`,
    );
}

/** Left out always, or as v8.2 did when annotations were asked for (facts, section 1.6). */
function lacksDeltaLink({ settings: { omitDeltaLink } }: OrganizationState, call: Call): boolean {
  if (omitDeltaLink !== 'withAnnotations') return omitDeltaLink;
  return parsePreferences(call.headers['prefer']).annotations !== undefined;
}

/** A page is named by its first and last row, which says nothing of rows that are left out or come twice. */
function isCacheable({ settings }: OrganizationState): boolean {
  return settings.doUnselectedChangesShow && !settings.areRecreatedRowsBuried;
}

/** The next link, or on the last page the delta link. */
function closingText(state: OrganizationState, call: Call, { next, token }: TrackedPage): string {
  if (next)
    return `,"@odata.nextLink":${JSON.stringify(link(call, '$skiptoken', pagingCookieText(cookieFrom(next))))}`;
  if (lacksDeltaLink(state, call)) return '';
  return `,"@odata.deltaLink":${JSON.stringify(link(call, '$deltatoken', deltaTokenText(token)))}`;
}

/** One page of a tracked read and where the next begins. */
export function readTrackedPage(
  state: OrganizationState,
  call: Call,
  table: TableDefinition,
  cursor: TrackedCursor,
): { readonly answer: Answer; readonly next: TrackedCursor | undefined } {
  refuseOptions(call);
  requireTracking(state, table);
  requireOrganizationRead(state, table);
  const preferences = parsePreferences(call.headers['prefer']);
  const style = rowStyle(state, table, call.query['$select'], preferences.annotations);
  const properties = style.columns.map(({ property }) => property);
  const page = trackedPage(state, table, cursor, { pageSize: pageSizeOf(state, call), properties });
  const context = contextText(call, table, cursor.from === 0 ? '' : '/$delta');
  const answer = pageAnswer(state, {
    style,
    isGzipWelcome: isCacheable(state) && (call.isGzipWelcome ?? false),
    headers: appliedHeader(preferences, cursor.from === 0 && cursor.page === 1),
    head: `{"@odata.context":${context},${globalVersionText(state, preferences.annotations)}"value":[`,
    changes: page.changes,
    print: (change) => changeText(call, style, change),
    tail: `]${closingText(state, call, page)}}`,
  });
  return { answer, next: page.next };
}

/** GET of a tracked read, a delta, or a page of either. */
export function readTracked(
  state: OrganizationState,
  call: Call,
  table: TableDefinition,
  cursor: TrackedCursor,
): Answer {
  return readTrackedPage(state, call, table, cursor).answer;
}
