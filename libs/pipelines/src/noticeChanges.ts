import { isoTime, isSyncError, type Checkpoint } from '@lockstep/change-events';
import type { FeedPage, OutgoingMessage } from '@lockstep/ports';
import { createCallNumbers, type CallNumbers } from './callNumbers.ts';
import { checkpointMessage, openSourceSession } from './checkpoints.ts';
import type { Stepper } from './extractChanges.ts';
import { answerReading, isPaused, stayPaused } from './notice/answerReading.ts';
import { createFeedPace } from './notice/feedPace.ts';
import { reopenedPlaces, resumedPlaces, type FeedPlaces, type Reopened } from './notice/feedPlaces.ts';
import { assertHeld, takePlaces, type FeedSession, type NoticeOptions } from './notice/feedSession.ts';
import { takeRequests } from './notice/feedRequests.ts';
import { findGone } from './notice/findGone.ts';
import { lookBack } from './notice/lookBack.ts';
import { createPersonPublisher } from './notice/personPublisher.ts';
import { plannedLookBack, type LookBack } from './notice/plannedLookBack.ts';
import { readGone, readPersons } from './notice/readGone.ts';
import { readQuery } from './notice/readQuery.ts';
import { createRecentRows } from './notice/recentRows.ts';
import { newlyRefused, personsNamed, refusedKey, refusedLetters } from './notice/refusedRows.ts';
import { notice } from './notices.ts';

export type { NoticeOptions } from './notice/feedSession.ts';

/** Follows Marketo's feeds; `numbers` counts every call of the active process, the deliverer's among them. */
export type Notifier = Stepper & {
  readonly numbers: CallNumbers;
  /** Reads a few times soon: somebody says that a person has changed. Nothing else of it is believed. */
  hint(): void;
};

/**
 * Follows Marketo's people. A feed row is a notification plus evidence; the typed state is read by id and published with
 * its evidence, in one transaction with the checkpoint. The first read follows the same feed from its beginning.
 */
export async function openNotifier(options: NoticeOptions): Promise<Notifier> {
  const { log, clock, people } = options;
  const key = { source: 'marketo', table: 'person' };
  const { publisher: opened, checkpoint: former } = await openSourceSession(log, key, {
    nowMs: clock.now(),
    versionEpoch: 1,
  });
  const publisher = createPersonPublisher(opened, options);
  const numbers = createCallNumbers(former.page.epoch);
  const reopened = await resumedPlaces(people, former, clock.now());
  const state = {
    checkpoint: former,
    places: reopened.places,
    drained: { epoch: 0, number: 0 },
    goneReadAtMs: 0,
    scan: null,
    recent: createRecentRows(),
    lookBack: null,
    ...{ isAfterPause: false, pauseWarnedMs: null },
  };
  const limits = { minMs: options.pollIntervalMinMs, maxMs: options.pollIntervalMaxMs };
  const pace = createFeedPace(limits, clock.now());
  const session: FeedSession = { publisher, numbers, state, pace };
  // The epoch must be durable before any call carries it: a later session must outrank it.
  await goOn(options, session, reopened);
  return {
    numbers,
    hint: () => pace.hint(),
    step: (signal) => step(options, session, signal),
    close: () => publisher.close(),
  };
}

/** Takes the places of a session, or those after a pause, and plans to look at what showed up behind them. */
async function goOn(options: NoticeOptions, session: FeedSession, reopened: Reopened): Promise<void> {
  const { state } = session;
  const former = state.checkpoint;
  state.lookBack = firstLookBack(former, reopened, options.clock.now());
  await takePlaces(options, session, reopened, reopened.phase === former.phase ? null : 'TOO_OLD');
  options.onPublished?.(state.checkpoint, []);
}

/** The feeds are taken up as after a restart; a search for who is gone begins anew, with who has left meanwhile. */
async function goOnAfterPause(options: NoticeOptions, session: FeedSession): Promise<void> {
  const { state } = session;
  assertHeld(options.lease);
  await goOn(options, session, await resumedPlaces(options.people, state.checkpoint, options.clock.now()));
  state.scan = null;
  state.isAfterPause = false;
}

/** What showed up while nobody looked, behind the place at which a former session stopped. */
function firstLookBack(former: Checkpoint, { places, phase }: Reopened, nowMs: number): LookBack | null {
  if (phase === 'SNAPSHOT') return null;
  const { lookedAtMs } = places;

  return plannedLookBack({ lookedAtMs, passedAtMs: Date.parse(former.updatedAt), nowMs });
}

async function step(
  options: NoticeOptions,
  session: FeedSession,
  signal: AbortSignal,
): Promise<{ idleMs: number }> {
  if (await answerReading(options, session)) return { idleMs: 0 };
  if (isPaused(session)) return stayPaused(options, session);
  if (session.state.isAfterPause) await goOnAfterPause(options, session);
  try {
    return await readFeeds(options, session, signal);
  } catch (error) {
    if (!isSyncError(error, 'MARKETO_POSITION_LOST')) throw error;
    const { places, checkpoint } = session.state;
    const reopened = await reopenedPlaces(
      options.people,
      { places, phase: checkpoint.phase },
      options.clock.now(),
    );
    assertHeld(options.lease);
    await takePlaces(options, session, reopened, 'POSITION_LOST');
    // The new places are from before whatever a look back was at.
    session.state.lookBack = null;
    // At leisure, for what is refused once may be refused again.
    return { idleMs: options.pollIntervalMaxMs };
  }
}

/** Where nothing happens the time up to which everything was read is stored this often, ms. */
const readAtStepMs = 5 * 60_000;

async function readFeeds(
  options: NoticeOptions,
  session: FeedSession,
  signal: AbortSignal,
): Promise<{ idleMs: number }> {
  const { numbers, state } = session;
  const startedAtMs = options.clock.now();
  assertHeld(options.lease);
  const feedNumber = numbers.next();
  const read = await options.people.readFeed(state.places.feed);
  const page = await takeRequests(options.requests, state.checkpoint, read);
  const drained = page.hasMore ? state.drained : feedNumber;
  const refused = newlyRefused(state.recent, read.refused);
  const ids = [...new Set([...page.rows.map((row) => row.personId), ...personsNamed(refused)])];
  const persons = await readPersons(options, session, { ids, rows: page.rows, drained });
  const gone = await readGone(options, session, drained);
  const isAllRead = !page.hasMore && gone.readAtMs >= startedAtMs;
  const places = {
    ...state.places,
    feed: page.position,
    ...gone.positions,
    ...(isAllRead && startedAtMs - state.places.readAtMs >= readAtStepMs && { readAtMs: startedAtMs }),
  };
  const messages = [...persons, ...gone.messages, ...refusedLetters(refused, startedAtMs)];
  await publish(options, session, { messages, page, places });
  // Only now: what was read and not published is read again.
  const keys = [...read.rows.map(({ marketoGUID }) => marketoGUID), ...refused.map(refusedKey)];
  state.recent.add([...keys, ...gone.keys], startedAtMs);
  state.places = places;
  state.drained = drained;
  state.goneReadAtMs = gone.readAtMs;
  if (page.hasMore || gone.hasMore || (await readMore(options, session, signal))) return { idleMs: 0 };
  return { idleMs: session.pace.pauseMs(messages.length > 0, options.clock.now()) };
}

/** What is read once the feeds are at their end, the most urgent first. True while there is more to do at once. */
async function readMore(options: NoticeOptions, session: FeedSession, signal: AbortSignal): Promise<boolean> {
  if (await lookBack(options, session)) return true;

  return (await findGone(options, session, signal)) || (await readQuery(options, session));
}

type Content = {
  readonly messages: readonly OutgoingMessage[];
  readonly page: FeedPage;
  readonly places: FeedPlaces;
};

/** Publishes a page with its checkpoint; where nothing has moved there is nothing to publish. */
async function publish(options: NoticeOptions, session: FeedSession, content: Content): Promise<void> {
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

function advance(
  options: NoticeOptions,
  { state, numbers }: FeedSession,
  { page, places }: Content,
): Checkpoint {
  const { checkpoint } = state;
  const persons = new Set(page.rows.map((row) => row.personId)).size;
  return {
    ...checkpoint,
    phase: page.hasMore ? checkpoint.phase : 'STREAMING',
    position: JSON.stringify(places),
    page: numbers.next(),
    rowsDone: checkpoint.rowsDone + (checkpoint.phase === 'SNAPSHOT' ? persons : 0),
    updatedAt: isoTime(options.clock.now()),
  };
}
