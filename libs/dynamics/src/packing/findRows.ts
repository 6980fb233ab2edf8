import { isUtf8 } from 'node:buffer';
import { NotPacked, type TableDefinition } from '@lockstep/change-events';
import { guidLength, headProperties, readText, textOf, textsOf, timeLength } from './headTexts.ts';

/**
 * What a page is judged by, before anybody has looked at its cells. Whether a row comes twice, and whether its texts are ids and
 * times, is seen later.
 */
export type PageHeads = {
  readonly count: number;
  /** Rising, as rows mostly come. */
  readonly versions: Float64Array;
  /** 36 characters a row, in lower case. */
  readonly ids: string;
  /** 20 characters a row, NUL where the row has no time. */
  readonly changedAt: string;
  /** 36 characters a row, NUL where the row names nobody. */
  readonly changedBy: string;
  /** The page without its rows, as JSON. */
  readonly envelope: string;
};

/** Where the rows of a page are, and where in each row what its head was read from: that is checked when the row is scanned. */
export type FoundRows = {
  readonly heads: PageHeads;
  /** Where each row begins, and where one behind the last would. */
  readonly rows: readonly number[];
  /** Behind the version of each row. */
  readonly starts: Int32Array;
  /** Of the key, of `modifiedon` and of `_modifiedby_value` of each row; -1 for what it lacks. */
  readonly cells: readonly [Int32Array, Int32Array, Int32Array];
};

const [comma, quote, backslash, zero] = [',', '"', '\\', '0'].map((text) => text.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
];
const listMark = '"value":[';
const rowMark = '{"@odata.etag":"W/\\"';
/** A number holds so many exactly. */
const versionDigitsMax = 15;

/** Throws NotPacked for a page on which a row is not where and as it mostly is. */
export function findRows(page: Buffer, definition: TableDefinition): FoundRows {
  const { first, end, rows } = listOf(page);
  const count = rows.length - 1;
  const versions = new Float64Array(count);
  const starts = Int32Array.from(versions, (_, index) => readVersion(page, rows, index, versions));
  const [id, at, by] = headProperties(definition);
  const key = textsOf(count, id, guidLength);
  const changedAt = textsOf(count, at, timeLength);
  const changedBy = textsOf(count, by, guidLength);
  for (const texts of [key, changedAt, changedBy])
    for (let index = 0; index < count; index += 1)
      readText(texts, { page, row: rows[index] ?? 0, end: rows[index + 1] ?? 0, index });
  const envelope = page.toString('utf8', 0, first) + page.toString('utf8', end);
  const heads = {
    count,
    versions,
    ids: textOf(key).toLowerCase(),
    changedAt: textOf(changedAt),
    changedBy: textOf(changedBy).toLowerCase(),
    envelope,
  };

  return { heads, rows, starts, cells: [key.cells, changedAt.cells, changedBy.cells] };
}

/** Where the list begins and ends, where each row begins, and where one behind the last would. */
function listOf(page: Buffer) {
  const first = page.indexOf(listMark) + listMark.length;
  const end = page.lastIndexOf('}]') + 1;
  const rows = rowsFrom(page, first);
  const isList = rows[0] === first && end > first && rows.slice(1).every((row) => page[row - 1] === comma);
  if (!isList || !isUtf8(page)) throw new NotPacked('another list of rows');

  return { first, end, rows: [...rows, end + 1] };
}

function rowsFrom(page: Buffer, from: number): number[] {
  const rows: number[] = [];
  for (let at = page.indexOf(rowMark, from); at >= 0; at = page.indexOf(rowMark, at + rowMark.length))
    rows.push(at);

  return rows;
}

/** Answers where the version ends. */
function readVersion(page: Buffer, rows: readonly number[], index: number, versions: Float64Array): number {
  const from = (rows[index] ?? 0) + rowMark.length;
  let [at, version] = [from, 0];
  for (let digit = digitAt(page, at); digit >= 0 && digit <= 9; digit = digitAt(page, at)) {
    version = version * 10 + digit;
    at += 1;
  }
  const isWhole = at > from && at - from <= versionDigitsMax;
  if (!isWhole || page[at] !== backslash || page[at + 1] !== quote || page[at + 2] !== quote)
    throw new NotPacked('another version');
  if (index > 0 && version <= (versions[index - 1] ?? 0)) throw new NotPacked('rows out of order');
  versions[index] = version;

  return at + 3;
}

/** No digit is outside 0 to 9. */
const digitAt = (page: Buffer, at: number): number => (page[at] ?? 0) - zero;
