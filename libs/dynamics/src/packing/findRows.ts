import { isUtf8 } from 'node:buffer';
import { NotPacked, timeMs, type TableDefinition } from '@lockstep/change-events';

/** What a page is judged by, before anybody has looked at its cells. */
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

/** Stands in no text of JSON. */
export const absent = '\0';
const listMark = '"value":[';
const rowMark = '{"@odata.etag":"W/\\"';
const versionEnd = '\\""';
export const guidLength = 36;
export const timeLength = '2026-03-01T12:30:05Z'.length;
/** A number holds 15 digits exactly. */
const versionDigits = /^(\d{1,15})\\""/;
const versionLengthMax = 15 + versionEnd.length;

/** Throws NotPacked for a page on which a row is not where and as it mostly is. */
export function findRows(page: Buffer, definition: TableDefinition): FoundRows {
  if (!isUtf8(page)) throw new NotPacked('not UTF-8');
  const first = page.indexOf(listMark) + listMark.length;
  const end = page.lastIndexOf('}]') + 1;
  const rows = rowsFrom(page, first);
  if (rows[0] !== first || end <= first) throw new NotPacked('another list of rows');
  const count = rows.length;
  rows.push(end + 1);
  const starts = new Int32Array(count);
  const versions = new Float64Array(count);
  const key = textsOf(count, definition.primaryKey, guidLength);
  const changedAt = textsOf(count, 'modifiedon', timeLength);
  const changedBy = textsOf(count, '_modifiedby_value', guidLength);
  for (let index = 0; index < count; index += 1) {
    const row = rows[index] ?? 0;
    if (index > 0 && page[row - 1] !== comma) throw new NotPacked('another list of rows');
    starts[index] = readVersion(page, row + rowMark.length, index, versions);
    const place = { page, row, end: rows[index + 1] ?? 0, index };
    for (const texts of [key, changedAt, changedBy]) readText(texts, place);
  }
  const heads = {
    ...{
      count,
      versions,
      ids: guids(key, false),
      changedAt: times(changedAt),
      changedBy: guids(changedBy, true),
    },
    envelope: page.toString('utf8', 0, first) + page.toString('utf8', end),
  };
  assertOnce(heads);

  return { heads, rows, starts, cells: [key.cells, changedAt.cells, changedBy.cells] };
}

/** Of a row that comes twice only the newest state counts. */
function assertOnce({ ids, count }: PageHeads): void {
  const seen = new Set<string>();
  for (let at = 0; at < ids.length; at += guidLength) seen.add(ids.slice(at, at + guidLength));
  if (seen.size < count) throw new NotPacked('a row that comes twice');
}

function rowsFrom(page: Buffer, from: number): number[] {
  const rows: number[] = [];
  for (let at = page.indexOf(rowMark, from); at >= 0; at = page.indexOf(rowMark, at + rowMark.length))
    rows.push(at);

  return rows;
}

/** Answers where the version ends. */
function readVersion(page: Buffer, from: number, index: number, versions: Float64Array): number {
  const digits = versionDigits.exec(page.toString('latin1', from, from + versionLengthMax))?.[1];
  if (digits === undefined) throw new NotPacked('another version');
  const version = Number(digits);
  if (index > 0 && version <= (versions[index - 1] ?? 0)) throw new NotPacked('rows out of order');
  versions[index] = version;

  return from + digits.length + versionEnd.length;
}

/** The texts of one property, each as long as the others, and how far from both ends of its row it stood in the row before. */
type Texts = {
  readonly mark: Buffer;
  readonly length: number;
  readonly cells: Int32Array;
  readonly bytes: Buffer;
  fromStart: number;
  fromEnd: number;
};

const comma = ','.charCodeAt(0);
const quote = '"'.charCodeAt(0);

const textsOf = (rows: number, property: string, length: number): Texts => ({
  mark: Buffer.from(`"${property}":`),
  length,
  cells: new Int32Array(rows).fill(-1),
  bytes: Buffer.alloc(rows * length),
  fromStart: 0,
  fromEnd: 0,
});

type Row = { readonly page: Buffer; readonly row: number; readonly end: number; readonly index: number };

function readText(texts: Texts, { page, row, end, index }: Row): void {
  const { mark, length, cells, bytes } = texts;
  const at = placeOf(texts, page, row, end);
  if (at < row) return;
  texts.fromStart = at - row;
  texts.fromEnd = end - at;
  const from = at + mark.length;
  cells[index] = from;
  if (page[from] !== quote) return;
  if (page[from + length + 1] !== quote) throw new NotPacked('a text of another length');
  page.copy(bytes, index * length, from + 1, from + 1 + length);
}

function placeOf({ mark, fromStart, fromEnd }: Texts, page: Buffer, row: number, end: number): number {
  if (standsAt(page, row + fromStart, mark)) return row + fromStart;
  if (standsAt(page, end - fromEnd, mark)) return end - fromEnd;
  const at = page.subarray(row, end).lastIndexOf(mark);

  return at < 0 ? -1 : row + at;
}

function standsAt(page: Buffer, at: number, mark: Buffer): boolean {
  for (let index = 0; index < mark.length; index += 1) if (page[at + index] !== mark[index]) return false;

  return true;
}

function guids({ bytes }: Texts, canLack: boolean): string {
  const text = bytes.toString('latin1').toLowerCase();
  if (!(canLack ? /^(?:[\da-f-]{36}|\0{36})*$/ : /^[\da-f-]*$/).test(text))
    throw new NotPacked('an id that is no GUID');

  return text;
}

function times({ bytes, length, cells }: Texts): string {
  const text = bytes.toString('latin1');
  for (let at = 0; at < cells.length * length; at += length)
    if (text[at] !== absent && !isTime(text.slice(at, at + length))) throw new NotPacked('another time');

  return text;
}

const isTime = (text: string): boolean => /^\d.*Z$/.test(text) && !Number.isNaN(timeMs(text));
