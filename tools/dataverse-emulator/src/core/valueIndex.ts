import type { Row } from './columnDefinition.ts';
import type { RowStore } from './rowStore.ts';

/** Which texts of the rows of a table are to be found again. */
export interface IndexedValues {
  readonly table: string;
  /** Names what `textsOf` does: one index is kept for each table and name. */
  readonly name: string;
  readonly textsOf: (row: Row) => Iterable<string>;
}

interface ValueIndex {
  readonly generation: number;
  version: number;
  /** The transaction last looked at, and how much of what it replaced. */
  transaction: number;
  replacedSeen: number;
  readonly ids: Map<string, string | Set<string>>;
}

const indexes = new WeakMap<RowStore, Map<string, ValueIndex>>();

function indexOf(store: RowStore, { table, name }: IndexedValues): ValueIndex {
  const known = indexes.get(store) ?? new Map<string, ValueIndex>();
  indexes.set(store, known);
  const former = known.get(`${table} ${name}`);
  if (former?.generation === store.generation()) return former;
  const created: ValueIndex = {
    generation: store.generation(),
    version: 0,
    transaction: 0,
    replacedSeen: 0,
    ids: new Map(),
  };
  known.set(`${table} ${name}`, created);
  return created;
}

function add({ ids }: ValueIndex, text: string, id: string): void {
  const known = ids.get(text);
  if (known === undefined || known === id) ids.set(text, id);
  else if (typeof known === 'string') ids.set(text, new Set([known, id]));
  else known.add(id);
}

/** A row that the running transaction replaced before it was seen comes back when the transaction is undone. */
function followReplaced(store: RowStore, values: IndexedValues, index: ValueIndex): void {
  const running = store.transaction();
  if (!running) return;
  const from = running.number === index.transaction ? index.replacedSeen : 0;
  for (const { table, id, before } of running.replaced.slice(from))
    if (table === values.table)
      for (const text of values.textsOf(store.unpack(table, before))) add(index, text, id);
  index.transaction = running.number;
  index.replacedSeen = running.replaced.length;
}

/**
 * Ids of rows that hold or held the text, by an index that follows the table since it was last asked. It never forgets, so
 * that nothing is lost when a transaction is undone: look at the rows before believing it.
 */
export function idsWith(store: RowStore, values: IndexedValues, text: string): readonly string[] {
  const index = indexOf(store, values);
  followReplaced(store, values, index);
  const upTo = store.highWaterMark();
  for (const { id, row } of store.changes(values.table, index.version, upTo))
    if (row) for (const each of values.textsOf(row)) add(index, each, id);
  index.version = upTo;
  const found = index.ids.get(text);
  if (found === undefined) return [];
  return typeof found === 'string' ? [found] : [...found];
}
