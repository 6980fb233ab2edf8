import { topics } from '@lockstep/change-events';
import { commit, tableNotice, type Session } from './session.ts';

/** The time in which even a slow consumer gets through a page. */
const toldAfterMs = 5 * 60 * 1000;

/**
 * A page that is no fresh edit waits until the consumers have less than a page before them. A group that does not read at all, or
 * that nobody runs, would hold it for ever, so a long wait is told once.
 */
export async function isHeldBack(session: Session): Promise<boolean> {
  const { options } = session;
  if (options.backfillGroup === null) return false;
  const lag = await options.log.lag(options.backfillGroup, [topics.dynamicsChanges(options.table)]);
  if (lag < options.pageSizeMax) session.heldBack = null;
  else await tellHeldBack(session, options.backfillGroup, lag);

  return lag >= options.pageSizeMax;
}

async function tellHeldBack(session: Session, group: string, lag: number): Promise<void> {
  const nowMs = session.options.clock.monotonic();
  session.heldBack ??= { sinceMs: nowMs, isTold: false };
  const { sinceMs, isTold } = session.heldBack;
  if (isTold || nowMs - sinceMs < toldAfterMs) return;
  session.heldBack = { sinceMs, isTold: true };
  await commit(session, session.checkpoint, [
    tableNotice(session, 'READ_HELD_BACK', { counts: { behind: lag }, facts: { group } }),
  ]);
}
