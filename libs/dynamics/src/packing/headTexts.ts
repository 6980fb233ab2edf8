import { NotPacked, timeMs, type TableDefinition } from '@lockstep/change-events';

/** Stands in no text of JSON. */
export const absent = '\0';
export const guidLength = 36;
export const timeLength = '2026-03-01T12:30:05Z'.length;

/** What the head of a row is read from: its key, when it was changed and by whom. */
export const headProperties = ({ primaryKey }: TableDefinition) =>
  [primaryKey, 'modifiedon', '_modifiedby_value'] as const;

/** The texts of one property, each as long as the others, and how far from both ends of its row it stood in the row before. */
type Texts = {
  readonly mark: Buffer;
  readonly length: number;
  readonly cells: Int32Array;
  readonly bytes: Buffer;
  fromStart: number;
  fromEnd: number;
};

const quote = '"'.charCodeAt(0);

export const textsOf = (rows: number, property: string, length: number): Texts => ({
  mark: Buffer.from(`"${property}":`),
  length,
  cells: new Int32Array(rows).fill(-1),
  bytes: Buffer.alloc(rows * length),
  fromStart: 0,
  fromEnd: 0,
});

type Row = { readonly page: Buffer; readonly row: number; readonly end: number; readonly index: number };

export function readText(texts: Texts, { page, row, end, index }: Row): void {
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

export function guids({ bytes }: Texts, canLack: boolean): string {
  const text = bytes.toString('latin1').toLowerCase();
  if (!(canLack ? /^(?:[\da-f-]{36}|\0{36})*$/ : /^[\da-f-]*$/).test(text))
    throw new NotPacked('an id that is no GUID');

  return text;
}

export function times({ bytes, length, cells }: Texts): string {
  const text = bytes.toString('latin1');
  for (let at = 0; at < cells.length * length; at += length)
    if (text[at] !== absent && !isTime(text.slice(at, at + length))) throw new NotPacked('another time');

  return text;
}

const isTime = (text: string): boolean => /^\d.*Z$/.test(text) && !Number.isNaN(timeMs(text));
