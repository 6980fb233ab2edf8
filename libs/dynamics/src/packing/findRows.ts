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
  readonly starts: readonly number[];
  /** Of the key, of `modifiedon` and of `_modifiedby_value` of each row; -1 for what it lacks. */
  readonly cells: readonly (readonly number[])[];
};

/** Finds rows while their page grows. Both throw NotPacked for a page on which a row is not where and as it mostly is. */
export type RowFinder = {
  /** `page`: so much of it as is there. */
  find(page: Buffer): void;
  end(page: Buffer): FoundRows;
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

export function createRowFinder(definition: TableDefinition): RowFinder {
  const texts = headTextsOf(definition);
  const rows: number[] = [];
  const starts: number[] = [];
  const versions: number[] = [];
  let searchedTo = 0;

  const readRow = (page: Buffer, row: number, end: number): void => {
    const { version, start } = versionAt(page, row + rowMark.length);
    if (version <= (versions.at(-1) ?? -1)) throw new NotPacked('rows out of order');
    for (const read of texts) readText(read, { page, row, end, index: versions.length });
    versions.push(version);
    starts.push(start);
  };

  return {
    find(page) {
      for (let row = page.indexOf(rowMark, searchedTo); row >= 0; row = page.indexOf(rowMark, searchedTo)) {
        const before = rows.at(-1);
        if (before !== undefined) {
          if (page[row - 1] !== comma) throw new NotPacked('another list of rows');
          readRow(page, before, row);
        }
        rows.push(row);
        searchedTo = row + rowMark.length;
      }
      searchedTo = Math.max(searchedTo, page.length - rowMark.length);
    },
    end(page) {
      const first = page.indexOf(listMark) + listMark.length;
      const end = page.lastIndexOf('}]') + 1;
      const last = rows.at(-1);
      if (last === undefined || rows[0] !== first || end <= last || !isUtf8(page))
        throw new NotPacked('another list of rows');
      readRow(page, last, end + 1);
      const [id, changedAt, changedBy] = texts;
      const heads = {
        count: rows.length,
        versions: Float64Array.from(versions),
        ids: textOf(id).toLowerCase(),
        changedAt: textOf(changedAt),
        changedBy: textOf(changedBy).toLowerCase(),
        envelope: page.toString('utf8', 0, first) + page.toString('utf8', end),
      };

      return { heads, rows: [...rows, end + 1], starts, cells: texts.map(({ cells }) => cells) };
    },
  };
}

function headTextsOf(definition: TableDefinition) {
  const [id, changedAt, changedBy] = headProperties(definition);

  return [textsOf(id, guidLength), textsOf(changedAt, timeLength), textsOf(changedBy, guidLength)] as const;
}

/** `from`: its first digit; `start`: behind it. */
function versionAt(page: Buffer, from: number): { readonly version: number; readonly start: number } {
  let [at, version] = [from, 0];
  for (let digit = digitAt(page, at); digit >= 0 && digit <= 9; digit = digitAt(page, at)) {
    version = version * 10 + digit;
    at += 1;
  }
  const isWhole = at > from && at - from <= versionDigitsMax;
  if (!isWhole || page[at] !== backslash || page[at + 1] !== quote || page[at + 2] !== quote)
    throw new NotPacked('another version');

  return { version, start: at + 3 };
}

/** No digit is outside 0 to 9. */
const digitAt = (page: Buffer, at: number): number => (page[at] ?? 0) - zero;
