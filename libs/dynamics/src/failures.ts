import { SyncError, type ErrorCode } from '@lockstep/change-events';
import type { HttpAnswer } from './httpTransport.ts';

/** What a failed answer says: Dataverse's own code, lower case, '' when there is none (dataverse facts 4.3). */
export type DataverseFault = { readonly status: number; readonly code: string; readonly message: string };

/** Codes that decide whatever the status; the statuses of several are not documented. */
const codeMeanings: Readonly<Record<string, ErrorCode>> = {
  '0x80044352': 'DYNAMICS_POSITION_EXPIRED',
  '0x80072491': 'DYNAMICS_TRACKING_OFF',
  '0x80072492': 'DYNAMICS_TRACKING_OFF',
  '0x80041102': 'DYNAMICS_TABLE_UNKNOWN',
  '0x80041103': 'DYNAMICS_TABLE_UNKNOWN',
  '0x80060888': 'DYNAMICS_TABLE_UNKNOWN',
  '0x80040220': 'DYNAMICS_FORBIDDEN',
  '0x80072560': 'DYNAMICS_FORBIDDEN',
  '0x8004a112': 'DYNAMICS_FORBIDDEN',
  '0x80072322': 'DYNAMICS_BUSY',
  '0x80072321': 'DYNAMICS_BUSY',
  '0x80072326': 'DYNAMICS_BUSY',
  '0x80044151': 'DYNAMICS_BUSY',
  '0x80044150': 'DYNAMICS_BUSY',
  '0x80071154': 'DYNAMICS_BUSY',
};

const statusMeanings: Readonly<Record<number, ErrorCode>> = {
  401: 'DYNAMICS_CREDENTIALS',
  403: 'DYNAMICS_FORBIDDEN',
  408: 'DYNAMICS_BUSY',
  429: 'DYNAMICS_BUSY',
};

/** Reads code and message of a failed answer; a body that is no error object leaves both empty. */
export function faultOf({ status, text }: HttpAnswer): DataverseFault {
  const error = parsedError(text);
  const { code, message } = error ?? {};

  return { status, code: String(code ?? '').toLowerCase(), message: String(message ?? '') };
}

function parsedError(text: string): { code?: unknown; message?: unknown } | null {
  try {
    return (JSON.parse(text) as { error?: { code?: unknown } } | null)?.error ?? null;
  } catch {
    return null;
  }
}

/** What a failed answer means for a read or a write: the code decides first, then the status; null when neither does. */
export function meaningOf({ status, code }: DataverseFault): ErrorCode | null {
  const known = codeMeanings[code] ?? statusMeanings[status];

  return known ?? (status >= 500 ? 'DYNAMICS_BUSY' : null);
}

/**
 * The failure of a read. A bad request means that Dataverse does not take the position (what it answers to a malformed
 * one is documented nowhere), or without a position that the table or a column is wrong.
 */
export function readFailure(answer: HttpAnswer, context: { table: string; hasPosition: boolean }): SyncError {
  const fault = faultOf(answer);
  const whenBad = context.hasPosition ? 'DYNAMICS_POSITION_EXPIRED' : 'DYNAMICS_TABLE_UNKNOWN';
  const whenOther = fault.status === 410 ? 'DYNAMICS_POSITION_EXPIRED' : 'DYNAMICS_ANSWER_INVALID';
  const isBad = fault.status === 400 || fault.status === 404;

  return failure(meaningOf(fault) ?? (isBad ? whenBad : whenOther), answer, context.table);
}

/** An error with the facts an operator needs, and how long Dataverse asks to wait. */
export function failure(code: ErrorCode, answer: HttpAnswer, table: string): SyncError {
  const { status, code: dataverseCode, message } = faultOf(answer);
  const retryAfterMs = retryAfterOf(answer);
  const privilege = code === 'DYNAMICS_FORBIDDEN' ? /\bprv\w{1,100}/i.exec(message)?.[0] : undefined;

  return new SyncError(code, {
    table,
    status,
    ...(dataverseCode !== '' && { dataverseCode }),
    ...(privilege !== undefined && { privilege }),
    ...(retryAfterMs !== null && { retryAfterMs }),
  });
}

/** The limits look back over five minutes (dataverse facts 4.1): a longer wait than this is a mistake of whoever answered. */
const retryAfterMaxMs = 60 * 60 * 1000;

/** How long Dataverse, or a gateway before it, asks to wait; null when it does not. */
export function retryAfterOf({ headers }: Pick<HttpAnswer, 'headers'>): number | null {
  const asked = String(headers['retry-after'] ?? '').trim();
  const waitMs = /^\d/.test(asked) ? Number(asked) * 1000 : untilMs(asked, String(headers['date']));

  return waitMs >= 0 ? Math.min(Math.ceil(waitMs), retryAfterMaxMs) : null;
}

/** A moment (RFC 9110, 10.2.3) by the clock of the answer, which may differ from ours; NaN for anything else. */
const untilMs = (moment: string, now: string): number =>
  moment.endsWith('GMT') ? Math.max(0, Date.parse(moment) - Date.parse(now)) : NaN;

/** There is no row of this id. */
export function isRowMissing({ status, code }: DataverseFault): boolean {
  return status === 404 && (code === '0x80040217' || code === '');
}
