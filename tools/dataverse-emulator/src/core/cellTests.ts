import type { CellValue, ColumnDefinition } from './columnDefinition.ts';
import { badRequest, errorCodes, type DataverseError } from './dataverseError.ts';
import { textOf } from './filterSyntax.ts';
import { readValue } from './readValue.ts';

/** Whether a cell passes. */
export type CellTest = (cell: CellValue) => boolean;

const number = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

function wrongLiteral(column: ColumnDefinition, source: string): DataverseError {
  return badRequest(
    errorCodes.undeclaredProperty,
    `A value of '${source}' cannot be compared with '${column.name}' of type ${column.type}.`,
  );
}

type LiteralReader = (column: ColumnDefinition, source: string) => CellValue;

const readNumber: LiteralReader = (column, source) => {
  const value = textOf(source);
  if (!number.test(value)) throw wrongLiteral(column, source);
  return Number(value);
};

const readFlag: LiteralReader = (column, source) => {
  const value = textOf(source);
  if (value !== 'true' && value !== 'false') throw wrongLiteral(column, source);
  return value === 'true';
};

const readQuoted: LiteralReader = (column, source) => {
  if (!/^['"]/.test(source)) throw wrongLiteral(column, source);
  return textOf(source);
};

const literalReaders: Readonly<Partial<Record<ColumnDefinition['type'], LiteralReader>>> = {
  Integer: readNumber,
  BigInt: readNumber,
  Decimal: readNumber,
  Double: readNumber,
  Money: readNumber,
  Picklist: readNumber,
  State: readNumber,
  Status: readNumber,
  Boolean: readFlag,
  String: readQuoted,
  Memo: readQuoted,
  MultiSelectPicklist: readQuoted,
};

/** The value of a literal for a column. Throws 400 when it is of another type. A filter has no length or range limits. */
export function literalOf(column: ColumnDefinition, source: string): CellValue {
  if (source === 'null') return null;
  return literalReaders[column.type]?.(column, source) ?? readValue(column, textOf(source));
}

/** Nulls first, then by value; decimals by number, text without regard to case. */
export function compareCells(column: ColumnDefinition, left: CellValue, right: CellValue): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  if (typeof left === 'number' || column.scale !== undefined) return Number(left) - Number(right);
  const [first, second] = [String(left).toLowerCase(), String(right).toLowerCase()];
  return Number(first > second) - Number(first < second);
}

const verdicts: Readonly<Record<string, (order: number) => boolean>> = {
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};

const textPatterns: Readonly<Record<string, (part: string) => string>> = {
  contains: (part) => part,
  startswith: (part) => `^${part}`,
  endswith: (part) => `${part}$`,
};

const wildcards: Readonly<Record<string, string>> = { '%': '.*', _: '.' };

/** Wildcards are those of SQL, as Microsoft's page on filters says: `%`, `_`, `[a-f]`, `[^a-f]`. */
function patternOf(part: string): string {
  return part.replace(
    /\[\^?[^\]^]+\]|[%_]|[\\^$.*+?()[\]{}|]/g,
    (found) => wildcards[found] ?? (found.length > 1 ? found.replaceAll('\\', '\\\\') : `\\${found}`),
  );
}

function textTest(column: ColumnDefinition, operator: string, literal: string): CellTest {
  const place = textPatterns[operator];
  if (!place || !literal.startsWith("'") || (column.type !== 'String' && column.type !== 'Memo'))
    throw wrongLiteral(column, literal);
  try {
    const pattern = new RegExp(place(patternOf(textOf(literal).toLowerCase())), 's');
    return (cell) => typeof cell === 'string' && pattern.test(cell.toLowerCase());
  } catch {
    throw wrongLiteral(column, literal);
  }
}

/** The test of one comparison; text functions and equality do not regard case. Null is neither less nor greater. */
export function cellTest(column: ColumnDefinition, operator: string, literals: readonly string[]): CellTest {
  const [first = ''] = literals;
  if (operator in textPatterns) return textTest(column, operator, first);
  if (operator === 'in') {
    const tests = literals.map((literal) => cellTest(column, 'eq', [literal]));
    return (cell) => tests.some((test) => test(cell));
  }
  return comparison(column, operator, literalOf(column, first));
}

/** The test of a cell against a value. */
export function comparison(column: ColumnDefinition, operator: string, value: CellValue): CellTest {
  if (operator === 'eq') return (cell) => compareCells(column, cell, value) === 0;
  if (operator === 'ne') return (cell) => compareCells(column, cell, value) !== 0;
  const verdict = verdicts[operator];
  if (!verdict) throw wrongLiteral(column, operator);
  return (cell) => cell !== null && value !== null && verdict(compareCells(column, cell, value));
}
