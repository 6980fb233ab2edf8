import { isoTime, SyncError, type FieldValues, type TableDefinition } from '@lockstep/change-events';
import type { DynamicsRow } from '../dynamicsTable.ts';
import { appendState, type RecordedState, type StateOperation } from './recordedState.ts';

export type StoreActor = { readonly kind: 'human' | 'application'; readonly name: string };

/** One place in the order of versions: a row as it is now, or a tombstone. */
export type VersionedChange = {
  readonly version: number;
  readonly id: string;
  readonly row: DynamicsRow | null;
};

/** Rows of all tables under one version counter, with tombstones and a log of every state. */
export type DynamicsRowStore = {
  readonly states: readonly RecordedState[];
  /** Throws DYNAMICS_TABLE_UNKNOWN. */
  definition(table: string): TableDefinition;
  version(): number;
  /** Rises whenever the columns of the table change. */
  metadataVersion(table: string): string;
  /** Columns of the table, with those that column security hides now. */
  columns(table: string): TableColumns;
  /** Changes columns; what the rows hold stays. */
  setColumns(table: string, columns: TableColumns): void;
  row(table: string, id: string): DynamicsRow | null;
  rows(table: string): readonly DynamicsRow[];
  /** Net changes with `after` < version <= `upTo`, oldest first. */
  changes(table: string, after: number, upTo: number): readonly VersionedChange[];
  save(table: string, id: string, fields: FieldValues, actor: StoreActor): DynamicsRow;
  remove(table: string, id: string, actor: StoreActor): void;
};

/** `hidden`: secured columns that we may not read, whose cells are shown as null; `secured`: those that we may. */
export type TableColumns = {
  readonly definition: TableDefinition;
  readonly hidden: readonly string[];
  readonly secured: readonly string[];
};

type TableState = {
  columns: TableColumns;
  metadataVersion: number;
  readonly rows: Map<string, DynamicsRow>;
  readonly deleted: Map<string, number>;
};

/** Versions start after a million, as those of an organisation with a past do. */
const firstVersion = 1_000_000;

export function createDynamicsRowStore(
  tables: Readonly<Record<string, TableDefinition>>,
  now: () => number,
): DynamicsRowStore {
  const tableStates = tableStatesOf(tables);
  const states: RecordedState[] = [];
  let version = firstVersion;
  const record = (operation: StateOperation, at: Place, images: Images): void => {
    const { table, id, actor } = at;
    const who = { actorKind: actor.kind, actor: actor.name };
    appendState(
      states,
      { at: isoTime(now()), system: 'dynamics', ...who, operation, table, id, version },
      images,
    );
  };

  return {
    states,
    definition: (table) => tableStates(table).columns.definition,
    ...metadataSide(tableStates),
    version: () => version,
    row: (table, id) => tableStates(table).rows.get(id) ?? null,
    rows: (table) => [...tableStates(table).rows.values()],
    changes: (table, after, upTo) => changesOf(tableStates(table), after, upTo),
    save(table, id, fields, actor) {
      const { rows, deleted } = tableStates(table);
      const before = rows.get(id);
      version += 1;
      const changedAt = isoTime(Math.floor(now() / 1000) * 1000);
      const row = { id, version, fields, changedAt, changedBy: actor.name };
      rows.set(id, row);
      deleted.delete(id);
      const images = { before: before?.fields ?? null, after: fields };
      record(before ? 'update' : 'create', { table, id, actor }, images);

      return row;
    },
    remove(table, id, actor) {
      const { rows, deleted } = tableStates(table);
      const before = rows.get(id);
      if (!before) return;
      version += 1;
      rows.delete(id);
      deleted.set(id, version);
      record('delete', { table, id, actor }, { before: before.fields, after: null });
    },
  };
}

type MetadataSide = Pick<DynamicsRowStore, 'columns' | 'setColumns' | 'metadataVersion'>;

function metadataSide(tableStates: (table: string) => TableState): MetadataSide {
  return {
    columns: (table) => tableStates(table).columns,
    setColumns(table, columns) {
      const state = tableStates(table);
      state.columns = columns;
      state.metadataVersion += 1;
    },
    metadataVersion: (table) => String(tableStates(table).metadataVersion),
  };
}

type Place = { readonly table: string; readonly id: string; readonly actor: StoreActor };
type Images = { readonly before: FieldValues | null; readonly after: FieldValues | null };

function tableStatesOf(tables: Readonly<Record<string, TableDefinition>>): (table: string) => TableState {
  const states = new Map(
    Object.entries(tables).map(([table, definition]): [string, TableState] => [
      table,
      {
        columns: { definition, hidden: [], secured: [] },
        metadataVersion: 1,
        rows: new Map(),
        deleted: new Map(),
      },
    ]),
  );

  return (table) => {
    const state = states.get(table);
    if (!state) throw new SyncError('DYNAMICS_TABLE_UNKNOWN', { table });

    return state;
  };
}

function changesOf({ rows, deleted }: TableState, after: number, upTo: number): readonly VersionedChange[] {
  const changes: VersionedChange[] = [...rows.values()].map((row) => ({
    version: row.version,
    id: row.id,
    row,
  }));
  for (const [id, deletedAt] of deleted) changes.push({ version: deletedAt, id, row: null });

  return changes
    .filter((change) => change.version > after && change.version <= upTo)
    .sort((left, right) => left.version - right.version);
}
