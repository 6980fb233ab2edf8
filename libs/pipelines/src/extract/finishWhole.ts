import type { OutgoingMessage } from '@lockstep/ports';
import { deleteMessages } from '../dynamicsEvents.ts';
import { brakeAgrees, defaultBrake } from '../brake.ts';
import { publishLiveRows } from './liveRows.ts';
import {
  commit,
  contextOf,
  tableNotice,
  takeNumber,
  withHeaders,
  type Reading,
  type Session,
} from './session.ts';
import { completeWholeRead, purposeOf, stateOf } from './tableState.ts';

/**
 * Ends a comparison. A row that was edited after page 1 is on no page, so the live query is emptied first; ids that are
 * known and still not met are gone.
 */
export async function finishWhole(session: Session, reading: Reading, signal: AbortSignal): Promise<void> {
  const hasMore = await publishLiveRows(session, reading, signal);
  if (hasMore || reading.known === null || reading.end === null) return;
  const missing = reading.known.missingCount();
  const agrees = missing === 0 || isAgreed(session, reading, missing);
  if (agrees) await publishDeletes(session, reading.known.missing());
  const deletesHeld = agrees ? null : missing;
  const next = completeWholeRead(
    session.checkpoint,
    { ...reading.end, deletesHeld },
    session.options.clock.now(),
  );
  await commit(session, next, completionNotices(session, reading, { missing, agrees }));
  session.reading = null;
}

function isAgreed({ options, checkpoint }: Session, reading: Reading, deletes: number): boolean {
  const { deletesConfirmed: confirmed } = stateOf(checkpoint);
  const question = { deletes, known: reading.knownCount, confirmed };

  return reading.unreadableKeys === 0 && brakeAgrees(question, options.brake ?? defaultBrake);
}

/** In parts of a page, so that no transaction grows with the table. */
async function publishDeletes(session: Session, ids: Iterable<string>): Promise<void> {
  takeNumber(session);
  const context = contextOf(session, { lane: 'BACKFILL', operation: 'SNAPSHOT' });
  let part: OutgoingMessage[] = [];
  for (const id of ids) {
    part.push(...deleteMessages(id, context));
    if (part.length < session.options.pageSizeMax) continue;
    await commit(session, session.checkpoint, withHeaders(session, part));
    part = [];
  }
  if (part.length > 0) await commit(session, session.checkpoint, withHeaders(session, part));
}

type Outcome = { readonly missing: number; readonly agrees: boolean };

function completionNotices(
  session: Session,
  reading: Reading,
  { missing, agrees }: Outcome,
): OutgoingMessage[] {
  const { checkpoint } = session;
  const { label } = stateOf(checkpoint);
  const isBackfill = purposeOf(checkpoint) === 'BACKFILL';
  const counts = { rows: checkpoint.rowsDone, published: reading.published, deletes: agrees ? missing : 0 };
  const held = { deletes: missing, known: reading.knownCount };

  return [
    tableNotice(session, isBackfill ? 'BACKFILL_COMPLETED' : 'RESYNC_COMPLETED', {
      counts,
      ...(isBackfill && label !== null && { facts: { label } }),
    }),
    ...(agrees ? [] : [tableNotice(session, 'RESYNC_DELETES_HELD', { counts: held })]),
  ];
}
