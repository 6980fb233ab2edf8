import {
  lookupTableAnnotation,
  type CellValue,
  type ColumnDefinition,
  type Row,
} from './columnDefinition.ts';
import { badRequest, errorCodes, rowMissing, type DataverseError } from './dataverseError.ts';
import type { OrganizationState } from './organizationState.ts';
import { readValue } from './readValue.ts';
import { readAddress, readRowName, requireId } from './rowAddress.ts';
import type { TableDefinition } from './tableDefinition.ts';

/** What a body asks for: new values by JSON property name. */
export type FieldValues = Readonly<Record<string, CellValue>>;

/** How a body is read. A privileged writer (the control API) may also set what the service maintains itself. */
export interface ReadFieldsOptions {
  readonly operation: 'create' | 'update';
  readonly isPrivileged: boolean;
}

const bindSuffix = '@odata.bind';
const seedableComputed = new Set(['createdon', 'modifiedon', 'merged', 'fullname', 'isdisabled', 'ismaster']);

function undeclared(table: TableDefinition, property: string): DataverseError {
  return badRequest(
    errorCodes.undeclaredProperty,
    `Error identified in Payload provided by the user for Entity :'${table.set}': the property '${property}' does not exist on type 'Microsoft.Dynamics.CRM.${table.name}'.`,
  );
}

/** The stored form of a lookup: its id, and beside it the table it points at. */
export function lookupCells(
  definition: ColumnDefinition,
  target: { table: string; id: string } | null,
): FieldValues {
  return {
    [definition.property]: target?.id ?? null,
    [`${definition.property}@${lookupTableAnnotation}`]: target?.table ?? null,
  };
}

function isWritable(definition: ColumnDefinition, options: ReadFieldsOptions): boolean {
  const isDeclared =
    options.operation === 'create' ? definition.isValidForCreate : definition.isValidForUpdate;
  if (isDeclared || !options.isPrivileged) return isDeclared;
  return definition.type === 'State' || definition.type === 'Lookup' || seedableComputed.has(definition.name);
}

/** A row named in a body, by its id or an alternate key, with or without the service's address before it. */
export interface Reference {
  readonly table: TableDefinition;
  readonly id: string;
}

/** Reads the name of a row. Throws 400 when it is none, 404 when an alternate key names no row. */
export function requireReference(state: OrganizationState, raw: unknown): Reference {
  const name = readRowName(raw);
  const table = name && state.tablesBySet.get(name.set);
  if (!table)
    throw badRequest(errorCodes.undeclaredProperty, `The value '${String(raw)}' does not name a row.`);
  return { table, id: requireId(table, readAddress(state, table, name.key)) };
}

const accessTeam = 1;

/** Access teams own nothing (facts, section 3.8). */
function refuseOwner(row: Row, table: string): void {
  if (table === 'team' && row['teamtype'] === accessTeam)
    throw badRequest(errorCodes.invalidArgument, 'An access team cannot own rows.');
}

function leadsTo(definition: ColumnDefinition, navigation: string, table: string): boolean {
  return definition.navigation?.some((each) => each.property === navigation && each.table === table) ?? false;
}

function resolveReference(
  state: OrganizationState,
  definition: ColumnDefinition,
  navigation: string,
  raw: unknown,
): FieldValues {
  if (raw === null) return lookupCells(definition, null);
  const { table, id } = requireReference(state, raw);
  if (!leadsTo(definition, navigation, table.name))
    throw badRequest(
      errorCodes.undeclaredProperty,
      `'${navigation}${bindSuffix}' does not name a row it can refer to.`,
    );
  const row = state.store.row(table.name, id);
  if (!row) throw rowMissing(table.name, id);
  if (definition.name === 'ownerid') refuseOwner(row, table.name);
  return lookupCells(definition, { table: table.name, id });
}

function readRawLookup(definition: ColumnDefinition, body: Readonly<Record<string, unknown>>): FieldValues {
  const raw = readValue(definition, body[definition.property]);
  const named = body[`${definition.property}@${lookupTableAnnotation}`];
  const table = typeof named === 'string' ? named : definition.navigation?.[0]?.table;
  return lookupCells(definition, typeof raw === 'string' && table ? { table, id: raw } : null);
}

/** As public reports have it. The null of a row that is sent back as it was read is ignored (inferred). */
function readLookup(
  definition: ColumnDefinition,
  body: Readonly<Record<string, unknown>>,
  { isPrivileged }: ReadFieldsOptions,
): FieldValues {
  if (isPrivileged) return readRawLookup(definition, body);
  if (body[definition.property] === null) return {};
  throw badRequest(
    errorCodes.unknownSegment,
    'CRM do not support direct update of Entity Reference properties, Use Navigation properties instead.',
  );
}

function readBind(
  state: OrganizationState,
  table: TableDefinition,
  entry: readonly [string, unknown],
  options: ReadFieldsOptions,
): FieldValues {
  const navigation = entry[0].replace(bindSuffix, '');
  const definition = table.byNavigation.get(navigation);
  if (!definition) throw undeclared(table, entry[0]);
  return isWritable(definition, options) ? resolveReference(state, definition, navigation, entry[1]) : {};
}

function readColumn(
  state: OrganizationState,
  definition: ColumnDefinition,
  body: Readonly<Record<string, unknown>>,
  options: ReadFieldsOptions,
): FieldValues {
  if (!isWritable(definition, options)) return {};
  if (definition.type === 'Lookup') return readLookup(definition, body, options);
  const raw = body[definition.property];
  const isText = definition.type === 'String' || definition.type === 'Memo';
  const isBlank = raw === '' && isText && state.settings.isEmptyTextNull;
  return { [definition.property]: isBlank ? null : readValue(definition, raw) };
}

/**
 * Reads a create or update body: unknown properties fail, columns that are not valid for the operation are silently
 * ignored (facts, section 2.2), lookups are written by `@odata.bind` with the case-sensitive navigation property.
 */
export function readFields(
  state: OrganizationState,
  table: TableDefinition,
  body: Readonly<Record<string, unknown>>,
  options: ReadFieldsOptions,
): FieldValues {
  const values: Record<string, CellValue> = {};
  for (const [property, raw] of Object.entries(body)) {
    const definition = table.byProperty.get(property);
    if (definition) Object.assign(values, readColumn(state, definition, body, options));
    else if (property.endsWith(bindSuffix))
      Object.assign(values, readBind(state, table, [property, raw], options));
    else if (raw === null && table.byNavigation.has(property))
      Object.assign(values, readBind(state, table, [property, null], options));
    else if (!property.includes('@')) throw undeclared(table, property);
  }
  return values;
}
