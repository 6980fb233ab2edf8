import { refuseDuplicateKeys } from './alternateKeys.ts';
import type { CellValue, ColumnDefinition, Row } from './columnDefinition.ts';
import { requireColumnAccess } from './columnSecurity.ts';
import { badRequest, DataverseError, errorCodes, rowMissing } from './dataverseError.ts';
import { decimalText } from './decimalText.ts';
import { nowMs, type Actor, type OrganizationState } from './organizationState.ts';
import { lookupCells, readFields, type FieldValues } from './readFields.ts';
import { withPlugins } from './plugins.ts';
import { dateTimeText, readValue } from './readValue.ts';
import { ownerCells } from './ownerCells.ts';
import { requireMandatory } from './requireMandatory.ts';
import type { Commit } from './rowStore.ts';
import type { TableDefinition } from './tableDefinition.ts';

/** One write with its author. A privileged write comes from the control API. */
export interface WriteRequest {
  readonly table: TableDefinition;
  readonly body: Readonly<Record<string, unknown>>;
  readonly actor: Actor;
  readonly isPrivileged: boolean;
}

/** The organisation's one currency. */
export const defaultCurrencyId = 'b1f3a4d2-6c0e-4b57-9a55-0d6f2c7e8a10';

function commit(state: OrganizationState, actor: Actor, change: Commit): Commit {
  state.states.append({ ...change, atMs: nowMs(state), actor });
  return change;
}

function lookupIfPresent(
  table: TableDefinition,
  name: string,
  target: { table: string; id: string } | null,
): FieldValues {
  const definition = table.byName.get(name);
  return definition ? lookupCells(definition, target) : {};
}

function defaultCells(table: TableDefinition): FieldValues {
  const cells: Record<string, CellValue> = {};
  for (const { property, defaultValue } of table.columns)
    if (defaultValue !== undefined) cells[property] = defaultValue;
  return cells;
}

/** Nulls are not stored: most columns of most rows are empty. */
function withoutNulls(row: Row): Row {
  const cells: Record<string, CellValue> = {};
  for (const property in row) {
    const value = row[property];
    if (value !== null && value !== undefined) cells[property] = value;
  }
  return cells;
}

/** The status that goes with a state when the writer names none: the one it has, or the state's default. */
function impliedStatus(table: TableDefinition, before: Row | undefined, statecode: CellValue): CellValue {
  if (before?.['statecode'] === statecode) return before['statuscode'] ?? null;
  const state = table.byName.get('statecode')?.options?.find(({ value }) => value === statecode);
  return state?.defaultStatus ?? null;
}

function statusBelongs(table: TableDefinition, statuscode: CellValue, statecode: CellValue): boolean {
  const statuses = table.byName.get('statuscode')?.options;
  return statuses?.some(({ value, state }) => value === statuscode && state === statecode) ?? false;
}

/** State and status always form a pair of the table's option sets (facts, sections 3.8 and 6). */
function statePair(table: TableDefinition, before: Row | undefined, values: FieldValues): FieldValues {
  if (!table.byName.has('statecode')) return {};
  const { statecode = before?.['statecode'] ?? 0 } = values;
  const statuscode = values['statuscode'] ?? impliedStatus(table, before, statecode);
  if (!statusBelongs(table, statuscode, statecode))
    throw badRequest(
      errorCodes.badStatePair,
      `${String(statuscode)} is not a valid status code for state code ${String(statecode)} on ${table.name}.`,
    );
  return { statecode, statuscode };
}

function moneyCells(table: TableDefinition, row: Row): FieldValues {
  const cells: Record<string, CellValue> = {};
  const money = table.columns.filter(({ type, name }) => type === 'Money' && !name.endsWith('_base'));
  for (const { property } of money) cells[`${property}_base`] = row[property] ?? null;
  const currency = table.byName.get('transactioncurrencyid');
  if (!currency || !money.some(({ property }) => (row[property] ?? null) !== null)) return cells;
  if ((row[currency.property] ?? null) === null)
    Object.assign(cells, lookupCells(currency, { table: 'transactioncurrency', id: defaultCurrencyId }));
  return { ...cells, exchangerate: decimalText('1', 10, 10) ?? null };
}

function completeRow(state: OrganizationState, table: TableDefinition, row: Row): Row {
  const priced = { ...row, ...ownerCells(state, table, row), ...moneyCells(table, row) };
  return withoutNulls({ ...priced, ...table.compute?.(priced) });
}

/** The application that acts for the author (facts, section 3.7). */
function actingUser({ actingUserId }: Actor): { table: string; id: string } | null {
  return actingUserId === undefined ? null : { table: 'systemuser', id: actingUserId };
}

function authorCells(table: TableDefinition, request: WriteRequest, atMs: number): FieldValues {
  return {
    modifiedon: dateTimeText(atMs),
    ...lookupIfPresent(table, 'modifiedby', { table: 'systemuser', id: request.actor.id }),
    ...lookupIfPresent(table, 'modifiedonbehalfby', actingUser(request.actor)),
  };
}

function creationCells(table: TableDefinition, request: WriteRequest, atMs: number): FieldValues {
  const self = { table: 'systemuser', id: request.actor.id };
  return {
    createdon: dateTimeText(atMs),
    ...lookupIfPresent(table, 'createdby', self),
    ...lookupIfPresent(table, 'createdonbehalfby', actingUser(request.actor)),
    ...lookupIfPresent(table, 'ownerid', self),
  };
}

function keyColumn(table: TableDefinition): ColumnDefinition {
  const definition = table.byName.get(table.key);
  if (!definition) throw new Error(`Table '${table.name}' lacks its key column`);
  return definition;
}

/** Creates a row; the id may come from the URL or the body. Throws 412 when the id is taken. */
export function createRow(state: OrganizationState, request: WriteRequest, urlId?: string): Commit {
  const { table, body } = request;
  const asked = urlId ?? readValue(keyColumn(table), body[table.key] ?? null);
  const id = typeof asked === 'string' ? asked : state.newId();
  if (state.store.row(table.name, id))
    throw new DataverseError(
      412,
      errorCodes.duplicateKey,
      'A record with matching key values already exists.',
    );
  const given = readFields(state, table, body, { operation: 'create', isPrivileged: request.isPrivileged });
  requireAccess(state, request, 'cancreate', given);
  const values = withPlugins(state, { table, operation: 'create', values: given });
  const atMs = nowMs(state);
  const row: Row = {
    ...defaultCells(table),
    ...creationCells(table, request, atMs),
    ...authorCells(table, request, atMs),
    ...values,
    ...statePair(table, undefined, values),
    [table.key]: id,
  };
  const complete = completeRow(state, table, row);
  if (!request.isPrivileged) requireMandatory(table, complete);
  refuseDuplicateKeys(state, table, complete);
  const change = state.store.save(table.name, id, (versionnumber) => ({ ...complete, versionnumber }));
  return commit(state, request.actor, change);
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

/** Updates a row. The version rises even when every value is the same. Throws 404 when there is no such row. */
export function updateRow(state: OrganizationState, request: WriteRequest, id: string): Commit {
  const { table } = request;
  const before = state.store.row(table.name, id);
  if (!before) throw rowMissing(table.name, id);
  const given = readFields(state, table, request.body, {
    operation: 'update',
    isPrivileged: request.isPrivileged,
  });
  refuseClosedLead(state, request, before, given);
  requireAccess(state, request, 'canupdate', given);
  const values = withPlugins(state, { table, operation: 'update', values: given });
  const complete = completeRow(state, table, {
    ...before,
    ...authorCells(table, request, nowMs(state)),
    ...values,
    ...statePair(table, before, values),
    [table.key]: id,
  });
  if (!request.isPrivileged) requireMandatory(table, complete);
  refuseDuplicateKeys(state, table, complete);
  const change = state.store.save(table.name, id, (versionnumber) => ({ ...complete, versionnumber }));
  return commit(state, request.actor, change);
}

/** Deletes a row and leaves a tombstone. Throws 404 when there is no such row. */
export function deleteRow(
  state: OrganizationState,
  table: TableDefinition,
  id: string,
  actor: Actor,
): Commit {
  const change = state.store.remove(table.name, id);
  if (!change) throw rowMissing(table.name, id);
  return commit(state, actor, change);
}
