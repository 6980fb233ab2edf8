import {
  canonicalDecimal,
  type FieldType,
  type ScalarValues,
  type TableDefinition,
} from '@lockstep/change-events';
import { LosslessNumber, stringify } from 'lossless-json';

/** The JSON body of a PATCH, or the column whose value cannot be written. */
export type WriteBody = { readonly json: string } | { readonly unwritable: string };

/**
 * Columns as Dataverse takes them: decimals travel as strings here and leave as numbers with all their digits. `bound` holds the
 * addresses of rows by navigation property (dataverse facts 3.8).
 */
export function writeBody(
  definition: TableDefinition,
  columns: ScalarValues,
  bound: Readonly<Record<string, string>> = {},
): WriteBody {
  const types = new Map<string, FieldType>(definition.fields.map(({ name, type }) => [name, type]));
  const body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(columns)) {
    const written = value === null ? null : writeValue(types.get(name), value);
    // A lookup is bound by its navigation property, which no mapping names.
    if (written === undefined || types.get(name) === 'lookup') return { unwritable: name };
    body[name] = written;
  }

  for (const [name, address] of Object.entries(bound)) body[`${name}@odata.bind`] = address;

  return { json: stringify(body) ?? '{}' };
}

function writeValue(type: FieldType | undefined, value: string | number | boolean): unknown {
  if (type !== 'decimal') return value;
  try {
    return new LosslessNumber(canonicalDecimal(String(value)));
  } catch {
    return undefined;
  }
}
