import type { TableDefinition } from '@lockstep/change-events';

/** What the configuration asks of a table; `columns` null asks for every column that can be read. */
export type TableSelection = { readonly table: string; readonly columns: readonly string[] | null };

/**
 * A column that was asked for and is not read. MISSING: the table has none of that name. UNREADABLE: column security
 * hides it from us, so its nulls would mean nothing. UNSUPPORTED: it has a type that does not travel (images, files).
 */
export type ExcludedColumn = {
  readonly column: string;
  readonly reason: 'MISSING' | 'UNREADABLE' | 'UNSUPPORTED';
};

/** A table as the server describes it at one moment (dataverse facts 2). */
export type TableDescription = {
  readonly definition: TableDefinition;
  readonly excluded: readonly ExcludedColumn[];
  /** Columns of `definition` under column security that we may read now. A null in one of them is only believed when a description made after it still lists the column. */
  readonly secured: readonly string[];
  /** Changes with every change of metadata; null when the server does not tell. */
  readonly metadataVersion: string | null;
};

/**
 * Describes tables from metadata, past every cache of the server. Throws DYNAMICS_TABLE_UNKNOWN, DYNAMICS_TRACKING_OFF,
 * DYNAMICS_FORBIDDEN with table and privilege, and the retriable DYNAMICS_* codes.
 */
export type DynamicsCatalog = {
  describe(selection: TableSelection, signal: AbortSignal): Promise<TableDescription>;
};

/** What a privilege on a table allows, as Dataverse names it in metadata. */
export type PrivilegeKind = 'Create' | 'Write' | 'Delete' | 'Assign' | 'Append' | 'AppendTo';

/** What our user may write of a table, as far as it was asked for. */
export type TableRights = {
  /** Names of privileges that it does not have, such as `prvWriteLead`. */
  readonly lacks: readonly string[];
  /** Names of those that it has for a part of the organisation only. */
  readonly partial: readonly string[];
  /** Columns that can be changed, with the most characters of a text; null for what is no text. */
  readonly lengths: ReadonlyMap<string, number | null>;
};

/** By table; with the lead of the server's clock, null when it does not tell. */
export type WritingRights = {
  readonly clockLeadMs: number | null;
  readonly tables: ReadonlyMap<string, TableRights>;
};
