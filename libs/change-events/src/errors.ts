import type { Fate } from './errorEntry.ts';
import { errorTable, type ErrorCode } from './errorTable.ts';

/** Plain facts about a failure: ids, codes, names of settings and fields; never field values. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

/** The one error of the product. `code` is a row of the error table; `details` never hold field values or secrets. */
export class SyncError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: ErrorOptions) {
    const facts = Object.entries(details).map(([name, value]) => `${name}=${value}`);
    super([`${code}: ${errorTable[code].sentence}`, ...facts].join(' '), options);
    this.name = 'SyncError';
    this.code = code;
    this.details = details;
  }
}

/** True for an error of the product, of one of `codes` when given; judged by the code, not by the class. */
export function isSyncError(error: unknown, ...codes: ErrorCode[]): error is SyncError {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string' || !Object.hasOwn(errorTable, code)) return false;
  return codes.length === 0 || codes.includes(code as ErrorCode);
}

/** The one place that chooses a fate; what we do not know is our own fault and stops. */
export function fateOf(error: unknown): Fate {
  return isSyncError(error) ? errorTable[error.code].fate : 'STOP';
}
