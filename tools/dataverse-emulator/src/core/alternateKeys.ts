import type { CellValue, ColumnDefinition, Row } from './columnDefinition.ts';
import { DataverseError } from './dataverseError.ts';
import { decimalText } from './decimalText.ts';
import type { OrganizationState } from './organizationState.ts';
import type { AlternateKey, TableDefinition } from './tableDefinition.ts';
import { idsWith } from './valueIndex.ts';

/** The columns of a key, in the order of its definition. */
export function keyColumns(
  table: TableDefinition,
  { columns }: Pick<AlternateKey, 'columns'>,
): readonly ColumnDefinition[] {
  return columns.flatMap((name) => table.byName.get(name) ?? []);
}

/** Text without regard to case, and decimals with the same digits wherever they come from. */
function comparable({ scale }: ColumnDefinition, value: CellValue): string | undefined {
  return scale === undefined ? String(value).toLowerCase() : decimalText(String(value), scale, scale);
}

/** One text for the values of a key, undefined when one is empty: such rows have no key. */
function keyText(columns: readonly ColumnDefinition[], row: Row): string | undefined {
  const values = columns.map(({ property }) => row[property] ?? null);
  return values.includes(null)
    ? undefined
    : JSON.stringify(columns.map((column) => comparable(column, row[column.property] ?? null)));
}

/** The id of the row with these values. Text is compared without regard to case. */
export function findByKey(
  state: OrganizationState,
  table: TableDefinition,
  key: Pick<AlternateKey, 'columns'>,
  values: Row,
): string | undefined {
  return findAllByKey(state, table, key, values)[0];
}

/** The ids of all rows with these values; several where nothing keeps them apart. */
export function findAllByKey(
  state: OrganizationState,
  table: TableDefinition,
  key: Pick<AlternateKey, 'columns'>,
  values: Row,
): readonly string[] {
  const columns = keyColumns(table, key);
  const wanted = keyText(columns, values);
  if (wanted === undefined) return [];
  const textsOf = (row: Row): readonly string[] => {
    const text = keyText(columns, row);
    return text === undefined ? [] : [text];
  };
  const ids = idsWith(state.store, { table: table.name, name: key.columns.join(' '), textsOf }, wanted);
  return ids.filter((id) => {
    const row = state.store.row(table.name, id);
    return row !== undefined && keyText(columns, row) === wanted;
  });
}

/** Throws 412 when another row has the same values of an active key (facts, section 3.3). */
export function refuseDuplicateKeys(state: OrganizationState, table: TableDefinition, row: Row): void {
  for (const key of table.keys) {
    const id = key.status === 'Active' ? findByKey(state, table, key, row) : undefined;
    if (id !== undefined && id !== row[table.key])
      throw new DataverseError(
        412,
        '0x80060892',
        `A record that has the attribute values ${key.columns.join(', ')} already exists.`,
      );
  }
}
