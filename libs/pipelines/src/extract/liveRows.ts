import type { DynamicsRow, RefusedRow } from '@lockstep/ports';
import { liveRowsMax, rowMessage } from '../dynamicsEvents.ts';
import { nextWitness } from './epochs.ts';
import { meetRefused, raiseDuringRead } from './reading.ts';
import {
  commit,
  contextOf,
  definitionOf,
  refusedLetters,
  takeNumber,
  withHeaders,
  type Reading,
  type Session,
} from './session.ts';
import { stateOf, withState } from './tableState.ts';
import { confirmRows } from './watchTable.ts';

/**
 * Publishes what was edited since, beside the read of the whole table, which would show it late or, because its mark is
 * fixed at page 1, not at all. Deletes come with the delta that follows. Answers whether there is more.
 */
export async function publishLiveRows(
  session: Session,
  reading: Reading,
  signal: AbortSignal,
): Promise<boolean> {
  takeNumber(session);
  const from = stateOf(session.checkpoint).liveVersion ?? 0;
  const answer = await session.options.reader.readSince(definitionOf(session), from, signal);
  const rows = await confirmRows(session, answer, signal);
  const refused = answer.refused.filter(({ id }) => !session.recent.has(refusedKey(id), 0));
  await publish(session, reading, { rows, refused, upTo: newestOf(rows, from) });
  remember(session, reading, { rows, refused });
  pace(session, rows.length > 0);

  return answer.position !== null && rows.length > 0;
}

type Found = { readonly rows: readonly DynamicsRow[]; readonly refused: readonly RefusedRow[] };

const newestOf = (rows: readonly DynamicsRow[], from: number): number =>
  rows.reduce((newest, { version }) => Math.max(newest, version), from);

async function publish(
  session: Session,
  reading: Reading,
  { rows, refused, upTo }: Found & { readonly upTo: number },
): Promise<void> {
  const fresh = rows.filter((row) => !isAnnounced(session, reading, row));
  if (fresh.some((row) => reading.known?.judge(row.id, row) === 'BACKWARD'))
    await raiseDuringRead(session, reading);
  const witness = nextWitness(stateOf(session.checkpoint).witness, fresh);
  const next = withState(session.checkpoint, { liveVersion: upTo, witness });
  const lane = rows.length > liveRowsMax ? 'BACKFILL' : 'LIVE';
  const context = contextOf(session, { lane, operation: 'UPSERT' });
  const events = fresh.map((row) => rowMessage(row, context));
  const messages = [...withHeaders(session, events), ...refusedLetters(session, refused)];
  if (messages.length > 0) await commit(session, next, messages);
  else session.checkpoint = next;
}

/** A refused row has no version to go on from, so the query brings it again each time. */
const refusedKey = (id: string | null): string => `refused/${id}`;

/** The read of the whole table can have come by the row in this version already. */
const isAnnounced = ({ recent }: Session, { known }: Reading, { id, version }: DynamicsRow): boolean =>
  recent.has(id, version) || known?.isMetAt(id, version) === true;

function remember({ recent }: Session, reading: Reading, { rows, refused }: Found): void {
  for (const row of rows) {
    recent.add(row.id, row.version);
    reading.known?.meet(row.id, row);
  }
  for (const { id } of refused) {
    recent.add(refusedKey(id), 0);
    meetRefused(reading, id);
  }
}

/** Quick while there are edits, slower and slower while there are none. */
function pace(session: Session, busy: boolean): void {
  const { clock, pollIntervalMinMs, pollIntervalMaxMs } = session.options;
  const idleMs = busy ? pollIntervalMinMs : Math.min(session.poll.idleMs * 2, pollIntervalMaxMs);
  session.poll = { dueMs: clock.now() + idleMs, idleMs };
}
