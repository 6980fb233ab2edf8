import {
  isoTime,
  SyncError,
  type Checkpoint,
  type Control,
  type ErrorCode,
  type Sequence,
} from '@lockstep/change-events';
import type { Clock, EventLog, Lease, MarketoPeople, OutgoingMessage, Publisher } from '@lockstep/ports';
import type { CallNumbers } from '../callNumbers.ts';
import { checkpointMessage } from '../checkpoints.ts';
import { notice } from '../notices.ts';
import type { FeedRequests } from './feedRequests.ts';
import type { FeedPace } from './feedPace.ts';
import type { FeedPlaces, Reopened } from './feedPlaces.ts';
import type { PersonScan } from './personScan.ts';
import type { LookBack } from './plannedLookBack.ts';
import type { RecentRows } from './recentRows.ts';

/** What the reader of Marketo's feeds needs. */
export type NoticeOptions = {
  readonly people: MarketoPeople;
  /** The same persons, for what an operator asked to be read again. */
  readonly backfillPeople?: MarketoPeople;
  readonly log: EventLog;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly pollIntervalMinMs: number;
  readonly pollIntervalMaxMs: number;
  /** How often the feeds of deleted people, and of merges and partition changes are read. */
  readonly deletedIntervalMs: number;
  /** Everybody who is known is compared with Marketo when that was done so long ago; 0, the default, only on command. */
  readonly compareIntervalMs?: number;
  /** Without it nobody asks for anything through the feed. */
  readonly requests?: FeedRequests | undefined;
  /** The commands on `lockstep.control`, oldest first; those that were answered already may be among them. */
  readonly commands?: () => readonly Control[];
  readonly headers?: () => Readonly<Record<string, string>>;
  readonly onPublished?: (checkpoint: Checkpoint, messages: readonly OutgoingMessage[]) => void;
  readonly onDeadLetter?: (code: ErrorCode) => void;
};

export type FeedState = {
  checkpoint: Checkpoint;
  places: FeedPlaces;
  /** The last feed call that came to the end of the feed. */
  drained: Sequence;
  goneReadAtMs: number;
  /** Under way; who it misses is announced once the feeds were read after it had ended. */
  scan: { readonly people: PersonScan; endedAtMs: number | null; published: number } | null;
  readonly recent: RecentRows;
  /** Planned or under way. */
  lookBack: LookBack | null;
  /** Marketo may have forgotten what came since the feeds were read. */
  isAfterPause: boolean;
  pauseWarnedMs: number | null;
};

export type FeedSession = {
  readonly publisher: Publisher;
  readonly numbers: CallNumbers;
  readonly state: FeedState;
  readonly pace: FeedPace;
};

export function assertHeld(lease: Lease): void {
  if (!lease.isHeld()) throw new SyncError('LEASE_LOST', { source: 'marketo' });
}

/** Publishes what a command or a remark changes, with the place as it was. */
export async function commitState(
  options: NoticeOptions,
  { publisher, state }: FeedSession,
  checkpoint: Checkpoint,
  messages: readonly OutgoingMessage[],
): Promise<void> {
  assertHeld(options.lease);
  await publisher.publish([...messages, checkpointMessage(checkpoint)]);
  state.checkpoint = checkpoint;
  options.onPublished?.(checkpoint, messages);
}

export function contextOf(options: NoticeOptions, { state }: FeedSession, drained: Sequence) {
  const snapshot = state.checkpoint.phase === 'SNAPSHOT';
  return {
    feedNumber: drained,
    observedAtMs: options.clock.now(),
    lane: snapshot ? ('BACKFILL' as const) : ('LIVE' as const),
    operation: snapshot ? ('SNAPSHOT' as const) : ('UPSERT' as const),
  };
}

/** Stores new places, and tells why when they are not those where the reader had stopped. Everybody read again counts anew. */
export async function takePlaces(
  options: NoticeOptions,
  { publisher, state }: FeedSession,
  { places, phase }: Reopened,
  reason: 'POSITION_LOST' | 'TOO_OLD' | null,
): Promise<void> {
  const atMs = options.clock.now();
  const isRestart = phase === 'SNAPSHOT' && reason !== null;
  const checkpoint = {
    ...state.checkpoint,
    phase,
    position: JSON.stringify(places),
    ...(isRestart && { rowsDone: 0, startedAt: isoTime(atMs) }),
  };
  const told = (facts: { readonly reason: string }) =>
    notice('FEEDS_REOPENED', 'marketo/person', { counts: {}, facts, atMs });
  await publisher.publish([...(reason === null ? [] : [told({ reason })]), checkpointMessage(checkpoint)]);
  state.checkpoint = checkpoint;
  state.places = places;
}
