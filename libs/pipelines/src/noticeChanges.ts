import { isoTime, SyncError, type Checkpoint, type Sequence } from '@lockstep/change-events';
import {
  marketoBatchMax,
  type Clock,
  type EventLog,
  type FeedPage,
  type FeedRow,
  type Lease,
} from '@lockstep/ports';
import type { MarketoPeople, MarketoPerson, OutgoingMessage, Publisher } from '@lockstep/ports';
import { createCallNumbers, type CallNumbers } from './callNumbers.ts';
import { checkpointMessage, openSourceSession } from './checkpoints.ts';
import type { Stepper } from './extractChanges.ts';
import { deletedMessages, mergedMessages, personMessages } from './marketoEvents.ts';
import { createFeedPace, type FeedPace } from './notice/feedPace.ts';
import { notice } from './notices.ts';

export type NoticeOptions = {
  readonly people: MarketoPeople;
  readonly log: EventLog;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly pollIntervalMinMs: number;
  readonly pollIntervalMaxMs: number;
  /** How often the feeds of deleted and of merged people are read. */
  readonly deletedIntervalMs: number;
  readonly headers?: () => Readonly<Record<string, string>>;
  readonly onPublished?: (checkpoint: Checkpoint, messages: readonly OutgoingMessage[]) => void;
};

/** Follows Marketo's feeds; `numbers` counts every call of the active process, the deliverer's among them. */
export type Notifier = Stepper & {
  readonly numbers: CallNumbers;
  /** Reads a few times soon: somebody says that a person has changed. Nothing else of it is believed. */
  hint(): void;
};

type Positions = { readonly feed: string; readonly deleted: string; readonly merged: string };

type State = {
  checkpoint: Checkpoint;
  positions: Positions;
  /** The last feed call that came to the end of the feed. */
  drained: Sequence;
  goneReadAtMs: number;
};

/** New Lead rows are kept for ever (marketo-rest 3.4), so the feed since 2006 names every person: that is the first read. */
const feedStartMs = Date.UTC(2006, 0, 1);

/**
 * Follows Marketo's people. A feed row is a notification plus evidence; the typed state is read by id and published with
 * its evidence, in one transaction with the checkpoint. The first read follows the same feed from its beginning.
 */
export async function openNotifier(options: NoticeOptions): Promise<Notifier> {
  const { log, clock, people } = options;
  const key = { source: 'marketo', table: 'person' };
  const session = await openSourceSession(log, key, { nowMs: clock.now(), versionEpoch: 1 });
  const numbers = createCallNumbers(session.checkpoint.page.epoch);
  const positions = readPositions(session.checkpoint) ?? (await openPositions(people, clock.now()));
  const checkpoint = { ...session.checkpoint, position: JSON.stringify(positions) };
  // The epoch must be durable before any call carries it: a later session must outrank it.
  await session.publisher.publish([checkpointMessage(checkpoint)]);
  const state: State = {
    checkpoint,
    positions,
    drained: { epoch: 0, number: 0 },
    goneReadAtMs: 0,
  };
  const limits = { minMs: options.pollIntervalMinMs, maxMs: options.pollIntervalMaxMs };
  const pace = createFeedPace(limits, clock.now());
  return {
    numbers,
    hint: () => pace.hint(),
    step: () => step(options, { publisher: session.publisher, numbers, state, pace }),
    close: () => session.publisher.close(),
  };
}

async function openPositions(people: MarketoPeople, nowMs: number): Promise<Positions> {
  const now = await people.openFeed(nowMs);
  return { feed: await people.openFeed(feedStartMs), deleted: now, merged: now };
}

/** Merges were not always followed; they are taken up where the deletes stand. */
function readPositions({ position }: Checkpoint): Positions | null {
  if (position === null) return null;
  const stored = JSON.parse(position) as Omit<Positions, 'merged'> & Partial<Positions>;
  return { merged: stored.deleted, ...stored };
}

type Session = {
  readonly publisher: Publisher;
  readonly numbers: CallNumbers;
  readonly state: State;
  readonly pace: FeedPace;
};

async function step(options: NoticeOptions, session: Session): Promise<{ idleMs: number }> {
  const { numbers, state } = session;
  assertHeld(options.lease);
  const feedNumber = numbers.next();
  const page = await options.people.readFeed(state.positions.feed);
  const drained = page.hasMore ? state.drained : feedNumber;
  const ids = [...new Set(page.rows.map((row) => row.personId))];
  const persons = await readPersons(options, session, { ids, rows: page.rows, drained });
  const gone = await readGone(options, session, drained);
  const positions = { feed: page.position, ...gone.positions };
  const messages = [...persons, ...gone.messages];
  await publish(options, session, { messages, page, positions });
  // Only now: what was read and not published is read again.
  state.positions = positions;
  state.drained = drained;
  state.goneReadAtMs = gone.readAtMs;
  if (page.hasMore) return { idleMs: 0 };
  return { idleMs: session.pace.pauseMs(messages.length > 0, options.clock.now()) };
}

type Content = {
  readonly messages: readonly OutgoingMessage[];
  readonly page: FeedPage;
  readonly positions: Positions;
};

/** Publishes a page with its checkpoint; where nothing has moved there is nothing to publish. */
async function publish(options: NoticeOptions, session: Session, content: Content): Promise<void> {
  const { state, publisher } = session;
  const next = advance(options, session, content);
  const messages = [...content.messages];
  const atMs = options.clock.now();
  const completed = state.checkpoint.phase !== next.phase;
  if (completed)
    messages.push(notice('SNAPSHOT_COMPLETED', 'marketo/person', { counts: { rows: next.rowsDone }, atMs }));
  assertHeld(options.lease);
  if (messages.length > 0 || next.position !== state.checkpoint.position) {
    await publisher.publish([...messages, checkpointMessage(next)]);
    options.onPublished?.(next, messages);
  }
  state.checkpoint = next;
}

function assertHeld(lease: Lease): void {
  if (!lease.isHeld()) throw new SyncError('LEASE_LOST', { source: 'marketo' });
}

type Named = { readonly ids: readonly string[]; readonly rows: readonly FeedRow[] };

async function readPersons(
  options: NoticeOptions,
  session: Session,
  { ids, rows, drained }: Named & { readonly drained: Sequence },
): Promise<OutgoingMessage[]> {
  const messages: OutgoingMessage[] = [];
  for (let from = 0; from < ids.length; from += marketoBatchMax) {
    assertHeld(options.lease);
    const read = session.numbers.next();
    const persons: readonly MarketoPerson[] = await options.people.findPersons(
      'id',
      ids.slice(from, from + marketoBatchMax),
    );
    messages.push(...personMessages(persons, rows, { ...contextOf(options, session, drained), read }));
  }
  const headers = options.headers?.() ?? {};
  return messages.map((message) => ({ ...message, headers }));
}

function contextOf(options: NoticeOptions, { state }: Session, drained: Sequence) {
  const snapshot = state.checkpoint.phase === 'SNAPSHOT';
  return {
    feedNumber: drained,
    observedAtMs: options.clock.now(),
    lane: snapshot ? ('BACKFILL' as const) : ('LIVE' as const),
    operation: snapshot ? ('SNAPSHOT' as const) : ('UPSERT' as const),
  };
}

type Gone = {
  readonly messages: readonly OutgoingMessage[];
  readonly positions: Pick<Positions, 'deleted' | 'merged'>;
  readonly readAtMs: number;
};

/** Who left: deleted, or part of another, whose new state is read too. */
async function readGone(options: NoticeOptions, session: Session, drained: Sequence): Promise<Gone> {
  const { state, numbers } = session;
  const { deleted, merged } = state.positions;
  const nowMs = options.clock.now();
  const readAtMs = state.goneReadAtMs;
  if (nowMs - readAtMs < options.deletedIntervalMs)
    return { messages: [], positions: { deleted, merged }, readAtMs };
  assertHeld(options.lease);
  const context = contextOf(options, session, drained);
  const deletes = { read: numbers.next(), page: await options.people.readDeleted(deleted) };
  assertHeld(options.lease);
  const merges = { read: numbers.next(), page: await options.people.readMerges(merged) };
  const winnerIds = new Set(merges.page.merges.map(({ winnerId }) => winnerId));
  const messages = [
    ...deletedMessages(deletes.page.personIds, { ...context, read: deletes.read }),
    ...mergedMessages(merges.page.merges, { ...context, read: merges.read }),
    ...(await readPersons(options, session, { ids: [...winnerIds], rows: [], drained })),
  ];
  return {
    messages,
    positions: { deleted: deletes.page.position, merged: merges.page.position },
    readAtMs: deletes.page.hasMore || merges.page.hasMore ? readAtMs : nowMs,
  };
}

function advance(
  options: NoticeOptions,
  { state, numbers }: Session,
  { page, positions }: Content,
): Checkpoint {
  const { checkpoint } = state;
  const persons = new Set(page.rows.map((row) => row.personId)).size;
  return {
    ...checkpoint,
    phase: page.hasMore ? checkpoint.phase : 'STREAMING',
    position: JSON.stringify(positions),
    page: numbers.next(),
    rowsDone: checkpoint.rowsDone + (checkpoint.phase === 'SNAPSHOT' ? persons : 0),
    updatedAt: isoTime(options.clock.now()),
  };
}
