import {
  ensureRoom,
  putLong,
  putValue,
  timeMs,
  type AvroPlan,
  type FieldType,
  type Sink,
} from '@lockstep/change-events';
import type { Page } from './pageBytes.ts';
import type { Cells } from './scanRow.ts';

/** A column of the event, with the slots of its cell, its label and the table of its lookup; 0 for none. */
export type PackedColumn = {
  readonly type: FieldType;
  readonly plan: AvroPlan;
  readonly slot: number;
  readonly label: number;
  readonly table: number;
};

export type ScannedRow = { readonly page: Page; readonly cells: Cells };

const [quote, minus] = ['"', '-'].map((text) => text.charCodeAt(0)) as [number, number];
const zero = '0'.charCodeAt(0);
const digitsMax = 9;
/** What is put of a cell besides its own bytes. */
export const cellRoom = 16;

/** Null for what is no text, or is not there. */
export function textOf({ page, cells }: ScannedRow, slot: number): string | null {
  const start = cells.starts[slot] ?? -1;
  if (slot === 0 || start < 0 || page.bytes[start] !== quote) return null;

  if (cells.escaped[slot] !== 0) return cells.texts[slot] ?? null;

  return page.bytes.toString('utf8', start + 1, (cells.ends[slot] ?? 0) - 1);
}

/** From here on a call into the runtime is faster than a loop. */
const longFrom = 200;

export function putText(sink: Sink, { page, cells }: ScannedRow, slot: number): boolean {
  const start = cells.starts[slot] ?? 0;
  if (page.bytes[start] !== quote || cells.escaped[slot] !== 0) return false;
  const length = (cells.ends[slot] ?? 0) - start - 2;
  ensureRoom(sink, length + cellRoom);
  sink.bytes[sink.at++] = 2;
  putLong(sink, length);
  if (length >= longFrom) page.bytes.copy(sink.bytes, sink.at, start + 1, start + 1 + length);
  else copyShort(sink, page.bytes, start + 1, length);
  sink.at += length;

  return true;
}

function copyShort({ bytes, at }: Sink, from: Buffer, start: number, length: number): void {
  for (let done = 0; done < length; done += 1) bytes[at + done] = from[start + done] as number;
}

const textPlan: AvroPlan = { kind: 'string', isNullable: true, names: [], parts: [] };

/** True always: what is no text is null. */
export function putAnnotation(sink: Sink, row: ScannedRow, slot: number): boolean {
  const isThere = (row.cells.starts[slot] ?? -1) >= 0;
  if (!isThere || !putText(sink, row, slot)) putValue(sink, textPlan, textOf(row, slot));

  return true;
}

export function putGuid(sink: Sink, { page, cells }: ScannedRow, slot: number): boolean {
  const start = cells.starts[slot] ?? 0;
  const text = page.bytes.toString('latin1', start, cells.ends[slot]);
  if (!/^"[\da-fA-F-]*"$/.test(text)) return false;
  putValue(sink, textPlan, text.slice(1, -1).toLowerCase());

  return true;
}

const wordOfTrue = 't'.charCodeAt(0);
const wordOfFalse = 'f'.charCodeAt(0);

export function putBoolean(sink: Sink, { page, cells }: ScannedRow, slot: number): boolean {
  const code = page.bytes[cells.starts[slot] ?? 0];
  if (code !== wordOfTrue && code !== wordOfFalse) return false;
  sink.bytes[sink.at++] = 2;
  sink.bytes[sink.at++] = code === wordOfTrue ? 1 : 0;

  return true;
}

export function putInteger(sink: Sink, { page, cells }: ScannedRow, slot: number): boolean {
  const start = cells.starts[slot] ?? 0;
  const isNegative = page.bytes[start] === minus;
  const value = digitsOf(page.bytes, isNegative ? start + 1 : start, cells.ends[slot] ?? 0);
  if (value < 0) return false;
  sink.bytes[sink.at++] = 2;
  putLong(sink, isNegative ? -value : value);

  return true;
}

/** Negative for what has more digits, or other characters. */
function digitsOf(bytes: Buffer, start: number, end: number): number {
  if (end - start > digitsMax) return -1;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = (bytes[at] as number) - zero;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }

  return value;
}

export function putTime(sink: Sink, { page, cells }: ScannedRow, slot: number): boolean {
  const start = cells.starts[slot] ?? 0;
  if (page.bytes[start] !== quote) return false;
  const time = timeMs(page.bytes.toString('latin1', start + 1, (cells.ends[slot] ?? 0) - 1));
  if (Number.isNaN(time)) return false;
  sink.bytes[sink.at++] = 2;
  putLong(sink, time);

  return true;
}

/** At most ten decimals have the same value by their digits and as a number, read as `exactDecimals` does. */
const plainDecimal = /^-?\d{1,25}(?:\.\d{1,10})?$/;

export function putDecimal(sink: Sink, { plan, slot }: PackedColumn, { page, cells }: ScannedRow): boolean {
  const text = page.bytes.toString('latin1', cells.starts[slot], cells.ends[slot]);
  if (!plainDecimal.test(text)) return false;
  putValue(sink, plan, text);

  return true;
}
