import { parse } from 'lossless-json';
import { badRequest, DataverseError, errorCodes, rowMissing } from '../core/dataverseError.ts';
import type { Row } from '../core/columnDefinition.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import type { Commit } from '../core/rowStore.ts';
import type { RowAddress } from '../core/rowAddress.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { deleteRow } from '../core/deleteRow.ts';
import { updateRow, type WriteRequest } from '../core/writeRow.ts';
import { emptyAnswer, jsonAnswer, type Answer, type Call } from './call.ts';
import { insertDeep, updateBody } from './deepInsert.ts';
import { contextSelection, parseExpand } from './expand.ts';
import { appliedHeader, parsePreferences } from './preferences.ts';
import { requirePrivilege, requireRowRead } from './privileges.ts';
import { etagOf, rowMembers, rowStyle } from './rowText.ts';

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The body as an object. Throws 400 when it is none. */
export function bodyOf(call: Call): Readonly<Record<string, unknown>> {
  let body: unknown;
  try {
    body = parse(call.body);
  } catch {
    body = undefined;
  }
  if (!isRecord(body)) throw badRequest(errorCodes.undeclaredProperty, 'The body is not a JSON object.');
  return body;
}

function requestOf(state: OrganizationState, call: Call, table: TableDefinition): WriteRequest {
  return { table, body: bodyOf(call), actor: state.application, isPrivileged: false };
}

function rowAnswer(
  state: OrganizationState,
  call: Call,
  table: TableDefinition,
  shown: { readonly row: Row; readonly status: number; readonly headers: Readonly<Record<string, string>> },
): Answer {
  const preferences = parsePreferences(call.headers['prefer']);
  const style = rowStyle(state, table, call.query['$select'], preferences.annotations);
  const { annotations } = preferences;
  // A representation ignores $expand (facts, section 3.1).
  const asked = call.method === 'GET' ? call.query['$expand'] : undefined;
  const expansion = parseExpand({ state, annotations, depth: 1 }, table, asked);
  const columns = contextSelection(call.query['$select'], expansion);
  const context = JSON.stringify(`${call.base}/$metadata#${table.set}${columns}/$entity`);
  const members = rowMembers(style, shown.row) + expansion.print(shown.row);
  return jsonAnswer(shown.status, `{"@odata.context":${context},${members}}`, {
    ...appliedHeader(preferences, false),
    etag: etagOf(shown.row),
    ...shown.headers,
  });
}

function committedAnswer(
  state: OrganizationState,
  call: Call,
  table: TableDefinition,
  { commit, source = commit.id }: { readonly commit: Commit; readonly source?: string },
): Answer {
  const headers = { 'odata-entityid': `${call.base}/${table.set}(${encodeURI(source)})` };
  if (!commit.after || !parsePreferences(call.headers['prefer']).returnsRepresentation)
    return emptyAnswer(204, headers);
  const status = commit.operation === 'create' ? 201 : 200;
  const applied = { 'preference-applied': 'return=representation' };
  return rowAnswer(state, call, table, { row: commit.after, status, headers: { ...headers, ...applied } });
}

/** Refuses a selection before anything is written. */
function checkSelection(state: OrganizationState, call: Call, table: TableDefinition): void {
  rowStyle(state, table, call.query['$select'], undefined);
}

function requireMatch(call: Call, row: Row): void {
  const wanted = call.headers['if-match'];
  if (wanted !== undefined && wanted !== '*' && wanted !== etagOf(row))
    throw new DataverseError(
      412,
      errorCodes.etagMismatch,
      "The version of the existing record doesn't match the RowVersion property provided.",
    );
}

/** GET of one row; 304 when `If-None-Match` names its version. */
export function readOne(state: OrganizationState, call: Call, table: TableDefinition, id: string): Answer {
  requirePrivilege(state, 'Read', table);
  const row = state.store.row(table.name, id);
  if (!row) throw rowMissing(table.name, id);
  requireRowRead(state, table, row);
  const answer = rowAnswer(state, call, table, { row, status: 200, headers: {} });
  const isWhole = call.query['$expand'] !== undefined || parsePreferences(call.headers['prefer']).annotations;
  const isKnown = !isWhole && call.headers['if-none-match'] === etagOf(row);
  return isKnown ? emptyAnswer(304, { etag: etagOf(row) }) : answer;
}

/** POST to an entity set: 204, or 201 with the representation. */
export function createOne(state: OrganizationState, call: Call, table: TableDefinition): Answer {
  requirePrivilege(state, 'Create', table);
  checkSelection(state, call, table);
  return committedAnswer(state, call, table, { commit: insertDeep(state, requestOf(state, call, table)) });
}

function createAt(state: OrganizationState, call: Call, table: TableDefinition, address: RowAddress): Answer {
  const isChosen = Object.keys(address.values).length === 0;
  const isRefused = isChosen && !state.settings.areChosenIdsTaken;
  if (isRefused || call.headers['if-match'] !== undefined)
    throw rowMissing(table.name, address.id ?? address.source);
  const request = requestOf(state, call, table);
  // On create a key in the body wins over the address (facts, section 3.3).
  const body = { ...address.values, ...request.body };
  const commit = insertDeep(state, { ...request, body }, address.id);
  return committedAnswer(state, call, table, { commit, source: address.source });
}

function withoutKeys(
  body: Readonly<Record<string, unknown>>,
  { values }: RowAddress,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !(name in values)));
}

/** PATCH of one row: update or create, as the conditional headers say (facts, table of section 3.2). */
export function upsertOne(
  state: OrganizationState,
  call: Call,
  table: TableDefinition,
  address: RowAddress,
): Answer {
  const { id = '', source } = address;
  const row = state.store.row(table.name, id);
  requirePrivilege(state, row ? 'Write' : 'Create', table);
  checkSelection(state, call, table);
  if (!row) return createAt(state, call, table, address);
  if (call.headers['if-none-match'] === '*')
    throw new DataverseError(
      412,
      state.settings.existingRowCode,
      'A record with matching key values already exists.',
    );
  requireMatch(call, row);
  const request = requestOf(state, call, table);
  const body = withoutKeys(updateBody(state, request), address);
  const commit = updateRow(state, { ...request, body }, id);
  return committedAnswer(state, call, table, { commit, source });
}

/** DELETE of one row; honours `If-Match`. */
export function deleteOne(state: OrganizationState, call: Call, table: TableDefinition, id: string): Answer {
  requirePrivilege(state, 'Delete', table);
  const row = state.store.row(table.name, id);
  if (!row) throw rowMissing(table.name, id);
  requireMatch(call, row);
  deleteRow(state, table, id, state.application);
  return emptyAnswer(204);
}

/** The 405 of a method that an address does not take. */
export function notAllowed(call: Call): DataverseError {
  return new DataverseError(
    405,
    errorCodes.notSupported,
    `The requested resource does not support http method '${call.method}'.`,
  );
}
