import {
  canonicalDecimal,
  isoTime,
  SyncError,
  type FieldDefinition,
  type FieldType,
  type FieldValue,
  type OptionValue,
  type TableDefinition,
} from '@lockstep/change-events';
import type { DynamicsRow } from '@lockstep/ports';
import { numberText } from './parseJson.ts';
import { labelAnnotation, propertyOf, tableAnnotation } from './readColumns.ts';

export type JsonRow = Readonly<Record<string, unknown>>;

/** One column as it came, with the annotations beside it. */
type Cell = { readonly raw: unknown; readonly label: string | null; readonly table: string | null };

/** Turns one JSON row into the port's form. Throws DYNAMICS_ANSWER_INVALID for what the contract does not allow. */
export function readRow(definition: TableDefinition, json: JsonRow): DynamicsRow {
  const id = json[definition.primaryKey];
  const version = versionOf(json);
  if (typeof id !== 'string' || version === null)
    throw invalid(definition, id === undefined ? 'id' : 'version');
  const cells = definition.fields.flatMap((field) => {
    const value = readField(definition, field, json);

    return value === undefined ? [] : [[field.name, value] as const];
  });

  return {
    id: id.toLowerCase(),
    version,
    fields: Object.fromEntries(cells),
    changedAt: typeof json['modifiedon'] === 'string' ? timeOf(json['modifiedon']) : null,
    changedBy: lowerCase(json['_modifiedby_value']),
  };
}

/** Undefined for a column that the answer lacks: it is unknown, not null. */
function readField(
  definition: TableDefinition,
  field: FieldDefinition,
  json: JsonRow,
): FieldValue | undefined {
  const property = propertyOf(field);
  const raw = json[property];
  if (raw === undefined || raw === null) return raw;
  const label = textOrNull(json[`${property}@${labelAnnotation}`]);
  const value = readers[field.type]({
    raw,
    label,
    table: textOrNull(json[`${property}@${tableAnnotation}`]),
  });
  if (value === null) throw invalid(definition, field.name);

  return value;
}

/** A reader answers null for a value that is not of its type. */
const readers: Readonly<Record<FieldType, (cell: Cell) => FieldValue>> = {
  string: ({ raw }) => textOrNull(raw),
  boolean: ({ raw }) => (typeof raw === 'boolean' ? raw : null),
  integer: ({ raw }) => (Number.isSafeInteger(raw) ? (raw as number) : null),
  number: ({ raw }) => (numberText(raw) === null ? null : Number(numberText(raw))),
  decimal: ({ raw }) => decimalOf(numberText(raw)),
  timestamp: ({ raw }) => (typeof raw === 'string' ? timeOf(raw) : null),
  date: ({ raw }) => (typeof raw === 'string' && /^\d{4}-\d\d-\d\d/.test(raw) ? raw.slice(0, 10) : null),
  option: ({ raw, label }) => (Number.isSafeInteger(raw) ? { value: raw as number, label } : null),
  options: ({ raw, label }) => (typeof raw === 'string' ? optionsOf(raw, label) : null),
  lookup: ({ raw, table }) => (typeof raw === 'string' ? { id: raw.toLowerCase(), table } : null),
};

/** `1,9` with the label `A; B` (dataverse facts 2.2); labels that do not pair up are not guessed. */
function optionsOf(raw: string, label: string | null): readonly OptionValue[] | null {
  const values = raw === '' ? [] : raw.split(',').map((part) => Number(part.trim()));
  const labels = label?.split('; ') ?? [];
  if (!values.every(Number.isSafeInteger)) return null;

  return values.map((value, index) => ({
    value,
    label: labels.length === values.length ? (labels[index] ?? null) : null,
  }));
}

function decimalOf(text: string | null): string | null {
  try {
    return text === null ? null : canonicalDecimal(text);
  } catch {
    return null;
  }
}

function timeOf(text: string): string | null {
  const timeMs = Date.parse(text);

  return Number.isNaN(timeMs) ? null : isoTime(timeMs);
}

/** The ETag is the version as text, so it is exact whatever the parser; both are numbers above 2^53 only in theory. */
function versionOf(json: JsonRow): number | null {
  const etag = /^W\/"(\d+)"$/.exec(textOrNull(json['@odata.etag']) ?? '')?.[1];
  const version = Number(etag ?? numberText(json['versionnumber']) ?? NaN);

  return Number.isSafeInteger(version) ? version : null;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function lowerCase(value: unknown): string | null {
  return textOrNull(value)?.toLowerCase() ?? null;
}

function invalid({ table }: TableDefinition, field: string): SyncError {
  return new SyncError('DYNAMICS_ANSWER_INVALID', { table, field });
}
