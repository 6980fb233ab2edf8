import type { CellValue, ColumnDefinition, Row } from './columnDefinition.ts';
import { badRequest, errorCodes } from './dataverseError.ts';
import { readValue } from './readValue.ts';
import type { OrganizationState } from './organizationState.ts';
import type { TableDefinition } from './tableDefinition.ts';

/** One comparison of a filter; several are joined by `and`. */
export interface Comparison {
  readonly column: ColumnDefinition;
  readonly operator: string;
  readonly value: CellValue;
}

/** The one column rows are ordered by. */
export interface Ordering {
  readonly column: ColumnDefinition;
  readonly isDescending: boolean;
}

const comparison = /^\s*(\w+)\s+(eq|ne|gt|ge|lt|le)\s+('(?:[^']|'')*'|[^\s']+)\s*(?:and\s+(?=\w)|$)/;

/** The column of that JSON property name. Throws 400 when the table has none. */
export function requireProperty(table: TableDefinition, property: string): ColumnDefinition {
  const definition = table.byProperty.get(property);
  if (!definition)
    throw badRequest(
      errorCodes.undeclaredProperty,
      `Could not find a property named '${property}' on type 'Microsoft.Dynamics.CRM.${table.name}'.`,
    );
  return definition;
}

function literal(definition: ColumnDefinition, source: string): CellValue {
  if (source === 'null') return null;
  if (source.startsWith("'")) return readValue(definition, source.slice(1, -1).replaceAll("''", "'"));
  if (source === 'true' || source === 'false') return readValue(definition, source === 'true');
  const isNumber = /^-?\d+(\.\d+)?$/.test(source);
  return readValue(definition, isNumber ? Number(source) : source);
}

/** Parses `column op value` joined by `and`. Any other form is answered as not supported. */
export function parseFilter(table: TableDefinition, source: string): readonly Comparison[] {
  const comparisons: Comparison[] = [];
  let rest = source;
  while (rest !== '') {
    const match = comparison.exec(rest);
    if (!match)
      throw badRequest(
        errorCodes.invalidArgument,
        `This form of $filter is not supported by the emulator: ${source}`,
      );
    const [whole, property = '', operator = '', value = ''] = match;
    const definition = requireProperty(table, property);
    comparisons.push({ column: definition, operator, value: literal(definition, value) });
    rest = rest.slice(whole.length);
  }
  return comparisons;
}

/** Parses one column with an optional direction. */
export function parseOrdering(table: TableDefinition, source: string): Ordering {
  const match = /^\s*(\w+)(?:\s+(asc|desc))?\s*$/.exec(source);
  if (!match)
    throw badRequest(errorCodes.invalidArgument, 'The emulator supports $orderby on one column only.');
  return { column: requireProperty(table, match[1] ?? ''), isDescending: match[2] === 'desc' };
}

/** Nulls first, then by value; decimals by number, text without regard to case. */
export function compareCells(column: ColumnDefinition, left: CellValue, right: CellValue): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  if (typeof left === 'number' || column.scale !== undefined) return Number(left) - Number(right);
  const [first, second] = [String(left).toLowerCase(), String(right).toLowerCase()];
  return Number(first > second) - Number(first < second);
}

const verdicts: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};

function matches(row: Row, { column, operator, value }: Comparison): boolean {
  const cell = row[column.property] ?? null;
  const isRange = operator !== 'eq' && operator !== 'ne';
  if (isRange && (cell === null || value === null)) return false;
  return verdicts[operator]?.(compareCells(column, cell, value)) ?? false;
}

function* candidates(
  state: OrganizationState,
  table: TableDefinition,
  filter: readonly Comparison[],
): Generator<Row> {
  const newer = filter.find(({ column, operator }) => column.name === 'versionnumber' && operator === 'gt');
  if (typeof newer?.value !== 'number') return yield* state.store.rows(table.name);
  for (const { row } of state.store.changes(table.name, newer.value, state.store.highWaterMark()))
    if (row) yield row;
}

/** Rows that match, ordered by the column asked for and then by key; without one, by key. */
export function queryRows(
  state: OrganizationState,
  table: TableDefinition,
  filter: readonly Comparison[],
  ordering: Ordering | undefined,
): Row[] {
  const key = requireProperty(table, table.key);
  const column = ordering?.column ?? key;
  const sign = ordering?.isDescending ? -1 : 1;
  const found: Row[] = [];
  for (const row of candidates(state, table, filter))
    if (filter.every((each) => matches(row, each))) found.push(row);
  return found.sort(
    (left, right) =>
      sign * compareCells(column, left[column.property] ?? null, right[column.property] ?? null) ||
      compareCells(key, left[table.key] ?? null, right[table.key] ?? null),
  );
}
