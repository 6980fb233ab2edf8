import { isSyncError, type Checkpoint } from '@lockstep/change-events';
import { answerCommand, stayPaused } from './extract/answerCommand.ts';
import { beginCompare } from './extract/beginCompare.ts';
import { beginWhole } from './extract/beginWhole.ts';
import type { ExtractOptions } from './extract/extractOptions.ts';
import { finishWhole } from './extract/finishWhole.ts';
import { isHeldBack } from './extract/holdBack.ts';
import { publishLiveRows } from './extract/liveRows.ts';
import { pollDelta } from './extract/pollDelta.ts';
import { readQueryPage } from './extract/readQuery.ts';
import { readWholePage } from './extract/readWhole.ts';
import {
  assertHeld,
  commit,
  openSession,
  tableNotice,
  type Reading,
  type Session,
} from './extract/session.ts';
import { purposeOf, stateOf } from './extract/tableState.ts';
import { watchEpoch } from './extract/watchEpoch.ts';
import { isWaiting, watchColumns } from './extract/watchTable.ts';

/** A polling loop's work, one page at a time; the caller waits `idleMs` before the next. */
export type Stepper = { step(signal: AbortSignal): Promise<{ idleMs: number }>; close(): Promise<void> };

export type TableExtractor = Stepper & {
  /** Something may have changed; the caller steps at once. What is not visible yet is asked for a few times more. */
  hint(): void;
  checkpoint(): Checkpoint;
};

const gateIntervalMs = 100;
const quickPollsMax = 4;

/**
 * Follows one table of Dynamics: first all of it, then its changes (docs/decisions/0010). One transaction holds the events
 * of a page and its checkpoint, so a crash neither loses nor repeats a committed page.
 */
export async function openTableExtractor(options: ExtractOptions): Promise<TableExtractor> {
  const session = await openSession(options);

  return {
    hint: () => void (session.quickPolls = quickPollsMax),
    checkpoint: () => session.checkpoint,
    async step(signal) {
      assertHeld(session);
      try {
        const result = await step(session, signal);
        session.waitingCode = null;
        return result;
      } catch (error) {
        if (!doubtsColumns(session, error)) await tellWaiting(session, error);
        throw error;
      }
    },
    close: () => session.publisher.close(),
  };
}

async function step(session: Session, signal: AbortSignal): Promise<{ idleMs: number }> {
  if (await answerCommand(session, signal)) return { idleMs: 0 };
  if (stateOf(session.checkpoint).pausedAt !== null) return stayPaused(session);
  await watchColumns(session, signal);
  await watchEpoch(session, signal);
  await beginCompare(session);
  if (purposeOf(session.checkpoint) === null) return followChanges(session, signal);
  if (session.reading === null) await beginWhole(session, signal);

  return session.reading === null ? { idleMs: 0 } : readOn(session, session.reading, signal);
}

/** Between two polls there is time for a page of a query. */
async function followChanges(session: Session, signal: AbortSignal): Promise<{ idleMs: number }> {
  const { query } = stateOf(session.checkpoint);
  if (query === null || untilPollMs(session) <= 0) {
    const { idleMs } = await pollDelta(session, signal);
    return { idleMs: query === null ? idleMs : 0 };
  }
  if (await isHeldBack(session)) return { idleMs: Math.min(gateIntervalMs, untilPollMs(session)) };
  await readQueryPage(session, query, signal);

  return { idleMs: 0 };
}

/**
 * Live edits go before the next page of the whole table, but not before page 1: the delta that follows tells of no delete that
 * came before it.
 */
async function readOn(session: Session, reading: Reading, signal: AbortSignal): Promise<{ idleMs: number }> {
  if (reading.end !== null) await finishWhole(session, reading, signal);
  else if (session.checkpoint.position === null) await readWholePage(session, reading, signal);
  else if (untilPollMs(session) <= 0) await publishLiveRows(session, reading, signal);
  else if (await isHeldBack(session)) return { idleMs: Math.min(gateIntervalMs, untilPollMs(session)) };
  else await readWholePage(session, reading, signal);
  const { poll, options, checkpoint } = session;
  if (purposeOf(checkpoint) !== null) return { idleMs: 0 };
  session.poll = { dueMs: options.clock.now(), idleMs: options.pollIntervalMinMs };

  return { idleMs: Math.min(poll.idleMs, options.pollIntervalMinMs) };
}

const untilPollMs = ({ poll, options }: Session): number => poll.dueMs - options.clock.now();

/** A table that was described a while ago and is refused now is there, but may lack a column; the next step describes it again. */
function doubtsColumns(session: Session, error: unknown): boolean {
  if (session.description === null || !isSyncError(error, 'DYNAMICS_TABLE_UNKNOWN')) return false;
  session.description = null;

  return true;
}

/** Told once per outage: an administrator has to act, and nobody watches the log of each process. */
async function tellWaiting(session: Session, error: unknown): Promise<void> {
  if (!isWaiting(error) || !isSyncError(error) || session.waitingCode === error.code) return;
  session.waitingCode = error.code;
  const { privilege, subject } = error.details;
  const facts = {
    reason: error.code,
    ...(typeof privilege === 'string' && { privilege }),
    ...(typeof subject === 'string' && { subject }),
  };
  await commit(session, session.checkpoint, [tableNotice(session, 'TABLE_WAITS', { facts })]);
}
