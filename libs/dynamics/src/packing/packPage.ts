import {
  createEventPacker,
  createSink,
  NotPacked,
  rowEvent,
  timeMs,
  type EventPacker,
  type EventRow,
  type PageContext,
  type RegisteredSchema,
  type Sink,
  type TableDefinition,
} from '@lockstep/change-events';
import { createRowFinder, type FoundRows, type PageHeads } from './findRows.ts';
import { absent, guidLength, headProperties, timeLength } from './headTexts.ts';
import { createPageInflater } from './inflatePage.ts';
import { columnsOf, slotsOf } from './packedColumns.ts';
import type { PackedColumn } from './plainCells.ts';
import { putCells } from './putCells.ts';
import { pageOf, type Page } from './pageBytes.ts';
import { createRowScanner, type RowScanner } from './scanRow.ts';

/** A page as it came, with all that its events are made of. */
export type PageToPack = {
  readonly zipped: Uint8Array;
  readonly bytesMax: number;
  readonly definition: TableDefinition;
  readonly schema: RegisteredSchema;
  readonly context: PageContext;
};

/** First the heads of all rows, then the messages of `rowsPerPiece` rows each, ready for the broker. */
export type PackedPart =
  | { readonly heads: PageHeads; readonly rowsPerPiece: number }
  | { readonly ends: Uint32Array; readonly buffer: ArrayBuffer };

/** Two of them make a call of 450 KB of leads. */
const rowsPerPiece = 250;
/** What so many leads take; a piece that is longer takes new memory. */
const pieceBytesUsual = rowsPerPiece * 900;

/** Packs pages one after the other; what it found out of a table is kept for the next page of it. */
export type PagePacker = { pack(page: PageToPack): AsyncGenerator<PackedPart, void> };

/** `pack` throws NotPacked, and other things for the same reason: the page is not plain. */
export function createPagePacker(pieceBytes = pieceBytesUsual): PagePacker {
  const inflate = createPageInflater();
  let last: { readonly key: string; readonly rows: RowPacker } | null = null;

  return {
    async *pack({ zipped, bytesMax, definition, schema, context }) {
      const finder = createRowFinder(definition);
      const bytes = await inflate(zipped, bytesMax, (grown) => finder.find(grown));
      const found = finder.end(bytes);
      yield { heads: found.heads, rowsPerPiece };
      const seen = new Set<string>();
      const key = JSON.stringify([definition, schema]);
      if (last?.key !== key) last = { key, rows: createRowPacker(definition, schema, pieceBytes) };
      const page = pageOf(bytes);
      for (let first = 0; first < found.heads.count; first += rowsPerPiece)
        yield last.rows.piece({ page, found, context, first, seen });
    },
  };
}

type Piece = {
  readonly page: Page;
  readonly found: FoundRows;
  readonly context: PageContext;
  readonly first: number;
  /** Ids of the rows before. */
  readonly seen: Set<string>;
};
type RowPacker = { piece(piece: Piece): PackedPart };

function createRowPacker(
  definition: TableDefinition,
  schema: RegisteredSchema,
  pieceBytes: number,
): RowPacker {
  const events = createEventPacker(schema);
  const slots = slotsOf(definition);
  const scanner = createRowScanner([...slots.keys()]);
  const columns = columnsOf(definition, events, slots);
  const heads = headProperties(definition).map((name) => slots.get(name) ?? 0);
  const table: Table = { events, scanner, columns, heads };

  return {
    piece(piece) {
      const { found, first } = piece;
      const end = Math.min(found.heads.count, first + rowsPerPiece);
      const sink = createSink(pieceBytes);
      const ends = new Uint32Array(end - first);
      for (let row = first; row < end; row += 1) {
        putRow(sink, table, piece, row);
        ends[row - first] = sink.at;
      }

      // Of a row that comes twice only the newest state counts.
      if (piece.seen.size < end) throw new NotPacked('a row that comes twice');

      return { ends, buffer: sink.bytes.buffer as ArrayBuffer };
    },
  };
}

type Table = {
  readonly events: EventPacker;
  readonly scanner: RowScanner;
  readonly columns: readonly PackedColumn[];
  /** Slots of what `findRows` has read already. */
  readonly heads: readonly number[];
};

/** Scans before it writes, so that a row is checked against what its head was read from. */
function putRow(sink: Sink, { events, scanner, columns, heads }: Table, piece: Piece, row: number): void {
  const { page, found, context, seen } = piece;
  const end = scanner.scan(page, found.starts[row] ?? 0);
  const isWhole = heads.every((slot, index) => scanner.starts[slot] === found.cells[index]?.[row]);
  if (!isWhole || end + 1 !== found.rows[row + 1]) throw new NotPacked('a row unlike its head');
  const head = rowOf(found.heads, row);
  assertPlain(head);
  seen.add(head.id);
  events.put(sink, rowEvent(head, context), (to) => putCells(to, columns, { page, cells: scanner }));
}

const guidForm = /^[\da-f-]*$/;

function assertPlain({ id, changedAt, changedBy }: EventRow): void {
  if (!guidForm.test(id) || (changedBy !== null && !guidForm.test(changedBy)))
    throw new NotPacked('an id that is no GUID');
  if (changedAt !== null && !(/^\d.*Z$/.test(changedAt) && !Number.isNaN(timeMs(changedAt))))
    throw new NotPacked('another time');
}

/** The texts of a row out of those of all. */
export function rowOf({ versions, ids, changedAt, changedBy }: PageHeads, row: number): EventRow {
  const [guidAt, timeAt] = [row * guidLength, row * timeLength];
  const at = changedAt.slice(timeAt, timeAt + timeLength);
  const by = changedBy.slice(guidAt, guidAt + guidLength);

  return {
    id: ids.slice(guidAt, guidAt + guidLength),
    version: versions[row] ?? 0,
    fields: null,
    changedAt: at.startsWith(absent) ? null : at,
    changedBy: by.startsWith(absent) ? null : by,
  };
}
