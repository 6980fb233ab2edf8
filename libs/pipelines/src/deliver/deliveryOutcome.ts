import {
  isoTime,
  isSyncError,
  type DeliveryOutcome,
  type DeliveryResult,
  type ErrorCode,
  type WriteCommand,
} from '@lockstep/change-events';
import type { Delivery } from '@lockstep/ports';

/** Marketo may still commit a call this long after it gave up answering (sync leads time-out, marketo-rest 2.4). */
const unknownOutcomeMs = 95_000;
/** The limit for custom objects is 120 s (marketo-rest 4). */
const unknownCustomMs = 125_000;
/** The limit for merges is 180 s (marketo-rest 2.4). */
const unknownMergeMs = 185_000;
/** The least time before a command that was not carried out is sent again. */
export const retryMs = 5_000;

/** What an outcome says beyond the command it answers. */
export type Answer = Partial<Omit<DeliveryOutcome, 'commandId' | 'goldenId' | 'revision' | 'lane'>> & {
  result: DeliveryResult;
};

/** The answer to a command, stamped with the time it is given. */
export function outcomeOf(command: WriteCommand, answer: Answer, nowMs: number): DeliveryOutcome {
  const { commandId, goldenId, revision, lane, personId, entity } = command;
  const nothing = {
    accepted: null,
    state: null,
    sent: null,
    answered: null,
    code: null,
    field: null,
    detail: null,
  };
  return {
    commandId,
    goldenId,
    revision,
    personId,
    ...nothing,
    retryAt: null,
    lane,
    at: isoTime(nowMs),
    ...(entity && { entity }),
    ...answer,
  };
}

/** The write may have happened: its key waits until Marketo can no longer commit it, and is then settled by a read. */
export function unknownOutcome(command: WriteCommand, code: ErrorCode, nowMs: number): DeliveryOutcome {
  const retryAt = isoTime(nowMs + unknownMsOf(command));
  return outcomeOf(command, { result: 'UNKNOWN', code, retryAt }, nowMs);
}

function unknownMsOf({ operation, entity }: WriteCommand): number {
  if (operation === 'MERGE') return unknownMergeMs;

  return entity?.startsWith('custom:') ? unknownCustomMs : unknownOutcomeMs;
}

/** What may have been sent, and which revision this process knows to be unsent. */
export type SentBefore = { readonly unsent: number | undefined; readonly nowMs: number };

/**
 * The answer to a command while Marketo may still commit what was sent before, be it the same revision or an earlier one: sent
 * now, it would be overwritten. Null when nothing is under way.
 */
export function unsettledOutcome(
  command: WriteCommand,
  before: Delivery | undefined,
  { unsent, nowMs }: SentBefore,
): DeliveryOutcome | null {
  if (!before || before.revision.number === unsent) return null;
  const code = 'MARKETO_OUTCOME_UNKNOWN';
  if (before.outcome === null) return unknownOutcome(command, code, nowMs);
  const { result, retryAt } = before.outcome;
  const isOver = result !== 'UNKNOWN' || retryAt === null || Date.parse(retryAt) <= nowMs;
  return isOver ? null : { ...unknownOutcome(command, code, nowMs), retryAt };
}

/** Nothing was sent; the record's owner plans it anew a little later, or when the failure says that it may. */
export function retryOutcome(command: WriteCommand, failure: unknown, nowMs: number): DeliveryOutcome {
  const asked = isSyncError(failure) ? failure.details['retryAfterMs'] : undefined;
  const waitMs = typeof asked === 'number' ? Math.max(retryMs, asked) : retryMs;
  return outcomeOf(
    command,
    { result: 'RETRY', code: codeOf(failure), retryAt: isoTime(nowMs + waitMs) },
    nowMs,
  );
}

/** The code of a failure of a whole call. */
export const codeOf = (error: unknown): ErrorCode => (isSyncError(error) ? error.code : 'MARKETO_REFUSED');
