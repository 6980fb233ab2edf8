import {
  canonicalDecimal,
  isoTime,
  timeMs,
  type ErrorCode,
  type FieldType,
  type FieldValue,
  type OptionValue,
  type TableDefinition,
} from '@lockstep/change-events';
import type { DynamicsRow } from '@lockstep/ports';
import { numberText } from './parseJson.ts';
import { labelAnnotation, propertyOf, tableAnnotation } from './readColumns.ts';

export type JsonRow = Readonly<Record<string, unknown>>;

/** Why a row has no form in the contract, and in which field. */
export type RowFault = { readonly field: string; readonly code: ErrorCode };

/** `refused` instead of an exception: a page may hold many of them. */
export type RowReading = { readonly row: DynamicsRow } | { readonly refused: RowFault };

/** A column with the names that its cells have in JSON, spelled once per definition. */
type Column = {
  readonly name: string;
  readonly property: string;
  readonly label: string;
  readonly table: string;
  readonly read: CellReader;
};

/** Null for a value that is not of its type. Without an object around its arguments: there is one call for each cell. */
type CellReader = (raw: unknown, json: JsonRow, column: Column) => FieldValue;

/** Reads rows of one definition; the names in JSON are put together once. */
export type RowReader = (json: JsonRow) => RowReading;

export function rowReaderOf(definition: TableDefinition): RowReader {
  const { primaryKey } = definition;
  const columns: readonly Column[] = definition.fields.map((field) => ({
    name: field.name,
    property: propertyOf(field),
    label: `${propertyOf(field)}@${labelAnnotation}`,
    table: `${propertyOf(field)}@${tableAnnotation}`,
    read: readers[field.type],
  }));
  // A copy keeps the form that V8 is quick with; properties that are added one by one lose it after a dozen.
  const blank: Record<string, FieldValue> = Object.fromEntries(columns.map(({ name }) => [name, null]));

  return (json) => {
    const id = json[primaryKey];
    const version = versionOf(json);
    if (typeof id !== 'string') return refusedFor('id', 'DYNAMICS_ANSWER_INVALID');
    if (version === null) return refusedFor('version', 'DYNAMICS_ANSWER_INVALID');
    const fields = { ...blank };
    const unreadable = readCells(columns, json, fields);
    if (unreadable !== null) return refusedFor(unreadable, 'VALUE_NOT_REPRESENTABLE');

    return { row: { id: id.toLowerCase(), version, fields, ...changeOf(json) } };
  };
}

function changeOf(json: JsonRow): Pick<DynamicsRow, 'changedAt' | 'changedBy'> {
  const modifiedOn = textOrNull(json['modifiedon']);

  return {
    changedAt: modifiedOn === null ? null : timeOf(modifiedOn),
    changedBy: textOrNull(json['_modifiedby_value'])?.toLowerCase() ?? null,
  };
}

/** Fills in `fields`, which has every column; answers the first column that has no form in the contract. */
function readCells(
  columns: readonly Column[],
  json: JsonRow,
  fields: Record<string, FieldValue>,
): string | null {
  for (const column of columns) {
    const value = readCell(column, json);
    if (value === noForm) return column.name;
    if (value === undefined) delete fields[column.name];
    else fields[column.name] = value;
  }

  return null;
}

function refusedFor(field: string, code: ErrorCode): RowReading {
  return { refused: { field, code } };
}

const noForm = Symbol('a value without a form in the contract');

/** Undefined for a column that the answer lacks: it is unknown, not null. */
function readCell(column: Column, json: JsonRow): FieldValue | undefined | typeof noForm {
  const raw = json[column.property];
  if (raw === undefined || raw === null) return raw;

  return column.read(raw, json, column) ?? noForm;
}

/** Null for a value that is not of its type; `texts` are the label and the table of the cell. */
export function readValue(
  type: FieldType,
  raw: unknown,
  { label, table }: { readonly label: string | null; readonly table: string | null },
): FieldValue {
  const column = { name: '', property: '', label: 'label', table: 'table', read: readers[type] };

  return column.read(raw, { label, table }, column);
}

const readers: Readonly<Record<FieldType, CellReader>> = {
  string: (raw) => textOrNull(raw),
  boolean: (raw) => (typeof raw === 'boolean' ? raw : null),
  integer: (raw) => (Number.isSafeInteger(raw) ? (raw as number) : null),
  number: (raw) => (numberText(raw) === null ? null : Number(numberText(raw))),
  decimal: (raw) => decimalOf(raw),
  timestamp: (raw) => (typeof raw === 'string' ? timeOf(raw) : null),
  date: (raw) => (typeof raw === 'string' ? dateOf(raw) : null),
  option: (raw, json, column) =>
    Number.isSafeInteger(raw) ? { value: raw as number, label: textOrNull(json[column.label]) } : null,
  options: (raw, json, column) =>
    typeof raw === 'string' ? optionsOf(raw, textOrNull(json[column.label])) : null,
  lookup: (raw, json, column) =>
    typeof raw === 'string' ? { id: raw.toLowerCase(), table: textOrNull(json[column.table]) } : null,
};

/** `1,9` with the label `A; B` (dataverse facts 2.2); labels that do not pair up are not guessed. */
function optionsOf(raw: string, label: string | null): readonly OptionValue[] | null {
  const parts = raw === '' ? [] : raw.split(',').map((part) => part.trim());
  const labels = label?.split('; ') ?? [];
  if (!parts.every((part) => /^-?\d{1,10}$/.test(part))) return null;

  return parts.map((part, index) => ({
    value: Number(part),
    label: labels.length === parts.length ? (labels[index] ?? null) : null,
  }));
}

/** Text is what `exactDecimals` puts in the place of a number with more digits than a number holds. */
function decimalOf(raw: unknown): string | null {
  const text = typeof raw === 'string' ? raw : numberText(raw);
  // The canonical form of a small whole number is its own.
  if (typeof raw === 'number' && Number.isSafeInteger(raw)) return Object.is(raw, -0) ? '0' : String(raw);
  try {
    return text === null ? null : canonicalDecimal(text);
  } catch {
    return null;
  }
}

/** Dataverse drops fractions of a second, so most times have their canonical form already. */
function timeOf(text: string): string | null {
  const time = timeMs(text);
  if (Number.isNaN(time)) return null;

  return text.length === canonicalLength && text.endsWith('Z') ? text : isoTime(time);
}

const canonicalLength = '2026-03-01T12:30:05Z'.length;

function dateOf(text: string): string | null {
  const date = /^\d{4}-\d\d-\d\d/.test(text) ? text.slice(0, 10) : null;

  return date !== null && !Number.isNaN(Date.parse(date)) ? date : null;
}

/** The ETag is the version as text, so it is exact whatever the parser; both are numbers above 2^53 only in theory. */
function versionOf(json: JsonRow): number | null {
  const etag = json['@odata.etag'];
  const digits =
    typeof etag === 'string' && etag.startsWith('W/"') && etag.endsWith('"') ? etag.slice(3, -1) : null;
  const version = Number(digits ?? numberText(json['versionnumber']) ?? NaN);

  return Number.isSafeInteger(version) ? version : null;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
