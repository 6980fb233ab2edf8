import { NotPacked, type TableDefinition } from '@lockstep/change-events';

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
  readonly cells: number[];
  bytes: Buffer;
  fromStart: number;
  fromEnd: number;
};

const quote = '"'.charCodeAt(0);

const rowsUsual = 5_000;

export const textsOf = (property: string, length: number): Texts => ({
  mark: Buffer.from(`"${property}":`),
  length,
  cells: [],
  bytes: Buffer.alloc(rowsUsual * length),
  fromStart: 0,
  fromEnd: 0,
});

type Row = { readonly page: Buffer; readonly row: number; readonly end: number; readonly index: number };

export function readText(texts: Texts, { page, row, end, index }: Row): void {
  const { mark, length, cells } = texts;
  const at = placeOf(texts, page, row, end);
  cells.push(at < row ? -1 : at + mark.length);
  if (texts.bytes.length < (index + 1) * length)
    texts.bytes = Buffer.concat([texts.bytes], 2 * texts.bytes.length);
  if (at < row) return;
  texts.fromStart = at - row;
  texts.fromEnd = end - at;
  const from = at + mark.length;
  if (page[from] !== quote) return;
  if (page[from + length + 1] !== quote) throw new NotPacked('a text of another length');
  // A call into the runtime takes longer.
  for (let done = 0, to = index * length; done < length; done += 1)
    texts.bytes[to + done] = page[from + 1 + done] as number;
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

/** Those of all rows that were read. */
export const textOf = ({ bytes, length, cells }: Texts): string =>
  bytes.toString('latin1', 0, cells.length * length);
