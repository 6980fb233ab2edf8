import { badRequest, errorCodes } from '../core/dataverseError.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { parseQuery } from '../core/queryRows.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { acceptDeltaToken, beginTrackedRead, countChanges } from '../core/trackedPage.ts';
import { emptyAnswer, type Answer, type Call } from './call.ts';
import { cookieOf } from './collectionLinks.ts';
import { parsePreferences } from './preferences.ts';
import { requirePrivilege } from './privileges.ts';
import { countMax, countRows, readPlain, type Queried } from './readPlain.ts';
import { cursorFrom, readTracked } from './readTracked.ts';

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

/** Whole queries of other kinds; without them every row would be the answer. */
const otherQueries = new Set(['fetchxml', 'savedquery', 'userquery']);

function refuseUnknownOptions(call: Call): void {
  const unknown = Object.keys(call.query).find(
    (name) => otherQueries.has(name.toLowerCase()) || (name.startsWith('$') && !knownOptions.has(name)),
  );
  if (unknown)
    throw badRequest(errorCodes.invalidArgument, `The query parameter ${unknown} is not supported.`);
}

/** GET of the rows of a collection: an ordinary query or a page of it. */
export function readRelated(state: OrganizationState, call: Call, queried: Queried): Answer {
  requirePrivilege(state, 'Read', queried.table);
  refuseUnknownOptions(call);
  return readPlain(state, call, queried, cookieOf(call));
}

/** GET of an entity set: a tracked read, a delta, a page of either, or an ordinary query. */
export function readCollection(state: OrganizationState, call: Call, table: TableDefinition): Answer {
  requirePrivilege(state, 'Read', table);
  refuseUnknownOptions(call);
  const cookie = cookieOf(call);
  if (cookie?.isTracking) return readTracked(state, call, table, cursorFrom(cookie));
  const delta = call.query['$deltatoken'];
  if (delta !== undefined)
    return readTracked(state, call, table, beginTrackedRead(state, acceptDeltaToken(state, table, delta)));
  if (!cookie && parsePreferences(call.headers['prefer']).tracksChanges)
    return readTracked(state, call, table, beginTrackedRead(state, 0));
  return readPlain(state, call, { table }, cookie);
}

/** GET `…/$count`: rows, or with a delta token the changes pending (facts, sections 1.3 and 1.7). */
export function readCount(state: OrganizationState, call: Call, { table, ids }: Queried): Answer {
  requirePrivilege(state, 'Read', table);
  refuseUnknownOptions(call);
  const delta = call.query['$deltatoken'];
  const count =
    delta === undefined
      ? Math.min(countRows(state, parseQuery(state, table, call.query, ids)), countMax)
      : countChanges(state, table, acceptDeltaToken(state, table, delta));
  return { ...emptyAnswer(200, { 'content-type': 'text/plain' }), body: String(count) };
}
