import { isSyncError, type Checkpoint } from '@lockstep/change-events';
import type { DynamicsPage, DynamicsRow, OutgoingMessage } from '@lockstep/ports';
import { deleteMessages, liveRowsMax, rowMessage } from '../dynamicsEvents.ts';
import { nextWitness } from './epochs.ts';
import {
  commit,
  contextOf,
  definitionOf,
  noLosses,
  refusedLetters,
  takeNumber,
  withHeaders,
  type Session,
} from './session.ts';
import { restartLost } from './reading.ts';
import { purposeOf, stateOf, withState } from './tableState.ts';
import { confirmRows } from './watchTable.ts';
import { afterDelta, changeEpoch, checkWitness } from './watchEpoch.ts';

/** A quiet table's position is saved at least this often, because the server forgets old ones. */
const checkpointIntervalMs = 60_000;
/** After a hint that found nothing: its change may not be visible yet. */
const quickIdleMs = 100;

/** Asks once for what has changed. */
export async function pollDelta(session: Session, signal: AbortSignal): Promise<{ idleMs: number }> {
  takeNumber(session);
  const answer = await readDelta(session, signal);
  if (answer === null) return losePosition(session, signal);
  session.losses = noLosses;
  if (await isBehind(session, answer)) return { idleMs: 0 };
  const rows = await confirmRows(session, answer, signal);
  await publish(session, { answer, rows });
  if (!answer.complete) return { idleMs: 0 };
  session.deltaRows = 0;
  session.recent.clear();
  if (await afterDelta(session)) return { idleMs: 0 };
  return purposeOf(session.checkpoint) === null ? pace(session, answer) : { idleMs: 0 };
}

/** Null when the delta link is not accepted any more. */
async function readDelta(session: Session, signal: AbortSignal): Promise<DynamicsPage | null> {
  const { checkpoint, options } = session;
  try {
    return await options.reader.readPage(definitionOf(session), checkpoint.position, signal);
  } catch (error) {
    if (isSyncError(error, 'DYNAMICS_POSITION_EXPIRED')) return null;
    throw error;
  }
}

async function losePosition(session: Session, signal: AbortSignal): Promise<{ idleMs: number }> {
  const raised = await checkWitness(session, signal, { absentMeans: 'NOTHING' });
  if (!raised) await restartLost(session);
  return { idleMs: 0 };
}

/** Marks only rise. One answer may come from a server that is late; the same twice means that the environment was put back. */
async function isBehind(session: Session, { mark }: DynamicsPage): Promise<boolean> {
  const { mark: known } = stateOf(session.checkpoint);
  const fell = mark !== null && known !== null && mark < known;
  const fellBefore = session.markFell;
  session.markFell = fell && !fellBefore;
  if (fell && fellBefore) await changeEpoch(session, 'MARK_FELL');

  return fell;
}

type Delta = { readonly answer: DynamicsPage; readonly rows: readonly DynamicsRow[] };

async function publish(session: Session, delta: Delta): Promise<void> {
  const { checkpoint, options } = session;
  const fresh = delta.rows.filter(({ id, version }) => !session.recent.has(id, version));
  session.deltaRows += delta.rows.length;
  const messages = messagesOf(session, { ...delta, rows: fresh });
  const next = advance(checkpoint, { ...delta, rows: fresh });
  const elapsedMs = options.clock.now() - Date.parse(checkpoint.updatedAt);
  if (messages.length > 0 || elapsedMs >= checkpointIntervalMs) await commit(session, next, messages);
  else session.checkpoint = next;
  if (delta.answer.deletedIds.includes(session.suspect?.recordId ?? '')) session.suspect = null;
}

function advance(checkpoint: Checkpoint, { answer, rows }: Delta): Checkpoint {
  const state = stateOf(checkpoint);

  return withState(
    { ...checkpoint, position: answer.position },
    {
      mark: answer.complete ? (answer.mark ?? state.mark) : state.mark,
      witness: nextWitness(state.witness, rows, answer.deletedIds),
    },
  );
}

function messagesOf(session: Session, { answer, rows }: Delta): OutgoingMessage[] {
  const lane = session.deltaRows > liveRowsMax ? 'BACKFILL' : 'LIVE';
  const context = contextOf(session, { lane, operation: 'UPSERT' });
  const events = [
    ...rows.map((row) => rowMessage(row, context)),
    ...answer.deletedIds.flatMap((id) => deleteMessages(id, context)),
  ];

  return [...withHeaders(session, events), ...refusedLetters(session, answer.refused)];
}

/** Quick while there is work, slower and slower while there is none. */
function pace(session: Session, answer: DynamicsPage): { idleMs: number } {
  const { pollIntervalMinMs, pollIntervalMaxMs, clock } = session.options;
  const busy = answer.rows.length + answer.deletedIds.length > 0;
  const slower = Math.min(session.poll.idleMs * 2, pollIntervalMaxMs);
  session.poll = { dueMs: clock.now(), idleMs: busy ? pollIntervalMinMs : slower };
  if (busy) session.quickPolls = 0;
  const isQuick = session.quickPolls > 0;
  if (isQuick) session.quickPolls -= 1;
  const idleMs = isQuick ? Math.min(quickIdleMs, pollIntervalMinMs) : session.poll.idleMs;
  session.poll.dueMs += idleMs;

  return { idleMs };
}
