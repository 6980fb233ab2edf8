import type { ColumnDefinition, Row } from './columnDefinition.ts';
import { DataverseError } from './dataverseError.ts';
import type { OrganizationState } from './organizationState.ts';
import type { RowStore } from './rowStore.ts';
import type { AlternateKey, TableDefinition } from './tableDefinition.ts';

interface KeyIndex {
  readonly generation: number;
  version: number;
  readonly ids: Map<string, string>;
}

const indexes = new WeakMap<RowStore, Map<string, KeyIndex>>();

/** The columns of a key, in the order of its definition. */
export function keyColumns(table: TableDefinition, { columns }: AlternateKey): readonly ColumnDefinition[] {
  return columns.flatMap((name) => table.byName.get(name) ?? []);
}

/** One text for the values of a key, undefined when one is empty: such rows have no key. */
function keyText(columns: readonly ColumnDefinition[], row: Row): string | undefined {
  const values = columns.map(({ property }) => row[property] ?? null);
  return values.includes(null)
    ? undefined
    : JSON.stringify(values.map((value) => String(value).toLowerCase()));
}

function indexOf(state: OrganizationState, table: TableDefinition, key: AlternateKey): KeyIndex {
  const { store } = state;
  const known = indexes.get(store) ?? new Map<string, KeyIndex>();
  indexes.set(store, known);
  const name = [table.name, ...key.columns].join(' ');
  const former = known.get(name);
  const index =
    former?.generation === store.generation()
      ? former
      : { generation: store.generation(), version: 0, ids: new Map<string, string>() };
  known.set(name, index);
  return index;
}

/** Brings an index up to date with what was written since it was last used. */
function follow(state: OrganizationState, table: TableDefinition, key: AlternateKey): KeyIndex {
  const index = indexOf(state, table, key);
  const columns = keyColumns(table, key);
  const upTo = state.store.highWaterMark();
  for (const { id, row } of state.store.changes(table.name, index.version, upTo)) {
    const text = row && keyText(columns, row);
    if (text !== undefined) index.ids.set(text, id);
  }
  index.version = upTo;
  return index;
}

/** The id of the row with these values, found by an index that follows the table. Text is compared without regard to case. */
export function findByKey(
  state: OrganizationState,
  table: TableDefinition,
  key: AlternateKey,
  values: Row,
): string | undefined {
  const columns = keyColumns(table, key);
  const wanted = keyText(columns, values);
  const id = wanted === undefined ? undefined : follow(state, table, key).ids.get(wanted);
  if (id === undefined) return undefined;
  const holds = (row: Row | undefined): boolean => row !== undefined && keyText(columns, row) === wanted;
  if (holds(state.store.row(table.name, id))) return id;
  // The row moved on, or a transaction was undone: what the index says is only a hint.
  for (const row of state.store.rows(table.name)) if (holds(row)) return String(row[table.key]);
  return undefined;
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
