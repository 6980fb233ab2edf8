import {
  isoTime,
  SyncError,
  topics,
  type Checkpoint,
  type PageContext,
  type TableDefinition,
} from '@lockstep/change-events';
import type { OutgoingMessage, Publisher, RefusedRow, TableDescription } from '@lockstep/ports';
import { checkpointMessage, openSourceSession } from '../checkpoints.ts';
import { rowDeadLetter } from '../deadLetters.ts';
import { notice, type NoticeCode } from '../notices.ts';
import { publishPage } from '../publishPage.ts';
import type { ExtractOptions } from './extractOptions.ts';
import type { KnownRows } from './knownRows.ts';
import type { ProgressTold } from './progress.ts';
import { createRecentRows, type RecentRows } from './recentRows.ts';

/** A read of the whole table that this process has begun or taken up. */
export type Reading = {
  /** What is published of the table; null where nothing is compared. */
  readonly known: KnownRows | null;
  readonly knownCount: number;
  /** Set when the last page is published: where the stream will go on. */
  end: { readonly position: string; readonly mark: number | null } | null;
  /** A row whose key cannot be read might be any of those that are missing. */
  unreadableKeys: number;
  published: number;
  told: ProgressTold;
};

/** One holder's work on one table. The checkpoint is the last that is committed, but for numbers that were taken since. */
export type Session = {
  readonly options: ExtractOptions;
  readonly publisher: Publisher;
  checkpoint: Checkpoint;
  /** Columns that are read and published now; null before the table was described. */
  definition: TableDefinition | null;
  /** Null when the table is to be described before anything else is asked. */
  description: TableDescription | null;
  describedAtMs: number;
  /** The metadata version of an answer after which the table was described. */
  confirmedMetadata: string | null;
  reading: Reading | null;
  readonly recent: RecentRows;
  poll: { dueMs: number; idleMs: number };
  /** Polls left that follow each other quickly because of a hint. */
  quickPolls: number;
  /** Rows of a delta answer so far, over its pages. */
  deltaRows: number;
  witnessDueMs: number;
  /** The witness was not there; the first complete delta that is asked for from then on must bring its tombstone. */
  suspect: Suspect | null;
  /** The last delta's mark was below the known one. */
  markFell: boolean;
  /** Positions that were lost since a delta link was last accepted, and until when the next loss has to wait. */
  losses: { readonly inARow: number; readonly waitUntilMs: number };
  pauseWarnedMs: number | null;
  waitingCode: string | null;
  /** Since when a page has waited for its consumers. */
  heldBack: { readonly sinceMs: number; readonly isTold: boolean } | null;
};

/** `isOverdue`: the delta that was under way has ended; its mark may be older than the tombstone. */
export type Suspect = { readonly recordId: string; readonly isOverdue: boolean };

export const noLosses = { inARow: 0, waitUntilMs: -Infinity };

/** What every table publishes beside its changes. */
const sharedTopics = [topics.checkpoints, topics.notices, topics.deadLetters];

/** Throws SCHEMA_MISSING and the like for what is published of every table, before anything is read. */
export async function openSession(options: ExtractOptions): Promise<Session> {
  const { log, clock, table, versionEpoch } = options;
  // Whoever may not publish has nothing to ask of Dynamics.
  await Promise.all(sharedTopics.map(async (topic) => log.registered?.(topic)));
  const start = { nowMs: clock.now(), versionEpoch };
  const { publisher, checkpoint } = await openSourceSession(log, { source: 'dynamics', table }, start);

  return {
    ...{ options, publisher, checkpoint },
    ...{ definition: null, description: null, describedAtMs: 0, confirmedMetadata: null },
    ...{ reading: null, recent: createRecentRows() },
    poll: { dueMs: -Infinity, idleMs: options.pollIntervalMinMs },
    ...{ quickPolls: 0, deltaRows: 0 },
    ...{ witnessDueMs: -Infinity, suspect: null, markFell: false },
    losses: noLosses,
    ...{ pauseWarnedMs: null, waitingCode: null, heldBack: null },
  };
}

export function assertHeld({ options }: Session): void {
  if (!options.lease.isHeld()) throw new SyncError('LEASE_LOST', { table: options.table });
}

/** Takes the number of a page, which must be done before the page is asked for (design section 4, Order). */
export function takeNumber(session: Session): void {
  const { checkpoint } = session;
  const page = { ...checkpoint.page, number: checkpoint.page.number + 1 };
  session.checkpoint = { ...checkpoint, page };
}

/** Publishes messages and the checkpoint that goes with them, all or nothing. */
export async function commit(
  session: Session,
  next: Checkpoint,
  messages: readonly OutgoingMessage[],
): Promise<void> {
  const { options, publisher } = session;
  const { table } = options;
  const nowMs = options.clock.now();
  const saved = { ...next, updatedAt: isoTime(nowMs) };
  assertHeld(session);
  // First, so that Kafka is told of its partition together with the others' and not in a round trip of its own.
  const page = [checkpointMessage(saved), ...messages];
  const published = await publishPage(publisher, page, {
    topics: [topics.dynamicsChanges(table)],
    table,
    nowMs,
  });
  session.checkpoint = saved;
  options.onPublished?.(saved, published.slice(1));
}

export function definitionOf({ definition, options }: Session): TableDefinition {
  if (definition === null) throw new SyncError('INTERNAL', { reason: 'not described', table: options.table });

  return definition;
}

/** What is the same for all events of a page. */
export function contextOf(
  { options, checkpoint }: Session,
  kind: Pick<PageContext, 'lane' | 'operation' | 'label'>,
): PageContext {
  const { table, clock } = options;
  const { page, versionEpoch } = checkpoint;

  return { table, page, versionEpoch, observedAt: isoTime(clock.now()), ...kind };
}

/** Events travel with the trace in which their page was read. */
export function withHeaders({ options }: Session, messages: readonly OutgoingMessage[]): OutgoingMessage[] {
  const headers = options.headers?.();

  return headers === undefined ? [...messages] : messages.map((message) => ({ ...message, headers }));
}

export function tableNotice(
  { options }: Session,
  code: NoticeCode,
  content: {
    readonly counts?: Readonly<Record<string, number>>;
    readonly facts?: Readonly<Record<string, string>>;
  } = {},
): OutgoingMessage {
  const { counts = {}, facts } = content;

  return notice(code, `dynamics/${options.table}`, {
    counts,
    atMs: options.clock.now(),
    ...(facts && { facts }),
  });
}

export function refusedLetters({ options }: Session, refused: readonly RefusedRow[]): OutgoingMessage[] {
  const { table, clock } = options;
  const topic = topics.dynamicsChanges(table);

  return refused.map((row) => rowDeadLetter({ topic, table }, row, clock.now()));
}
