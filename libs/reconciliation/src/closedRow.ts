import { isAfter, type DynamicsOutcome, type ErrorCode, type Sequence } from '@lockstep/change-events';
import type { DraftRow } from './decision.ts';

const closedCode: ErrorCode = 'DYNAMICS_ROW_CLOSED';

/** The answer to a write of ours that came upon a closed row, such as a disqualified lead (dataverse facts 6). */
export const isClosed = ({ code }: Pick<DynamicsOutcome, 'code'>): boolean => code === closedCode;

/**
 * What a closed row refused is written once more when the row has moved on: a read-only row moves when it is reactivated. One
 * that is closed all the same refuses it again, once a version.
 */
export function releaseClosed(row: DraftRow, version: Sequence | null): void {
  if (!isAfter(version, row.version)) return;
  for (const [field, parked] of Object.entries(row.parked)) if (isClosed(parked)) delete row.parked[field];
}

/** A refusal of a row that has moved on since: it says nothing about the row as it is. */
export function isOutdatedRefusal(row: DraftRow, ifMatch: Sequence, written: DynamicsOutcome): boolean {
  return isClosed(written) && isAfter(row.version, ifMatch);
}
