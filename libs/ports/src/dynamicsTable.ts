import type { FieldValues, ScalarValues } from '@lockstep/change-events';

/** A row as Dataverse shows it; `version` orders the states of the row. */
export type DynamicsRow = {
  readonly id: string;
  readonly version: number;
  readonly fields: FieldValues;
  readonly changedAt: string | null;
  readonly changedBy: string | null;
};

/** `complete` says that `position` is a delta link: all rows up to now are read. */
export type DynamicsPage = {
  readonly rows: readonly DynamicsRow[];
  readonly deletedIds: readonly string[];
  readonly position: string;
  readonly complete: boolean;
};

/**
 * Reads a table by change tracking (dataverse facts 1). Throws DYNAMICS_POSITION_EXPIRED when a full read is needed,
 * DYNAMICS_TABLE_UNKNOWN for a wrong configuration, and the retriable DYNAMICS_* codes.
 */
export type DynamicsReader = {
  /** `position` null starts a full read. */
  readPage(table: string, position: string | null, signal: AbortSignal): Promise<DynamicsPage>;
  /** Rows in the table as far as the server tells, for progress only. */
  countRows(table: string): Promise<number | null>;
};

export type DynamicsUpdate = {
  readonly table: string;
  readonly id: string;
  readonly version: number;
  /** Column values in Dynamics' own form: option sets as their number. */
  readonly columns: ScalarValues;
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

/** Writes single rows, only when they are still at `version` (If-Match). Throws when the outcome is not known. */
export type DynamicsWriter = {
  update(update: DynamicsUpdate): Promise<DynamicsUpdateResult>;
  /** The row as it is now; null when it does not exist. */
  read(table: string, id: string): Promise<DynamicsRow | null>;
};
