import {
  canonicalDecimal,
  isoTime,
  isPlainTime,
  type FieldValue,
  type OptionValue,
  type Scalar,
  type System,
} from '@lockstep/change-events';
import type { MappingRow } from './mapping.ts';
import { withTenDecimals } from './numbers.ts';
import { hasLabels, optionLabel, optionNumber } from './optionSets.ts';
import { canonicalOptions, labelsOfNumbers, optionNumbers } from './severalOptions.ts';

/** A golden value that a side cannot hold, such as a label that its option set lacks. */
export const notRepresentable = Symbol('not representable');

/** A value as one side holds it, beside what it means. */
export type Reading = { readonly side: Scalar; readonly golden: Scalar };

/**
 * What `golden` looks like on a side (design section 5): *seen*, *in flight* and comparisons all live in the side's own
 * value space, so that labels, whole seconds and false-for-empty never look like edits.
 */
export function project(system: System, row: MappingRow, golden: Scalar): Scalar | typeof notRepresentable {
  // Marketo cannot take a person from its company (marketo-rest 2.6).
  if (system === 'marketo' && row.parents && golden === null) return notRepresentable;
  const side = system === 'dynamics' ? toDynamics(row, golden) : toMarketo(row, golden);
  // What was held before the field had its type.
  return Number.isNaN(side) ? notRepresentable : side;
}

function toDynamics(row: MappingRow, golden: Scalar): Scalar | typeof notRepresentable {
  if (golden === null || !hasLabels(row)) return golden;
  if (row.type === 'options') return optionNumbers(row, golden);
  if (row.type !== 'option') return golden;
  return optionNumber(row, String(golden)) ?? notRepresentable;
}

/** Marketo holds no empty strings, no empty booleans and no fractions of seconds (marketo-rest 2.2, 2.4). */
function toMarketo(row: MappingRow, golden: Scalar): Scalar {
  if (row.type === 'boolean') return golden === true;
  if (golden === null || golden === '') return null;
  if (row.type === 'decimal') return withTenDecimals(golden);
  if (row.type === 'timestamp') return wholeSecond(String(golden));
  return golden;
}

/** NaN for what is no time. */
function wholeSecond(text: string): string | number {
  if (isPlainTime(text)) return text;
  const seconds = Math.floor(Date.parse(text) / 1000);
  return Number.isNaN(seconds) ? seconds : isoTime(seconds * 1000);
}

/** Reads a value as the side's event shows it. */
export function read(system: System, row: MappingRow, value: FieldValue): Reading {
  return system === 'dynamics' ? readDynamics(row, value) : readMarketo(row, value as Scalar);
}

/** The side of what `read` makes of a value, without a reading for it; undefined where that takes a closer look. */
export function plainSide(system: System, row: MappingRow, value: FieldValue): Scalar | undefined {
  if (row.type === 'options' || row.parents !== undefined) return undefined;
  if (system === 'marketo') return toMarketo(row, value as Scalar);
  return isOption(value) ? value.value : (value as Scalar);
}

function readDynamics(row: MappingRow, value: FieldValue): Reading {
  if (row.parents) return readRelation(row.parents, value);
  if (row.type === 'options') return hasLabels(row) ? readNumbers(row, value) : readOptions(value);
  return isOption(value)
    ? { side: value.value, golden: ownLabel(row, value.value) ?? value.label ?? labelOf(row, value.value) }
    : readScalar(row, value as Scalar);
}

const isOption = (value: FieldValue): value is OptionValue =>
  value !== null && typeof value === 'object' && 'label' in value;

function readScalar(row: MappingRow, side: Scalar): Reading {
  return { side, golden: row.type === 'option' && typeof side === 'number' ? labelOf(row, side) : side };
}

/** A row of a table that is no parent is no relation. */
function readRelation(parents: readonly string[], value: FieldValue): Reading {
  const isRow = value !== null && typeof value === 'object' && 'id' in value;
  const id = isRow && (value.table === null || parents.includes(value.table)) ? value.id : null;
  return { side: id, golden: id };
}

/** Neither the order of choosing nor a new label order is an edit. Nothing chosen is nothing. */
function readOptions(value: FieldValue): Reading {
  const options = Array.isArray(value) ? [...(value as readonly OptionValue[])] : [];
  const labels = options
    .sort((left, right) => left.value - right.value)
    .map((option) => option.label ?? String(option.value));
  const text = labels.length === 0 ? null : labels.join(';');
  return { side: text, golden: text };
}

/** With a table of labels, what is chosen can be written back. */
function readNumbers(row: MappingRow, value: FieldValue): Reading {
  const golden = labelsOfNumbers(row, value);
  return { side: optionNumbers(row, golden), golden };
}

function labelOf(row: MappingRow, value: number): string {
  return optionLabel(row, value) ?? String(value);
}

/** A table of the operator's own goes before what Dynamics calls the option. */
function ownLabel(row: MappingRow, value: number): string | undefined {
  return row.labels && optionLabel(row, value);
}

/** Neither the order of labels nor blanks between them are an edit. */
function readMarketo(row: MappingRow, value: Scalar): Reading {
  const side = row.type === 'options' ? canonicalOptions(row, value) : toMarketo(row, value);
  return { side, golden: row.type === 'decimal' && side !== null ? canonicalDecimal(String(side)) : side };
}

/** Of `2026-11-28`. */
const dayLength = 10;

/** Whether `readDisplay` can read it: in which form each type is shown is nowhere written, such as `$1,200` of a currency. */
export function isReadable({ type }: MappingRow, text: string | null): boolean {
  if (text === null || text === '') return true;
  if (type === 'timestamp') return !Number.isNaN(Date.parse(timeText(text)));
  if (type === 'date') return /^\d{4}-\d\d-\d\d/.test(text);
  return (type !== 'integer' && type !== 'decimal') || Number.isFinite(Number(text));
}

const timeText = (text: string): string => (/\dT\d/.test(text) ? text : `${text.replace(' ', 'T')}Z`);

/** Reads the display string of a feed row (marketo-rest 3.3): "True", "2026-11-21 10:00:00", null when empty. */
export function readDisplay(row: MappingRow, text: string | null): Reading {
  if (text === null || text === '') return readMarketo(row, null);
  switch (row.type) {
    case 'boolean':
      return readMarketo(row, /^(true|1)$/i.test(text));
    case 'integer':
    case 'decimal':
      return readMarketo(row, Number(text));
    case 'timestamp':
      return readMarketo(row, timeText(text));
    case 'date':
      return readMarketo(row, text.slice(0, dayLength));
    case 'string':
    case 'option':
    case 'options':
      return readMarketo(row, text);
  }
}

/** Blank or default: what a first meeting never lets win over a value. */
export function isBlank(value: Scalar): boolean {
  return value === null || value === '' || value === false;
}

/** Shorter texts are no field's limit: what looks like their beginning is an edit. */
const cutLengthMin = 30;

/** True when a side that holds no more than the beginning of `whole` would show `side`. */
export function isCutOf(whole: Scalar | undefined, side: Scalar): boolean {
  if (typeof whole !== 'string' || typeof side !== 'string') return false;

  return side.length >= cutLengthMin && side.length < whole.length && whole.startsWith(side);
}
