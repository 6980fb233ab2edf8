import {
  isoTime,
  isSyncError,
  SyncError,
  topics,
  type Checkpoint,
  type TableDefinition,
} from '@lockstep/change-events';
import type { Clock, DynamicsPage, DynamicsReader, EventLog, Lease, OutgoingMessage } from '@lockstep/ports';
import { checkpointMessage, openSourceSession } from './checkpoints.ts';
import { laneOf, pageMessages } from './dynamicsEvents.ts';
import { notice } from './notices.ts';

/** A polling loop's work, one page at a time; the caller waits `idleMs` before the next. */
export type Stepper = { step(signal: AbortSignal): Promise<{ idleMs: number }>; close(): Promise<void> };

export type ExtractOptions = {
  readonly reader: Pick<DynamicsReader, 'readPage' | 'countRows'>;
  readonly log: EventLog;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly definition: TableDefinition;
  readonly versionEpoch: number;
  readonly pageSizeMax: number;
  /** Consumers whose lag holds back the first load; null when nobody else is configured. */
  readonly backfillGroup: string | null;
  readonly pollIntervalMinMs: number;
  readonly pollIntervalMaxMs: number;
  readonly headers?: () => Readonly<Record<string, string>>;
  /** Called after each committed page. */
  readonly onPublished?: (checkpoint: Checkpoint, messages: readonly OutgoingMessage[]) => void;
};

const gateIntervalMs = 100;
/** A quiet table's position is saved at least this often, because the server forgets old ones. */
const checkpointIntervalMs = 60_000;

/**
 * Follows one table of Dynamics: first all of it, then its changes. One transaction holds the events of a page and its
 * checkpoint, so a crash neither loses nor repeats a committed page.
 */
export async function openTableExtractor(options: ExtractOptions): Promise<Stepper> {
  const { log, clock, lease } = options;
  const { table } = options.definition;
  const start = { nowMs: clock.now(), versionEpoch: options.versionEpoch };
  const session = await openSourceSession(log, { source: 'dynamics', table }, start);
  let checkpoint = await withTotal(options, session.checkpoint);
  let page = checkpoint.page;
  let idleMs = options.pollIntervalMinMs;

  async function publish(answer: DynamicsPage): Promise<void> {
    const next = advance(checkpoint, answer, clock.now());
    const messages = eventMessages(options, checkpoint, answer);
    assertHeld(lease, table);
    if (messages.length === 0 && !isCheckpointDue(checkpoint, next)) {
      checkpoint = { ...next, updatedAt: checkpoint.updatedAt };
      return;
    }
    await session.publisher.publish([...messages, checkpointMessage(next)]);
    options.onPublished?.(next, messages);
    checkpoint = next;
  }

  return {
    async step(signal) {
      assertHeld(lease, table);
      if (await isHeldBack(options, checkpoint)) return { idleMs: gateIntervalMs };
      page = { ...page, number: page.number + 1 };
      checkpoint = { ...checkpoint, page };
      const answer = await readPage(options, checkpoint, signal);
      if (answer === null) {
        const startedAt = isoTime(clock.now());
        checkpoint = { ...checkpoint, phase: 'SNAPSHOT', position: null, rowsDone: 0, startedAt };
        return { idleMs: 0 };
      }
      await publish(answer);
      idleMs = nextIdle(options, answer, idleMs);
      return { idleMs: answer.complete ? idleMs : 0 };
    },
    close: () => session.publisher.close(),
  };
}

function assertHeld(lease: Lease, table: string): void {
  if (!lease.isHeld()) throw new SyncError('LEASE_LOST', { table });
}

/** How many rows the first load will bring, for progress only. */
async function withTotal(options: ExtractOptions, checkpoint: Checkpoint): Promise<Checkpoint> {
  if (checkpoint.phase === 'STREAMING' || checkpoint.rowsTotal !== null) return checkpoint;
  return { ...checkpoint, rowsTotal: await options.reader.countRows(options.definition) };
}

/** Null when the position has expired and the table must be read again from the start. */
async function readPage(
  options: ExtractOptions,
  checkpoint: Checkpoint,
  signal: AbortSignal,
): Promise<DynamicsPage | null> {
  try {
    return await options.reader.readPage(options.definition, checkpoint.position, signal);
  } catch (error) {
    if (isSyncError(error, 'DYNAMICS_POSITION_EXPIRED') && checkpoint.position !== null) return null;
    throw error;
  }
}

/** A page of the first load waits until the consumers have less than a page before them; live pages never wait. */
async function isHeldBack(options: ExtractOptions, checkpoint: Checkpoint): Promise<boolean> {
  if (checkpoint.phase !== 'SNAPSHOT' || options.backfillGroup === null) return false;
  const lag = await options.log.lag(options.backfillGroup, [
    topics.dynamicsChanges(options.definition.table),
  ]);
  return lag >= options.pageSizeMax;
}

function advance(checkpoint: Checkpoint, answer: DynamicsPage, nowMs: number): Checkpoint {
  const wasSnapshot = checkpoint.phase === 'SNAPSHOT';
  return {
    ...checkpoint,
    phase: answer.complete ? 'STREAMING' : checkpoint.phase,
    position: answer.position,
    rowsDone: checkpoint.rowsDone + (wasSnapshot ? answer.rows.length : 0),
    updatedAt: isoTime(nowMs),
  };
}

function isCheckpointDue(former: Checkpoint, next: Checkpoint): boolean {
  const elapsedMs = Date.parse(next.updatedAt) - Date.parse(former.updatedAt);
  return former.phase !== next.phase || elapsedMs >= checkpointIntervalMs;
}

function eventMessages(
  options: ExtractOptions,
  checkpoint: Checkpoint,
  answer: DynamicsPage,
): OutgoingMessage[] {
  const { versionEpoch, clock } = options;
  const { table } = options.definition;
  const context = {
    table,
    versionEpoch,
    page: checkpoint.page,
    observedAtMs: clock.now(),
    ...laneOf(checkpoint, answer),
  };
  const headers = options.headers?.() ?? {};
  const messages: OutgoingMessage[] = pageMessages(answer, context).map((message) => ({
    ...message,
    headers,
  }));
  if (checkpoint.phase === 'STREAMING' || !answer.complete) return messages;
  const counts = { rows: checkpoint.rowsDone + answer.rows.length };
  return [...messages, notice('SNAPSHOT_COMPLETED', `dynamics/${table}`, { counts, atMs: clock.now() })];
}

/** Quick while there is work, slower and slower while there is none. */
function nextIdle(options: ExtractOptions, answer: DynamicsPage, idleMs: number): number {
  const busy = answer.rows.length + answer.deletedIds.length > 0;
  return busy ? options.pollIntervalMinMs : Math.min(idleMs * 2, options.pollIntervalMaxMs);
}
