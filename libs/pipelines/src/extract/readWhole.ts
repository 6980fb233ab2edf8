import { isSyncError, SyncError, type Checkpoint } from '@lockstep/change-events';
import type { DynamicsPage, OutgoingMessage } from '@lockstep/ports';
import { rowMessage } from '../dynamicsEvents.ts';
import { nextWitness } from './epochs.ts';
import { judgePage, type JudgedPage } from './judgePage.ts';
import { isProgressDue, progressOf, quartersOf, type ProgressTold } from './progress.ts';
import { orUnpacked, packingOf } from './packing.ts';
import { meetRefused, raiseDuringRead, restartLost } from './reading.ts';
import {
  commit,
  contextOf,
  definitionOf,
  refusedLetters,
  tableNotice,
  takeNumber,
  withHeaders,
  type Reading,
  type Session,
} from './session.ts';
import { completeWholeRead, purposeOf, stateOf, withState } from './tableState.ts';
import { confirmRows } from './watchTable.ts';

/** Reads and publishes the next page of the whole table. */
export async function readWholePage(session: Session, reading: Reading, signal: AbortSignal): Promise<void> {
  takeNumber(session);
  const answer = await readPage(session, signal);
  if (answer === null) return restartLost(session);
  assertMoves(session, answer);
  const publishAnswer = (page: DynamicsPage) => judgeAndPublish(session, reading, page, signal);
  await orUnpacked(answer, publishAnswer);
}

async function judgeAndPublish(
  session: Session,
  reading: Reading,
  answer: DynamicsPage,
  signal: AbortSignal,
): Promise<void> {
  const rows = await confirmRows(session, answer, signal);
  const judged = judgePage(session, reading, rows);
  if (judged.wentBack) await raiseDuringRead(session, reading);
  await publish(session, reading, { answer, judged });
}

/** Null when the position is lost and the read begins again. */
async function readPage(session: Session, signal: AbortSignal): Promise<DynamicsPage | null> {
  const { checkpoint, options } = session;
  try {
    const packing = await packingOf(session);
    return await options.reader.readPage(definitionOf(session), checkpoint.position, signal, packing);
  } catch (error) {
    if (isSyncError(error, 'DYNAMICS_POSITION_EXPIRED') && checkpoint.position !== null) return null;
    throw error;
  }
}

/** A server that answers the same link for ever would hold the table for ever. */
function assertMoves({ checkpoint, options }: Session, answer: DynamicsPage): void {
  if (answer.complete || answer.position !== checkpoint.position) return;
  throw new SyncError('DYNAMICS_ANSWER_INVALID', {
    table: options.table,
    reason: 'the next page is this page',
  });
}

type Page = { readonly answer: DynamicsPage; readonly judged: JudgedPage };

async function publish(session: Session, reading: Reading, { answer, judged }: Page): Promise<void> {
  const { checkpoint } = session;
  const next = advance(checkpoint, answer);
  const isFirstLoad = purposeOf(checkpoint) === 'FIRST_LOAD';
  const ends = answer.complete && isFirstLoad;
  const { told, notices } = tellProgress(session, reading, next);
  const messages = [
    ...withHeaders(session, eventsOf(session, judged)),
    ...refusedLetters(session, answer.refused),
    ...notices,
    ...(ends ? [tableNotice(session, 'SNAPSHOT_COMPLETED', { counts: { rows: next.rowsDone } })] : []),
  ];
  await commit(session, ends ? ended(session, next, answer) : next, messages);
  reading.told = told;
  remember(session, reading, { answer, judged });
  if (ends) session.reading = null;
  else if (answer.complete) reading.end = { position: answer.position, mark: answer.mark };
}

/** The last page of a comparison does not end it: first, what is missing must be found. */
function advance(checkpoint: Checkpoint, answer: DynamicsPage): Checkpoint {
  const rowsDone = checkpoint.rowsDone + answer.rows.length;
  const witness = nextWitness(stateOf(checkpoint).witness, answer.rows);

  return withState({ ...checkpoint, position: answer.position, rowsDone }, { witness });
}

function ended({ options }: Session, next: Checkpoint, { position, mark }: DynamicsPage): Checkpoint {
  return completeWholeRead(next, { position, mark, deletesHeld: null }, options.clock.now());
}

function eventsOf(session: Session, { fresh, repeated }: JudgedPage): OutgoingMessage[] {
  const { label } = stateOf(session.checkpoint);
  const context = contextOf(session, { lane: 'BACKFILL', operation: 'SNAPSHOT' });

  return [
    ...fresh.map((row) => rowMessage(row, context)),
    ...repeated.map((row) => rowMessage(row, { ...context, label })),
  ];
}

/** Only what is committed counts as met and as announced. */
function remember(session: Session, reading: Reading, { answer, judged }: Page): void {
  const { liveVersion } = stateOf(session.checkpoint);
  for (const row of judged.met) reading.known?.meet(row.id, row);
  for (const { id } of answer.refused) meetRefused(reading, id);
  for (const row of judged.fresh)
    if (row.version > (liveVersion ?? Infinity)) session.recent.add(row.id, row.version);
  reading.published += judged.fresh.length + judged.repeated.length;
}

type Telling = { readonly told: ProgressTold; readonly notices: readonly OutgoingMessage[] };

function tellProgress(session: Session, { told }: Reading, next: Checkpoint): Telling {
  const nowMs = session.options.clock.now();
  const progress = progressOf(next, nowMs);
  const startedMs = Date.parse(next.startedAt);
  if (progress === null || !isProgressDue(progress, told, { nowMs, startedMs })) return { told, notices: [] };
  const { rowsDone: rows, rowsTotal: total, secondsLeft } = progress;
  const counts = {
    rows,
    ...(total !== null && { total }),
    ...(secondsLeft !== null && { secondsLeft: Math.round(secondsLeft) }),
  };

  return {
    told: { atMs: nowMs, quarters: quartersOf(progress) },
    notices: [tableNotice(session, 'SNAPSHOT_PROGRESS', { counts })],
  };
}
