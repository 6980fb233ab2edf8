import {
  canonicalDecimal,
  tableDefinitions,
  type FieldType,
  type Scalar,
  type ScalarValues,
  type TableDefinition,
} from '@lockstep/change-events';
import { writtenLookups, type DynamicsReference } from '@lockstep/ports';
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
    const cell =
      types.get(name) === 'lookup' ? bindingOf(name, value) : plainCell(name, types.get(name), value);
    if (cell === null) return { unwritable: name };
    body[cell.property] = cell.value;
  }

  for (const [name, address] of Object.entries(bound)) body[`${name}@odata.bind`] = address;

  return { json: stringify(body) ?? '{}' };
}

type Cell = { readonly property: string; readonly value: unknown };

function plainCell(property: string, type: FieldType | undefined, value: Scalar): Cell | null {
  const written = value === null ? null : writeValue(type, value);

  return written === undefined ? null : { property, value: written };
}

/** The navigation property of a lookup to rows of several tables names the one that is meant. */
function bindingOf(column: string, id: Scalar): Cell | null {
  const table = writtenLookups[column];
  if (table === undefined || typeof id !== 'string') return null;

  return { property: `${column}_${table}@odata.bind`, value: boundTo({ table, id }) };
}

/** The address that a navigation property is bound to (dataverse facts 3.8). */
export const boundTo = ({ table, id }: DynamicsReference): string =>
  `${tableDefinitions[table]?.entitySet ?? ''}(${id})`;

function writeValue(type: FieldType | undefined, value: string | number | boolean): unknown {
  if (type !== 'decimal') return value;
  try {
    return new LosslessNumber(canonicalDecimal(String(value)));
  } catch {
    return undefined;
  }
}
