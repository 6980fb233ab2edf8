import { errorTable, type DynamicsOutcome, type ErrorCode } from '@lockstep/change-events';
import type { Draft } from './decision.ts';
import type { DynamicsRequestEntry } from './outbox.ts';
import { endRequest } from './openRequests.ts';

/**
 * The answer to what was done for a request. MISSING: its row is gone, and the request waits until the feed explains that;
 * any other answer ends it.
 */
export function absorbCarriedOut(
  draft: Draft,
  entry: DynamicsRequestEntry,
  { result, code, detail }: DynamicsOutcome,
): void {
  const { record } = draft;
  record.outbox = record.outbox.filter(({ entryId }) => entryId !== entry.entryId);
  if (result === 'MISSING') return markMissing(draft, entry);
  const { requestId } = entry.request;
  const request = record.requests?.find((open) => open.request.requestId === requestId);
  if (!request) return;
  const isDone = result !== 'REFUSED';
  const refusal = { state: 'FAILED', code: knownCode(code), detail } as const;
  endRequest(draft, request, isDone ? { state: 'DONE' } : refusal);
}

function markMissing({ record }: Draft, { table, rowId }: DynamicsRequestEntry): void {
  const row = record.rows.find((other) => other.table === table && other.id === rowId);
  if (row && row.deletedAt === null) row.missing = true;
}

/** A code of Dynamics' own is told as a refusal. */
export const knownCode = (code: string | null): ErrorCode =>
  code !== null && Object.hasOwn(errorTable, code) ? (code as ErrorCode) : 'DYNAMICS_REFUSED';
