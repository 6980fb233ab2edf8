import { ensureRoom, NotPacked, putValue, type FieldType, type Sink } from '@lockstep/change-events';
import { isLong } from '../exactDecimals.ts';
import { readValue } from '../readRow.ts';
import {
  cellRoom,
  putAnnotation,
  putBoolean,
  putDecimal,
  putGuid,
  putInteger,
  putText,
  putTime,
  textOf,
  type PackedColumn,
  type ScannedRow,
} from './plainCells.ts';

const [quote, lower] = ['"', 'n'].map((text) => text.charCodeAt(0)) as [number, number];

/** Writes the cells of a row as Avro, each as the way by values does. Throws what is no reason to refuse the row: it is then done by values. */
export function putCells(sink: Sink, columns: readonly PackedColumn[], row: ScannedRow): void {
  for (const column of columns) {
    const start = row.cells.starts[column.slot] ?? -1;
    if (start < 0) throw new NotPacked('a column is missing');
    ensureRoom(sink, cellRoom);
    if (row.page.bytes[start] === lower) sink.bytes[sink.at++] = 0;
    else if (!putPlain(sink, column, row)) putRead(sink, column, row);
  }
}

/** False, and nothing is written, for a cell that has to be read first. */
function putPlain(sink: Sink, column: PackedColumn, row: ScannedRow): boolean {
  switch (column.type) {
    case 'string':
      return putText(sink, row, column.slot);
    case 'boolean':
      return putBoolean(sink, row, column.slot);
    case 'integer':
      return putInteger(sink, row, column.slot);
    case 'timestamp':
      return putTime(sink, row, column.slot);
    case 'option':
      return putInteger(sink, row, column.slot) && putAnnotation(sink, row, column.label);
    case 'lookup':
      return putGuid(sink, row, column.slot) && putAnnotation(sink, row, column.table);
    case 'decimal':
      return putDecimal(sink, column, row);
    default:
      return false;
  }
}

/** By values; what has no form in the contract is for the way by values to refuse. */
function putRead(sink: Sink, { type, plan, slot, label, table }: PackedColumn, row: ScannedRow): void {
  const raw = rawOf(row, slot, type);
  const value = readValue(type, raw, { label: textOf(row, label), table: textOf(row, table) });
  if (value === null) throw new NotPacked('a row to refuse');
  putValue(sink, plan, value);
}

function rawOf(row: ScannedRow, slot: number, type: FieldType): unknown {
  const { page, cells } = row;
  if (page.bytes[cells.starts[slot] ?? 0] === quote) return textOf(row, slot);
  const text = page.bytes.toString('latin1', cells.starts[slot], cells.ends[slot]);
  const value: unknown = JSON.parse(text);

  return type === 'decimal' && isLong(value) ? text.trim() : value;
}
