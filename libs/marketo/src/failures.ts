import { isSyncError, SyncError, type ErrorCode } from '@lockstep/change-events';

/** A read can be asked again; a write that may have happened must be settled by a read. */
export type CallKind = 'read' | 'write';

export type MarketoFault = { readonly code: string; readonly message: string };

type Meaning = { readonly read: ErrorCode; readonly write: ErrorCode };

const both = (code: ErrorCode): Meaning => ({ read: code, write: code });
const lost = (read: ErrorCode): Meaning => ({ read, write: 'MARKETO_OUTCOME_UNKNOWN' });

/** Of a write it concerns its records, and the caller finds out which; of a read it makes no sense. */
const refused: Meaning = { read: 'MARKETO_ANSWER_INVALID', write: 'MARKETO_REFUSED' };

/** 605, 610, 612, 613: a call that no record can be blamed for, such as one that a proxy changed. Nothing was done. */
const misdirected = both('MARKETO_ANSWER_INVALID');

/**
 * Response-level codes (marketo-rest 6). 606, 607, 608, 614 and 615 are refused before anything is done; a gateway, a
 * time-out, a system, a transient or a lock error may come after the commit. 1016, 1019 and 1029 are full queues.
 */
const meanings: Readonly<Record<string, Meaning>> = {
  '502': lost('MARKETO_BUSY'),
  '601': both('MARKETO_CREDENTIALS'),
  '602': both('MARKETO_CREDENTIALS'),
  '603': both('MARKETO_FORBIDDEN'),
  '604': lost('MARKETO_UNREACHABLE'),
  '605': misdirected,
  '606': both('MARKETO_BUSY'),
  '607': both('MARKETO_QUOTA_SPENT'),
  '608': both('MARKETO_BUSY'),
  '609': refused,
  '610': misdirected,
  '611': lost('MARKETO_BUSY'),
  '612': misdirected,
  '613': misdirected,
  '614': both('MARKETO_BUSY'),
  '615': both('MARKETO_BUSY'),
  '616': both('MARKETO_FORBIDDEN'),
  '701': refused,
  '702': refused,
  '703': both('MARKETO_FORBIDDEN'),
  '704': refused,
  '709': refused,
  '712': refused,
  '713': lost('MARKETO_BUSY'),
  '714': refused,
  '718': refused,
  '719': lost('MARKETO_BUSY'),
  '1006': both('MARKETO_FIELD_UNKNOWN'),
  '1011': both('MARKETO_FIELD_UNKNOWN'),
  '1016': both('MARKETO_BUSY'),
  '1018': both('MARKETO_NATIVE_SYNC'),
  '1019': both('MARKETO_BUSY'),
  '1029': both('MARKETO_BUSY'),
};

/** The failure of an answer that carries an error. The message is not passed on, since it may quote values. */
export function faultFailure({ code, message }: MarketoFault, kind: CallKind): SyncError {
  // A code we do not know is laid at the records.
  const meaning = isDailyExport(code, message) ? both('MARKETO_QUOTA_SPENT') : (meanings[code] ?? refused);
  const field = namedField(message);

  return new SyncError(meaning[kind], { marketoCode: code, ...(field !== null && { field }) });
}

/**
 * The failure of a read that carried a place in a feed. What Marketo says of one that it does not know is nowhere written
 * (marketo-rest 10); everything else in such a call is ours and constant, so a complaint of what it holds means the place.
 */
export function positionFailure(failure: unknown): unknown {
  if (!isSyncError(failure, 'MARKETO_ANSWER_INVALID')) return failure;
  const { marketoCode } = failure.details;
  const isOfPlace = typeof marketoCode === 'string' && meanings[marketoCode] !== misdirected;

  return isOfPlace ? new SyncError('MARKETO_POSITION_LOST', { marketoCode }, { cause: failure }) : failure;
}

/** What was to be read, such as a list or a type of objects, is not there (1013). */
export const isNotThere = (error: unknown): boolean =>
  isSyncError(error, 'MARKETO_ANSWER_INVALID') && error.details['marketoCode'] === '1013';

/** 1029 has two meanings, told apart by its text: a full queue, and the megabytes of the day (marketo-rest 3.6). */
const isDailyExport = (code: string, message: string): boolean =>
  code === '1029' && /daily quota/i.test(message);

/** The failure of an answer that is no envelope: other statuses than 200, and bodies that are empty or cut off. */
export function answerFailure(status: number | null, reason: string, kind: CallKind): SyncError {
  const isTooLarge = status === 413 || status === 414;
  const isServerBusy = status !== null && (status >= 500 || status === 429);
  const read = isServerBusy ? 'MARKETO_BUSY' : 'MARKETO_UNREACHABLE';
  const meaning = isTooLarge ? refused : lost(read);

  return new SyncError(meaning[kind], { status, reason });
}

/** The field that a message names: `field 'X'`, `Field 'X' not found`, `Value for field 'X'` (marketo-rest 2.4). */
export function namedField(message: string): string | null {
  return /\bfield '([A-Za-z_]\w*)'/i.exec(message)?.[1] ?? null;
}
