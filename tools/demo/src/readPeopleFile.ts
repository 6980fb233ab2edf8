import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse/sync';
import { DemoError } from './demoError.ts';
import { columnOf, columnRules, type ColumnRule } from './peopleColumns.ts';
import type { PersonTable } from './demoFields.ts';
import type { Person, Value } from './people.ts';

/** A row that was left out; `line` counts from 1 and includes the header. Reasons name columns, never values. */
export type BadRow = { readonly line: number; readonly reason: string };

export type PeopleFile = { readonly persons: readonly Person[]; readonly badRows: readonly BadRow[] };

type Row = { readonly record: readonly string[]; readonly info: { readonly lines: number } };

/** When the people of a file were entered; fixed, because the verdict expects it in Marketo. */
const createdon = '2026-11-01T00:00:00Z';
const fileBytesMax = 64 * 1024 * 1024;

/** Reads people from a CSV file; see `parsePeople`. Throws DemoError PEOPLE_FILE when it cannot be read. */
export async function readPeopleFile(path: string, takenEmails: readonly unknown[]): Promise<PeopleFile> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new DemoError('PEOPLE_FILE', `${path} cannot be read (${error.code ?? 'unknown reason'})`);
  });
  if (bytes.length > fileBytesMax) throw new DemoError('PEOPLE_FILE', `${path} is larger than 64 MB`);
  return parsePeople(textOf(bytes, path), takenEmails);
}

/** Names with a wrong letter would look like ours; what Excel calls "CSV" is not UTF-8. */
function textOf(bytes: Buffer, path: string): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw new DemoError('PEOPLE_FILE', `${path} is not UTF-8; save it as "CSV UTF-8"`);
}

/**
 * People from CSV text: columns by header (Dynamics names, or names such as "First name"), quotes, an optional byte
 * order mark. Rows that cannot be used are listed and the rest is taken. Throws DemoError PEOPLE_FILE for a header
 * without a column for the last name, or with columns that nobody knows or that
 * mean the same.
 */
export function parsePeople(text: string, takenEmails: readonly unknown[] = []): PeopleFile {
  const [header, ...rows] = readRows(text);
  const columns = readHeader(header?.record ?? []);
  const emails = new Set(takenEmails.map((email) => String(email).toLowerCase()));
  const persons: Person[] = [];
  const badRows: BadRow[] = [];
  for (const { record, info } of rows) {
    const read = readRow(columns, record, emails);
    if (typeof read === 'string') badRows.push({ line: info.lines, reason: read });
    else persons.push({ ...read, id: rowId(info.lines, record) });
  }
  return { persons, badRows };
}

function readRows(text: string): readonly Row[] {
  try {
    return parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as Row[];
  } catch (error) {
    if (error instanceof CsvError) throw new DemoError('PEOPLE_FILE', `not a CSV file: ${error.code}`);
    throw error;
  }
}

function readHeader(names: readonly string[]): readonly ColumnRule[] {
  const columns = names.map((name) => columnOf(name));
  const unknown = names.filter((_, index) => columns[index] === undefined);
  if (unknown.length > 0) throw new DemoError('PEOPLE_FILE', unknownColumns(unknown));
  const known = columns.filter((column) => column !== undefined);
  const twice = known.find((column, index) => known.indexOf(column) < index);
  if (twice !== undefined) throw new DemoError('PEOPLE_FILE', `two columns of the header are ${twice.name}`);
  if (!known.some(({ name }) => name === 'lastname'))
    throw new DemoError('PEOPLE_FILE', 'the header has no column for the last name');
  return known;
}

function unknownColumns(names: readonly string[]): string {
  const isSplitOtherwise = names.length === 1 && /[;\t]/.test(names[0] ?? '');
  const shown = names.map((name) => (name === '' ? '(no name)' : name)).join(', ');

  return `unknown columns in the header: ${shown}${isSplitOtherwise ? '; columns are parted by commas' : ''}`;
}

type ReadRow = Omit<Person, 'id'>;

/** The person of a row, or why there is none. */
function readRow(
  columns: readonly ColumnRule[],
  cells: readonly string[],
  emails: Set<string>,
): ReadRow | string {
  if (cells.length !== columns.length) return `${cells.length} columns instead of ${columns.length}`;
  const row: Record<string, Value> = {};
  for (const [index, rule] of columns.entries()) {
    const read = rule.read(cells[index] ?? '');
    if (typeof read === 'object' && read !== null) return `${rule.name} ${read.fault}`;
    row[rule.name] = read;
  }
  const { type, ...values } = row;
  const table: PersonTable = type === 'contact' ? 'contact' : 'lead';
  const fault = checkRow(table, values, emails);
  return fault ?? { table, row: { createdon, ...values }, inMarketo: null };
}

function checkRow(table: PersonTable, row: Record<string, Value>, emails: Set<string>): string | null {
  if (row['lastname'] === null) return 'lastname is empty';
  const foreign = Object.keys(row).filter((name) => table === 'contact' && columnRules[name]?.leadOnly);
  const filled = foreign.find((name) => row[name] !== null);
  if (filled !== undefined) return `${filled} is a column of leads`;
  for (const name of foreign) delete row[name];
  return claimEmail(row['emailaddress1'], emails);
}

/** Two rows with one address would be for a person to match. */
function claimEmail(email: Value | undefined, emails: Set<string>): string | null {
  if (typeof email !== 'string') return null;
  if (emails.has(email.toLowerCase())) return 'emailaddress1 is used by somebody else';
  emails.add(email.toLowerCase());
  return null;
}

/** The same file always gives the same ids. */
function rowId(line: number, record: readonly string[]): string {
  const hex = createHash('sha256')
    .update(`${line}\n${record.join('\n')}`)
    .digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
