import { badRequest, errorCodes } from '../core/dataverseError.ts';
import { percentEncode } from '../core/deltaToken.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { parsePagingCookie, type PagingCookie } from '../core/pagingCookie.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import type { Call } from './call.ts';
import { parsePreferences } from './preferences.ts';

/** A link to another page: the caller's own address with its options, as it spelled them, and a token. */
export function link(call: Call, option: string, value: string): string {
  const names = ['$select', '$filter', '$orderby', '$count', '$expand'];
  const kept = Object.keys(call.query)
    .filter((name) => names.includes(name) || name.startsWith('@'))
    .map((name) => `${name}=${encodeURIComponent(call.query[name] ?? '').replaceAll('%2C', ',')}`);
  const path = encodeURI(call.path).replace(/[?#]/g, encodeURIComponent);
  return `${call.base}/${path}?${[...kept, `${option}=${percentEncode(value)}`].join('&')}`;
}

/** The context of a collection as a JSON string. */
export function contextText(call: Call, table: TableDefinition, suffix: string): string {
  const select = call.query['$select'];
  const columns = select === undefined ? '' : `(${select})`;
  return JSON.stringify(`${call.base}/$metadata#${table.set}${columns}${suffix}`);
}

/** The cookie of a `$skiptoken`. Throws 400 when it is none of ours. */
export function cookieOf(call: Call): PagingCookie | undefined {
  const source = call.query['$skiptoken'];
  if (source === undefined) return undefined;
  const cookie = parsePagingCookie(source);
  if (!cookie) throw badRequest('0x80041129', 'The paging cookie is not valid.');
  return cookie;
}

/** The page size asked for, up to the greatest. */
export function pageSizeOf(state: OrganizationState, call: Call): number {
  const asked = parsePreferences(call.headers['prefer']).pageSizeMax;
  return Math.min(asked ?? state.settings.pageSizeMax, state.settings.pageSizeMax);
}

/** The `$top` of a query or of an expansion. Throws 400 when it is no whole number. */
export function topOf(source: string | undefined): number | undefined {
  if (source !== undefined && !/^\d{1,9}$/.test(source))
    throw badRequest(errorCodes.invalidArgument, '$top must be a whole number.');
  return source === undefined ? undefined : Number(source);
}
