import { refuseDuplicateKeys } from './alternateKeys.ts';
import { checkRegistration } from './checkRegistration.ts';
import type { ColumnDefinition, Row } from './columnDefinition.ts';
import { requireColumnAccess } from './columnSecurity.ts';
import { commitChange } from './commitChange.ts';
import { authorCells, completeRow, creationCells, defaultCells, statePair } from './completeRow.ts';
import { hasTwins, needsTwin, newTwinBody, staleTwin, twinLink } from './connectionTwins.ts';
import { badRequest, DataverseError, errorCodes, rowMissing } from './dataverseError.ts';
import { refuseDuplicates } from './refuseDuplicates.ts';
import type { Actor } from './actor.ts';
import { nowMs, type OrganizationState } from './organizationState.ts';
import { readFields, type FieldValues } from './readFields.ts';
import { withPlugins, type PluginEffect } from './plugins.ts';
import { readValue } from './readValue.ts';
import { requireMandatory } from './requireMandatory.ts';
import type { Commit } from './rowStore.ts';
import type { TableDefinition } from './tableDefinition.ts';
import { inTransaction } from './transaction.ts';

/** One write with its author. A privileged write comes from the control API. */
export interface WriteRequest {
  readonly table: TableDefinition;
  readonly body: Readonly<Record<string, unknown>>;
  readonly actor: Actor;
  readonly isPrivileged: boolean;
  /** Set for what plug-ins write themselves. */
  readonly skipsPlugins?: boolean;
}

function keyColumn(table: TableDefinition): ColumnDefinition {
  const definition = table.byName.get(table.key);
  if (!definition) throw new Error(`Table '${table.name}' lacks its key column`);
  return definition;
}

/** Where a new row goes, and cells that its author has no say in. */
interface Placed {
  readonly id: string | undefined;
  readonly cells?: FieldValues;
}

function freeId(state: OrganizationState, request: WriteRequest, urlId: string | undefined): string {
  const { table, body, isPrivileged } = request;
  const isTaken = isPrivileged || state.settings.areChosenIdsTaken;
  const chosen = isTaken ? (body[table.key] ?? null) : null;
  const asked = urlId ?? readValue(keyColumn(table), chosen);
  const id = typeof asked === 'string' ? asked : state.newId();
  if (state.store.version(table.name, id) === undefined) return id;
  throw new DataverseError(412, errorCodes.duplicateKey, 'A record with matching key values already exists.');
}

function save(state: OrganizationState, request: WriteRequest, row: Row, written: readonly string[]): Commit {
  const { table, actor, isPrivileged } = request;
  const complete = completeRow(state, table, row);
  if (!isPrivileged) requireMandatory(table, complete);
  checkRegistration(state, table, complete);
  refuseDuplicateKeys(state, table, complete);
  refuseDuplicates(state, table, complete);
  const id = String(row[table.key]);
  const change = state.store.save(table.name, id, (versionnumber) => ({ ...complete, versionnumber }));
  return commitChange(state, actor, change, written);
}

function effectOf(
  state: OrganizationState,
  { table, actor, skipsPlugins }: WriteRequest,
  operation: 'create' | 'update',
  values: FieldValues,
): PluginEffect {
  if (skipsPlugins) return { values, author: actor, afterwards: undefined };
  return withPlugins(state, { table, operation, values }, actor);
}

/** The change that the caller made; what plug-ins write after it has a version of its own. */
function finished(
  state: OrganizationState,
  { table }: WriteRequest,
  change: Commit,
  afterwards: PluginEffect['afterwards'],
): Commit {
  if (afterwards)
    updateAlone(state, { table, ...afterwards, isPrivileged: true, skipsPlugins: true }, change.id);
  return change;
}

function createAlone(state: OrganizationState, request: WriteRequest, placed: Placed): Commit {
  const { table, body, actor, isPrivileged } = request;
  const id = freeId(state, request, placed.id);
  const given = readFields(state, table, body, { operation: 'create', isPrivileged });
  requireAccess(state, request, 'cancreate', given);
  const { values, author, afterwards } = effectOf(state, request, 'create', given);
  const atMs = nowMs(state);
  const row: Row = {
    ...defaultCells(table),
    ...creationCells(table, actor, atMs),
    ...authorCells(table, author, atMs),
    ...values,
    ...placed.cells,
    ...statePair(table, undefined, values),
    [table.key]: id,
  };
  return finished(state, request, save(state, request, row, Object.keys(given)), afterwards);
}

/**
 * Creates a row; the id may come from the URL or the body. A connection comes with its twin. Throws 412 when the id is
 * taken.
 */
export function createRow(state: OrganizationState, request: WriteRequest, urlId?: string): Commit {
  if (!needsTwin(state, request)) return createAlone(state, request, { id: urlId });
  return inTransaction(state, () => {
    const { table } = request;
    const twin = state.newId();
    const change = createAlone(state, request, { id: urlId, cells: twinLink(table, twin) });
    const body = newTwinBody(table, change.after ?? {});
    createAlone(state, { ...request, body, isPrivileged: true }, { id: twin });
    return change;
  });
}

function requireAccess(
  state: OrganizationState,
  { table, actor, isPrivileged }: WriteRequest,
  access: 'cancreate' | 'canupdate',
  values: FieldValues,
): void {
  if (!isPrivileged) requireColumnAccess(state, table, { userId: actor.id, access, values });
}

function refuseClosedLead(
  state: OrganizationState,
  request: WriteRequest,
  before: Row,
  values: FieldValues,
): void {
  if (request.table.name !== 'lead' || request.isPrivileged || !state.settings.areClosedLeadsReadOnly) return;
  if (before['statecode'] !== 0 && values['statecode'] !== 0)
    throw badRequest(
      errorCodes.wrongState,
      'The lead is closed and cannot be changed until it is reactivated.',
    );
}

function updateAlone(state: OrganizationState, request: WriteRequest, id: string): Commit {
  const { table, body, isPrivileged } = request;
  const before = state.store.row(table.name, id);
  if (!before) throw rowMissing(table.name, id);
  const given = readFields(state, table, body, { operation: 'update', isPrivileged });
  refuseClosedLead(state, request, before, given);
  requireAccess(state, request, 'canupdate', given);
  const { values, author, afterwards } = effectOf(state, request, 'update', given);
  const row = {
    ...before,
    ...authorCells(table, author, nowMs(state)),
    ...values,
    ...statePair(table, before, values),
    [table.key]: id,
  };
  return finished(state, request, save(state, request, row, Object.keys(given)), afterwards);
}

/**
 * Updates a row, and the twin of a connection. The version rises even when every value is the same. Throws 404 when there
 * is no such row.
 */
export function updateRow(state: OrganizationState, request: WriteRequest, id: string): Commit {
  if (!hasTwins(state, request.table)) return updateAlone(state, request, id);
  return inTransaction(state, () => {
    const change = updateAlone(state, request, id);
    const stale = staleTwin(state, request.table, change.after ?? {});
    if (stale) updateAlone(state, { ...request, body: stale.body, isPrivileged: true }, stale.id);
    return change;
  });
}
