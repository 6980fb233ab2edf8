import type { CellValue, Row } from './columnDefinition.ts';
import { badRequest, errorCodes } from './dataverseError.ts';
import { decimalText } from './decimalText.ts';
import type { Actor } from './actor.ts';
import type { OrganizationState } from './organizationState.ts';
import { ownerCells } from './ownerCells.ts';
import { lookupCells, type FieldValues } from './readFields.ts';
import { dateTimeText } from './readValue.ts';
import type { TableDefinition } from './tableDefinition.ts';

/** The organisation's one currency. */
export const defaultCurrencyId = 'b1f3a4d2-6c0e-4b57-9a55-0d6f2c7e8a10';

function lookupIfPresent(
  table: TableDefinition,
  name: string,
  target: { table: string; id: string } | null,
): FieldValues {
  const definition = table.byName.get(name);
  return definition ? lookupCells(definition, target) : {};
}

/** What a new row holds where nobody says otherwise. */
export function defaultCells(table: TableDefinition): FieldValues {
  const cells: Record<string, CellValue> = {};
  for (const { property, defaultValue } of table.columns)
    if (defaultValue !== undefined) cells[property] = defaultValue;
  return cells;
}

/** Nulls are not stored: most columns of most rows are empty. */
export function withoutNulls(row: Row): Row {
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
export function statePair(table: TableDefinition, before: Row | undefined, values: FieldValues): FieldValues {
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

/** A row with everything that follows from its other cells. */
export function completeRow(state: OrganizationState, table: TableDefinition, row: Row): Row {
  const priced = { ...row, ...ownerCells(state, table, row), ...moneyCells(table, row) };
  return withoutNulls({ ...priced, ...table.compute?.(priced) });
}

/** The application that acts for the author (facts, section 3.7). */
function actingUser({ actingUserId }: Actor): { table: string; id: string } | null {
  return actingUserId === undefined ? null : { table: 'systemuser', id: actingUserId };
}

/** Who wrote last, and when. */
export function authorCells(table: TableDefinition, author: Actor, atMs: number): FieldValues {
  return {
    modifiedon: dateTimeText(atMs),
    ...lookupIfPresent(table, 'modifiedby', { table: 'systemuser', id: author.id }),
    ...lookupIfPresent(table, 'modifiedonbehalfby', actingUser(author)),
  };
}

/** Who made the row, and when; they own it unless it says otherwise. */
export function creationCells(table: TableDefinition, author: Actor, atMs: number): FieldValues {
  const self = { table: 'systemuser', id: author.id };
  return {
    createdon: dateTimeText(atMs),
    ...lookupIfPresent(table, 'createdby', self),
    ...lookupIfPresent(table, 'createdonbehalfby', actingUser(author)),
    ...lookupIfPresent(table, 'ownerid', self),
  };
}
