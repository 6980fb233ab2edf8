import {
  fateOf,
  isoTime,
  isSyncError,
  rowEvent,
  SyncError,
  topics,
  type ChangeEvent,
  type DynamicsOutcome,
  type InboxMessage,
} from '@lockstep/change-events';
import type {
  Clock,
  DynamicsMergeResult,
  DynamicsRemoval,
  DynamicsRemoveResult,
  DynamicsRequests,
  DynamicsRow,
  DynamicsUpdateResult,
  DynamicsWriter,
  Publisher,
} from '@lockstep/ports';
import pLimit from 'p-limit';
import type { DynamicsWriteEntry } from '@lockstep/reconciliation';
import { carryOutRequest, namedOwner } from './carryOutRequest.ts';
import type { OwnedWrite } from './reconcile/reconcileOutput.ts';

export type DynamicsWriteOptions = {
  readonly writer: DynamicsWriter & DynamicsRequests;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly inFlightMax: number;
  /** Whether the duplicate detection rules of Dynamics may hold new rows back (G-20); not by default. */
  readonly detectDuplicates?: boolean;
  readonly onWritten?: (result: string) => void;
  /** Told when an outcome could not be learnt or published; the write stays open and is looked at again. */
  readonly onFailure?: (error: unknown) => void;
};

/**
 * Carries out guarded writes, a bounded number at a time, and sends each outcome to its owner's inbox. What fails on the
 * way stays open in the golden record: a sweep looks at it again, and reads the row before it writes.
 */
export function createDynamicsWriter(
  options: DynamicsWriteOptions,
): (writes: readonly OwnedWrite[]) => Promise<void> {
  const limit = pLimit(options.inFlightMax);
  return async (writes) => {
    await Promise.all(writes.map((write) => limit(() => carryOut(options, write))));
  };
}

async function carryOut(options: DynamicsWriteOptions, { goldenId, entry }: OwnedWrite): Promise<void> {
  try {
    const message = await attempt(options, { goldenId, entry });
    const result =
      message.kind === 'event'
        ? message.written?.result
        : message.kind === 'refusal'
          ? message.written.result
          : '';
    options.onWritten?.(result ?? '');
    await options.publisher.publish([{ topic: topics.inbox, key: goldenId, value: message }]);
  } catch (error) {
    options.onFailure?.(error);
  }
}

type OwnedRow = { readonly goldenId: string; readonly entry: DynamicsWriteEntry };

async function attempt(
  options: DynamicsWriteOptions,
  { goldenId, entry }: OwnedWrite,
): Promise<InboxMessage> {
  if (entry.kind === 'dynamics-write') return attemptWrite(options, { goldenId, entry });
  const result = await orRefuse(() => carryOutRequest(options.writer, entry));
  return refusal({ goldenId, entry }, result);
}

/** A write that may have happened before is preceded by a read: only a row that has not moved is written again. */
async function attemptWrite(options: DynamicsWriteOptions, owned: OwnedRow): Promise<InboxMessage> {
  const { writer } = options;
  const { table, rowId, ifMatch, attempts } = owned.entry;
  if (ifMatch === null) return create(options, owned);
  if (attempts > 0) {
    const row = await writer.read(table, rowId);
    if (row === null) return refusal(owned, { result: 'MISSING' });
    if (row.version !== ifMatch.number) return moved(options, owned, row, 'DYNAMICS_UNREACHABLE');
  }
  const row = { table, id: rowId, version: ifMatch.number };
  const answer = await orRefuse(() => writeRow(writer, owned.entry, row));
  switch (answer.result) {
    case 'DELETED':
    case 'MERGED':
      return refusal(owned, { result: 'WRITTEN' });
    case 'WRITTEN':
      return eventMessage(options, owned, answer.row, { result: 'WRITTEN' });
    case 'STALE': {
      const row = await writer.read(table, rowId);
      return row === null ? refusal(owned, { result: 'MISSING' }) : moved(options, owned, row, null);
    }
    case 'MISSING':
      return refusal(owned, { result: 'MISSING' });
    case 'REFUSED':
      return refusal(owned, answer);
  }
}

type RowResult = DynamicsUpdateResult | DynamicsRemoveResult | DynamicsMergeResult;

function writeRow(
  writer: DynamicsWriter,
  { columns, ends, into = '' }: DynamicsWriteEntry,
  row: DynamicsRemoval,
): Promise<RowResult> {
  if (ends === 'delete') return writer.deleteRow(row);

  return ends === 'merge' ? writer.mergeRow({ ...row, into }) : writer.update({ ...row, columns });
}

/** Its id tells whether a creation has happened before; then the row is what others have made of it. */
async function create(options: DynamicsWriteOptions, owned: OwnedRow): Promise<InboxMessage> {
  const { writer, detectDuplicates = false } = options;
  const { table, rowId, columns } = owned.entry;
  const named = await namedOwner(writer, owned.entry.owner);
  if ('code' in named) return refusal(owned, named);
  const creation = { table, id: rowId, columns, detectDuplicates, ...named };
  const answer = await orRefuse(() => writer.create(creation));
  if (answer.result === 'REFUSED') return refusal(owned, answer);
  if (answer.result === 'WRITTEN') return eventMessage(options, owned, answer.row, { result: 'WRITTEN' });
  const row = await writer.read(table, rowId);
  // Gone again in between: the next attempt settles it.
  if (row === null) throw new SyncError('DYNAMICS_UNREACHABLE', { table });
  return moved(options, owned, row, 'DYNAMICS_UNREACHABLE');
}

type Refused = Extract<DynamicsUpdateResult, { result: 'REFUSED' }>;

/** An error that is the record's own fault is a refusal. */
async function orRefuse<Answer>(write: () => Promise<Answer>): Promise<Answer | Refused> {
  try {
    return await write();
  } catch (error) {
    if (fateOf(error) !== 'PARK' || !isSyncError(error)) throw error;
    return { result: 'REFUSED', code: error.code, field: null, detail: error.message };
  }
}

type Result = Partial<DynamicsOutcome> & Pick<DynamicsOutcome, 'result'>;

function outcomeOf({ entry }: OwnedWrite, result: Result): DynamicsOutcome {
  const { code = null, field = null, detail = null } = result;
  return { entryId: entry.entryId, result: result.result, code, field, detail };
}

function refusal(owned: OwnedWrite, result: Result): InboxMessage {
  return { kind: 'refusal', goldenId: owned.goldenId, written: outcomeOf(owned, result) };
}

/** `code` says that an earlier answer was lost: our write may be part of what the row shows. */
function moved(
  options: DynamicsWriteOptions,
  owned: OwnedRow,
  row: DynamicsRow,
  code: string | null,
): InboxMessage {
  return eventMessage(options, owned, row, { result: 'STALE', code });
}

function eventMessage(
  options: DynamicsWriteOptions,
  owned: OwnedRow,
  row: DynamicsRow,
  result: Result,
): InboxMessage {
  const { table, ifMatch } = owned.entry;
  const event: ChangeEvent = rowEvent(row, {
    table,
    // Read outside the pages: it ranks below every page, so that it can never undo a delete.
    page: { epoch: 0, number: 0 },
    // Nothing is known of the versions of a new row: the first page that shows it outranks this, or says the same.
    versionEpoch: ifMatch?.epoch ?? 1,
    observedAt: isoTime(options.clock.now()),
    lane: 'LIVE',
    operation: 'UPSERT',
  });
  return {
    kind: 'event',
    goldenId: owned.goldenId,
    system: 'dynamics',
    table,
    event,
    written: outcomeOf(owned, result),
  };
}
