import { MongoBulkWriteError } from 'mongodb';

/** The server's code for a document that is there already. */
export const duplicateKey = 11_000;

/** True when every failure of the bulk write is a document that was there already, and the rest is durable. */
export function isOnlyDuplicateKeys(error: unknown): boolean {
  if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError()) return false;
  const failures = error.result.getWriteErrors();
  return failures.length > 0 && failures.every(({ code }) => code === duplicateKey);
}
