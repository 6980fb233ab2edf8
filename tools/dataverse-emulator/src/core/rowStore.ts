import type { Row } from './columnDefinition.ts';
import { createRowPacker, type RowPacker, type StoredRow } from './packRow.ts';
import { undoneWhenThrown, type RunningTransaction, type Transaction } from './storeTransaction.ts';
import { isNewest, marks, marksBackward, type ChangeMark, type OrderEntry } from './versionOrder.ts';

export type { ChangeMark } from './versionOrder.ts';

/** One committed change of a row. `before` and `after` are immutable rows; `stored` is how the store keeps them. */
export interface Commit {
  readonly operation: 'create' | 'update' | 'delete';
  readonly table: string;
  readonly id: string;
  readonly version: number;
  readonly before: Row | undefined;
  readonly after: Row | undefined;
  readonly stored: { readonly before: StoredRow | undefined; readonly after: StoredRow | undefined };
}

/** One change as a delta sees it: the row now, or the fact that it is gone. */
export interface NetChange {
  readonly version: number;
  readonly id: string;
  readonly row: Row | undefined;
}

interface TableState {
  readonly packer: RowPacker;
  rows: Map<string, StoredRow>;
  deleted: Map<string, number>;
  order: OrderEntry[];
}

type TableCopy = Pick<TableState, 'rows' | 'deleted' | 'order'>;

/** The rows of all tables at one moment. */
export interface StoreSnapshot {
  readonly version: number;
  readonly tables: ReadonlyMap<string, TableCopy>;
}

/** The rows of all tables, with one version counter for the whole organisation (facts, section 9.3). */
export interface RowStore {
  row(table: string, id: string): Row | undefined;
  /** The version of a row, undefined when there is none; cheaper than the row. */
  version(table: string, id: string): number | undefined;
  rows(table: string): IterableIterator<Row>;
  ids(table: string): IterableIterator<string>;
  count(table: string): number;
  /** The newest version of any row, or of what else took one. */
  highWaterMark(): number;
  /** Takes a version that no row gets; answers the one before it. */
  passVersion(): number;
  /** Net changes with `after` < version <= `upTo`, oldest first. */
  changes(table: string, after: number, upTo: number): Generator<NetChange>;
  /** The same without the rows' cells, which are what costs time. */
  marks(table: string, after: number, upTo: number): Generator<ChangeMark>;
  /** All of them, newest first. */
  marksBackward(table: string): Generator<ChangeMark>;
  save(table: string, id: string, build: (version: number) => Row): Commit;
  remove(table: string, id: string): Commit | undefined;
  unpack(table: string, stored: StoredRow): Row;
  /** Drops a property from every row of a table. */
  forget(table: string, property: string): void;
  /** Runs the work; when it throws, all rows are as before it, also within other such work. Versions it took stay used up. */
  atomically<Result>(work: () => Result): Result;
  /** The transaction that runs, undefined outside one. */
  transaction(): Transaction | undefined;
  snapshot(): StoreSnapshot;
  /** Puts rows and version counter back. */
  restore(snapshot: StoreSnapshot): void;
  /** How often the store was restored: with it a version names one content only. */
  generation(): number;
}

function emptyTable(): TableCopy {
  return { rows: new Map(), deleted: new Map(), order: [] };
}

function copyOf({ rows, deleted, order }: TableCopy): TableCopy {
  return { rows: new Map(rows), deleted: new Map(deleted), order: [...order] };
}

/** A copy that keeps no longer text alive, as a part cut out of a request's body would. */
function ownText(text: string): string {
  return Buffer.from(text).toString();
}

interface StoreState {
  readonly tables: Map<string, TableState>;
  version: number;
  generation: number;
  transactions: number;
  running: RunningTransaction | undefined;
}

function tableOf(store: StoreState, name: string): TableState {
  const known = store.tables.get(name);
  if (known) return known;
  const created = { packer: createRowPacker(), ...emptyTable() };
  store.tables.set(name, created);
  return created;
}

function record(store: StoreState, state: TableState, entry: OrderEntry): void {
  state.order.push(entry);
  // Entries that later versions made obsolete are dropped once they outnumber the live ones; not while they may return.
  if (!store.running && state.order.length > 2 * (state.rows.size + state.deleted.size) + 1024)
    state.order = state.order.filter((candidate) => isNewest(state, candidate));
}

function put(state: TableState, id: string, stored: StoredRow | undefined, deletedAt?: number): void {
  if (stored) state.rows.set(id, stored);
  else state.rows.delete(id);
  if (deletedAt === undefined) state.deleted.delete(id);
  else state.deleted.set(id, deletedAt);
}

interface Replacement {
  readonly name: string;
  readonly key: string;
  readonly before: StoredRow | undefined;
  readonly after: StoredRow | undefined;
}

/** Puts one version of a row in the place of another; answers the id that was kept. */
function replace(store: StoreState, state: TableState, { name, key, before, after }: Replacement): string {
  const formerDelete = state.deleted.get(key);
  const id = before ? key : ownText(key);
  put(state, id, after, after ? undefined : store.version);
  store.running?.undo.push(() => put(state, id, before, formerDelete));
  if (before) store.running?.replaced.push({ table: name, id, before });
  record(store, state, { version: store.version, id });
  return id;
}

function save(store: StoreState, name: string, key: string, build: (version: number) => Row): Commit {
  const state = tableOf(store, name);
  const before = state.rows.get(key);
  const row = build(store.version + 1);
  store.version += 1;
  const after = { version: store.version, text: state.packer.pack(row) };
  const id = replace(store, state, { name, key, before, after });
  return {
    operation: before ? 'update' : 'create',
    table: name,
    id,
    version: store.version,
    before: before && state.packer.unpack(before),
    after: row,
    stored: { before, after },
  };
}

function remove(store: StoreState, name: string, key: string): Commit | undefined {
  const state = tableOf(store, name);
  const before = state.rows.get(key);
  if (!before) return undefined;
  store.version += 1;
  const id = replace(store, state, { name, key, before, after: undefined });
  return {
    operation: 'delete',
    table: name,
    id,
    version: store.version,
    before: state.packer.unpack(before),
    after: undefined,
    stored: { before, after: undefined },
  };
}

function atomically<Result>(store: StoreState, work: () => Result): Result {
  if (store.running) return undoneWhenThrown(store.running, work);
  store.transactions += 1;
  store.running = { number: store.transactions, replaced: [], undo: [] };
  try {
    return undoneWhenThrown(store.running, work);
  } finally {
    store.running = undefined;
  }
}

function restore(store: StoreState, snapshot: StoreSnapshot): void {
  store.version = snapshot.version;
  store.generation += 1;
  for (const [name, state] of store.tables)
    Object.assign(state, copyOf(snapshot.tables.get(name) ?? emptyTable()));
}

function* unpacked(state: TableState): Generator<Row, undefined> {
  for (const stored of state.rows.values()) yield state.packer.unpack(stored);
}

/** Creates an empty store. Versions start after `firstVersion`, as those of an organisation with a past do. */
export function createRowStore(firstVersion = 1_000_000): RowStore {
  const store: StoreState = {
    tables: new Map(),
    version: firstVersion,
    generation: 0,
    transactions: 0,
    running: undefined,
  };
  const row = (table: string, id: string): Row | undefined => {
    const { rows, packer } = tableOf(store, table);
    const stored = rows.get(id);
    return stored && packer.unpack(stored);
  };
  return {
    row,
    version: (table, id) => tableOf(store, table).rows.get(id)?.version,
    rows: (table) => unpacked(tableOf(store, table)),
    ids: (table) => tableOf(store, table).rows.keys(),
    count: (table) => tableOf(store, table).rows.size,
    highWaterMark: () => store.version,
    passVersion: () => store.version++,
    *changes(table, after, upTo) {
      for (const { version, id } of marks(tableOf(store, table), after, upTo))
        yield { version, id, row: row(table, id) };
    },
    marks: (table, after, upTo) => marks(tableOf(store, table), after, upTo),
    marksBackward: (table) => marksBackward(tableOf(store, table)),
    save: (table, id, build) => save(store, table, id, build),
    remove: (table, id) => remove(store, table, id),
    unpack: (table, stored) => tableOf(store, table).packer.unpack(stored),
    forget: (table, property) => tableOf(store, table).packer.forget(property),
    atomically: (work) => atomically(store, work),
    transaction: () => store.running,
    snapshot: () => ({
      version: store.version,
      tables: new Map([...store.tables].map(([name, state]) => [name, copyOf(state)])),
    }),
    restore: (snapshot) => restore(store, snapshot),
    generation: () => store.generation,
  };
}
