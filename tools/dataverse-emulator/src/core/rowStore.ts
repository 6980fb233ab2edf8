import type { Row } from './columnDefinition.ts';
import type { TableDefinition } from './tableDefinition.ts';

/** One committed change of a row. `before` and `after` are the immutable rows themselves. */
export interface Commit {
  readonly operation: 'create' | 'update' | 'delete';
  readonly table: string;
  readonly id: string;
  readonly version: number;
  readonly before: Row | undefined;
  readonly after: Row | undefined;
}

/** A place in the order of versions of one table. Its row may have moved on since. */
interface OrderEntry {
  readonly version: number;
  readonly id: string;
}

/** One change as a delta sees it: the row now, or the fact that it is gone. */
export interface NetChange {
  readonly version: number;
  readonly id: string;
  readonly row: Row | undefined;
}

interface TableState {
  readonly rows: Map<string, Row>;
  readonly deleted: Map<string, number>;
  order: OrderEntry[];
}

/** The rows of all tables, with one version counter for the whole organisation (facts, section 9.3). */
export interface RowStore {
  row(table: string, id: string): Row | undefined;
  rows(table: string): IterableIterator<Row>;
  count(table: string): number;
  /** The newest version of any row. */
  highWaterMark(): number;
  /** Net changes with `after` < version <= `upTo`, oldest first. */
  changes(table: string, after: number, upTo: number): Generator<NetChange>;
  save(table: string, id: string, build: (version: number) => Row): Commit;
  remove(table: string, id: string): Commit | undefined;
}

/** First index whose version is greater than the given one. */
function firstAfter(order: readonly OrderEntry[], version: number): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((order[middle]?.version ?? 0) > version) high = middle;
    else low = middle + 1;
  }
  return low;
}

function netChange(state: TableState, entry: OrderEntry): NetChange | undefined {
  const row = state.rows.get(entry.id);
  if (row) return row['versionnumber'] === entry.version ? { ...entry, row } : undefined;
  return state.deleted.get(entry.id) === entry.version ? { ...entry, row: undefined } : undefined;
}

function record(state: TableState, entry: OrderEntry): void {
  state.order.push(entry);
  // Entries that later versions made obsolete are dropped once they outnumber the live ones.
  if (state.order.length > 2 * (state.rows.size + state.deleted.size) + 1024)
    state.order = state.order.filter((candidate) => netChange(state, candidate));
}

/** Creates an empty store. Versions start after `firstVersion`, as those of an organisation with a past do. */
export function createRowStore(tables: readonly TableDefinition[], firstVersion = 1_000_000): RowStore {
  const states = new Map<string, TableState>(
    tables.map(({ name }) => [name, { rows: new Map(), deleted: new Map(), order: [] }]),
  );
  let version = firstVersion;
  const state = (table: string): TableState => {
    const found = states.get(table);
    if (!found) throw new Error(`The row store has no table '${table}'`);
    return found;
  };
  return {
    row: (table, id) => state(table).rows.get(id),
    rows: (table) => state(table).rows.values(),
    count: (table) => state(table).rows.size,
    highWaterMark: () => version,
    *changes(table, after, upTo) {
      const { order } = state(table);
      for (let index = firstAfter(order, after); index < order.length; index += 1) {
        const entry = order[index];
        if (!entry || entry.version > upTo) return;
        const change = netChange(state(table), entry);
        if (change) yield change;
      }
    },
    save(table, id, build) {
      const target = state(table);
      const before = target.rows.get(id);
      const after = build(version + 1);
      version += 1;
      target.rows.set(id, after);
      target.deleted.delete(id);
      record(target, { version, id });
      return { operation: before ? 'update' : 'create', table, id, version, before, after };
    },
    remove(table, id) {
      const target = state(table);
      const before = target.rows.get(id);
      if (!before) return undefined;
      version += 1;
      target.rows.delete(id);
      target.deleted.set(id, version);
      record(target, { version, id });
      return { operation: 'delete', table, id, version, before, after: undefined };
    },
  };
}
