import { isSyncError, type AdHocQuery, type Checkpoint } from '@lockstep/change-events';
import type { DynamicsRows } from '@lockstep/ports';
import { rowMessage } from '../dynamicsEvents.ts';
import {
  commit,
  contextOf,
  definitionOf,
  refusedLetters,
  tableNotice,
  takeNumber,
  withHeaders,
  type Session,
} from './session.ts';
import { withState } from './tableState.ts';
import { confirmRows } from './watchTable.ts';

/** Announces the next page of what was asked for by a filter; the stream goes on beside it. */
export async function readQueryPage(session: Session, query: AdHocQuery, signal: AbortSignal): Promise<void> {
  takeNumber(session);
  const answer = await readPage(session, query, signal);
  if (answer === 'REFUSED') return refuse(session, query);
  if (answer === 'LOST') {
    session.checkpoint = withState(session.checkpoint, { query: { ...query, position: null, rowsDone: 0 } });
    return;
  }
  const rows = await confirmRows(session, answer, signal);
  const context = contextOf(session, { lane: 'BACKFILL', operation: 'SNAPSHOT', label: query.controlId });
  const rowsDone = query.rowsDone + rows.length;
  const messages = [
    ...withHeaders(
      session,
      rows.map((row) => rowMessage(row, context)),
    ),
    ...refusedLetters(session, answer.refused),
    ...(answer.position === null ? [completion(session, query, rowsDone)] : []),
  ];
  await commit(
    session,
    advance(session.checkpoint, query, { position: answer.position, rowsDone }),
    messages,
  );
}

async function readPage(
  session: Session,
  { filter, position }: AdHocQuery,
  signal: AbortSignal,
): Promise<DynamicsRows | 'REFUSED' | 'LOST'> {
  try {
    return await session.options.reader.readWhere(definitionOf(session), { filter, position }, signal);
  } catch (error) {
    if (isSyncError(error, 'QUERY_INVALID')) return 'REFUSED';
    if (isSyncError(error, 'DYNAMICS_POSITION_EXPIRED') && position !== null) return 'LOST';
    throw error;
  }
}

async function refuse(session: Session, { controlId }: AdHocQuery): Promise<void> {
  const facts = { controlId, reason: 'QUERY_INVALID' };
  const told = tableNotice(session, 'CONTROL_REFUSED', { facts });
  await commit(session, withState(session.checkpoint, { query: null }), [told]);
}

const completion = (session: Session, { controlId }: AdHocQuery, rows: number) =>
  tableNotice(session, 'BACKFILL_COMPLETED', {
    counts: { rows, published: rows, deletes: 0 },
    facts: { controlId },
  });

function advance(
  checkpoint: Checkpoint,
  query: AdHocQuery,
  { position, rowsDone }: { readonly position: string | null; readonly rowsDone: number },
): Checkpoint {
  return withState(checkpoint, { query: position === null ? null : { ...query, position, rowsDone } });
}
