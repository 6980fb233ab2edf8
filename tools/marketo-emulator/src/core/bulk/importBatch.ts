import type { ApiUser } from '../apiUsers.ts';
import type { BulkFormat } from './delimitedText.ts';

/** One file of persons on its way into the database (facts section 5). */
export interface ImportBatch {
  readonly batchId: number;
  readonly user: ApiUser;
  readonly requestId: string;
  readonly format: BulkFormat;
  readonly lookupField: string;
  readonly partitionName: string | undefined;
  /** The static list that the persons come to. */
  readonly listId: number | undefined;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** REST names of the columns. */
  readonly header: readonly string[];
  /** Emptied when they are imported. */
  rows: readonly (readonly string[])[];
  status: 'Queued' | 'Importing' | 'Complete' | 'Failed';
  /** Rows that made or changed a person. */
  processed: number;
  /** Rows that did not, each with its reason as a last value. */
  failures: readonly (readonly string[])[];
}

/** All batches by id. */
export type Imports = Map<number, ImportBatch>;

/** The answer to the call that brings the file. */
export function receiptOf({ batchId, status }: ImportBatch): object {
  return { batchId, importId: String(batchId), status };
}

/** The answer to a poll. */
export function statusOf(batch: ImportBatch): object {
  const { batchId, status, processed, failures } = batch;
  if (status === 'Queued' || status === 'Importing') return { batchId, status };
  return {
    batchId,
    status,
    numOfLeadsProcessed: processed,
    numOfRowsFailed: failures.length,
    numOfRowsWithWarning: 0,
    message: messageOf(batch),
  };
}

function messageOf({ status, processed, failures }: ImportBatch): string {
  if (status === 'Failed') return 'Import failed, the file has no records';
  const counts = `${processed} records imported (${processed} members)`;
  if (failures.length === 0) return `Import succeeded, ${counts}`;
  return `Import completed with errors, ${counts}, ${failures.length} failed`;
}
