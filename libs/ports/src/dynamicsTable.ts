import type {
  ErrorCode,
  EventPacking,
  FieldValues,
  PackedEvent,
  ScalarValues,
  TableDefinition,
} from '@lockstep/change-events';

/** A row as Dataverse shows it; `version` orders the states of the row. */
export type DynamicsRow = {
  readonly id: string;
  readonly version: number;
  readonly fields: FieldValues;
  readonly changedAt: string | null;
  readonly changedBy: string | null;
  /** Ready-made instead of `fields`, which nobody has looked at; only where packing was asked for. */
  readonly packed?: PackedEvent;
};

/** A row of a source that cannot be read as it should be: it goes to the dead letters, and the page goes on without it. */
export type RefusedRow = {
  /** A GUID in lower case; null when even the key cannot be read. */
  readonly id: string | null;
  readonly field: string | null;
  readonly code: ErrorCode;
  /** The row as it came. */
  readonly bytes: Buffer;
};

/** `complete` says that `position` is a delta link: all rows up to now are read. */
export type DynamicsPage = {
  /** Oldest first, each once: of a row that came twice only the newest state counts (dataverse facts 1.3). */
  readonly rows: readonly DynamicsRow[];
  readonly deletedIds: readonly string[];
  readonly refused: readonly RefusedRow[];
  readonly position: string;
  readonly complete: boolean;
  /** Version of the server's metadata when it answered; null when it does not tell. */
  readonly metadataVersion: string | null;
  /** Newest version that a complete read reaches up to; null when the position does not tell. */
  readonly mark: number | null;
  /** The same page by values, where its rows are packed. */
  readonly unpacked?: () => Promise<DynamicsPage>;
};

/** Rows of an ordinary query, which knows no deletes. `position` null: there are no more. */
export type DynamicsRows = {
  /** Each once. */
  readonly rows: readonly DynamicsRow[];
  readonly refused: readonly RefusedRow[];
  readonly position: string | null;
  readonly metadataVersion: string | null;
};

/**
 * Reads tables, with exactly the columns of the definition. Throws DYNAMICS_POSITION_EXPIRED when a full read is needed,
 * DYNAMICS_TABLE_UNKNOWN for a wrong definition, and the retriable DYNAMICS_* codes.
 */
export type DynamicsReader = {
  /** By change tracking (dataverse facts 1); `position` null starts a full read. Rows may be packed where `packing` allows it. */
  readPage(
    definition: TableDefinition,
    position: string | null,
    signal: AbortSignal,
    packing?: EventPacking | null,
  ): Promise<DynamicsPage>;
  /** By an ordinary query: rows above `version`, oldest first; the caller goes on from the last row's version. */
  readSince(definition: TableDefinition, version: number, signal: AbortSignal): Promise<DynamicsRows>;
  /** By an ordinary query with an OData filter; `position` null starts it. Throws QUERY_INVALID for a filter that the server refuses. */
  readWhere(
    definition: TableDefinition,
    query: { readonly filter: string; readonly position: string | null },
    signal: AbortSignal,
  ): Promise<DynamicsRows>;
  /** The newest version of any row that is there now; 0 for an empty table. */
  newestVersion(definition: TableDefinition, signal: AbortSignal): Promise<number>;
  /** Rows in the table as far as the server tells, for progress only. */
  countRows(definition: TableDefinition): Promise<number | null>;
};

export type DynamicsUpdate = {
  readonly table: string;
  readonly id: string;
  readonly version: number;
  /** Column values in Dynamics' own form: option sets as their number. */
  readonly columns: ScalarValues;
  /** Who is to own it from now on; absent: nothing changes. */
  readonly owner?: DynamicsOwner;
};

/** WRITTEN carries the representation that our write left behind. */
export type DynamicsUpdateResult =
  | { readonly result: 'WRITTEN'; readonly row: DynamicsRow }
  | { readonly result: 'STALE' }
  | { readonly result: 'MISSING' }
  | {
      readonly result: 'REFUSED';
      readonly code: string;
      readonly field: string | null;
      readonly detail: string;
    };

export type DynamicsCreation = {
  readonly table: string;
  /** The id that the row gets. */
  readonly id: string;
  /** As in an update. */
  readonly columns: ScalarValues;
  /** Who is to own it; absent: whoever we are. */
  readonly owner?: DynamicsOwner;
  /** Whether the duplicate detection rules of Dynamics may hold it back (G-20); not by default. */
  readonly detectDuplicates?: boolean;
};

/** A user or team, by its row. */
export type DynamicsOwner = { readonly table: 'systemuser' | 'team'; readonly id: string };

/** EXISTS says that a row has the id already; nothing of it was changed. */
export type DynamicsCreateResult =
  Exclude<DynamicsUpdateResult, { result: 'STALE' | 'MISSING' }> | { readonly result: 'EXISTS' };

export type DynamicsRemoval = Pick<DynamicsUpdate, 'table' | 'id' | 'version'>;

/** MISSING says that there is no such row, whoever deleted it. */
export type DynamicsRemoveResult =
  { readonly result: 'DELETED' } | Exclude<DynamicsUpdateResult, { result: 'WRITTEN' }>;

/** The row `id`, while it is at `version`, becomes part of the row `into` of the same table. */
export type DynamicsMerge = DynamicsRemoval & { readonly into: string };

/** MISSING says that there is no row `id`; a row `into` that is not there is REFUSED. */
export type DynamicsMergeResult =
  { readonly result: 'MERGED' } | Exclude<DynamicsUpdateResult, { result: 'WRITTEN' }>;

/** Writes single rows, only when they are still at `version` (If-Match). Throws when the outcome is not known. */
export type DynamicsWriter = {
  update(update: DynamicsUpdate): Promise<DynamicsUpdateResult>;
  /** For good, with whatever Dynamics deletes with it. */
  deleteRow(removal: DynamicsRemoval): Promise<DynamicsRemoveResult>;
  /**
   * Closes the row, and gives what belongs to it to the one that carries on. There is no conditional merge: the version is read
   * just before (dataverse facts 3.8).
   */
  mergeRow(merge: DynamicsMerge): Promise<DynamicsMergeResult>;
  /** Only while no row has the id (If-None-Match). What a duplicate detection rule holds back is REFUSED with DYNAMICS_DUPLICATE. */
  create(creation: DynamicsCreation): Promise<DynamicsCreateResult>;
  /** Enabled users and teams with this GUID, address or full name; two at most are told (F-21, F-34). */
  findOwners(text: string): Promise<readonly DynamicsOwner[]>;
  /** The row as it is now; null when it does not exist. */
  read(table: string, id: string): Promise<DynamicsRow | null>;
};
