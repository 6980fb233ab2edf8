import type { FeedPage, FeedRow, Merge, OutgoingMessage } from '@lockstep/ports';
import { takeRequests } from './feedRequests.ts';
import { assertHeld, type FeedSession, type NoticeOptions } from './feedSession.ts';
import { plannedLookBack, type LookBack } from './plannedLookBack.ts';
import { newlyRefused, personsNamed, refusedKey, refusedLetters } from './refusedRows.ts';
import { goneKeys, goneMessages, readDeleted, readMerges, readPersons, unannounced } from './readGone.ts';

const intervalMs = 10 * 60_000;

/**
 * Takes a look back that is planned or due a page further. Only rows that this session has not announced are told. True
 * while there is more to do at once.
 */
export async function lookBack(options: NoticeOptions, session: FeedSession): Promise<boolean> {
  const { state } = session;
  const nowMs = options.clock.now();
  if (state.lookBack === null && !isDue(session, nowMs)) return false;
  const { lookedAtMs } = state.places;
  state.lookBack ??= plannedLookBack({ lookedAtMs, passedAtMs: nowMs, nowMs });
  state.lookBack = await advance(options, session, await begun(options, session, state.lookBack));
  const { beganAtMs, feed, deleted, merged } = state.lookBack;
  if ((feed ?? deleted ?? merged) !== null) return true;
  state.places = { ...state.places, lookedAtMs: beganAtMs };
  state.lookBack = null;

  return false;
}

/** The first read is none to look back at: it ends in the present. */
function isDue({ state }: FeedSession, nowMs: number): boolean {
  return state.checkpoint.phase !== 'SNAPSHOT' && nowMs - state.places.lookedAtMs >= intervalMs;
}

async function begun(options: NoticeOptions, { state }: FeedSession, planned: LookBack): Promise<LookBack> {
  const { sinceMs } = planned;
  if (sinceMs === null) return planned;
  assertHeld(options.lease);
  const since = await options.people.openFeed(sinceMs);
  state.recent.forgetBefore(sinceMs);

  return { ...planned, sinceMs: null, feed: since, deleted: since, merged: since };
}

async function advance(options: NoticeOptions, session: FeedSession, at: LookBack): Promise<LookBack> {
  const { publisher, state } = session;
  const gone = await lateGone(options, session, at);
  // Not before all merges are known: a row of who lost one looks like one of who won it.
  const isReady = gone.next.merged === null;
  const changes = isReady ? await lateChanges(options, session, { ...at, ...gone.next }) : waiting(at);
  const messages = [...changes.messages, ...gone.messages];
  assertHeld(options.lease);
  if (messages.length > 0) {
    await publisher.publish(messages);
    options.onPublished?.(state.checkpoint, messages);
  }
  // Only now: what was met and not published is met again.
  state.recent.add([...changes.keys, ...gone.keys], options.clock.now());

  return { ...at, feed: changes.next, ...gone.next };
}

const waiting = ({ feed }: LookBack): Late<string | null> => ({ messages: [], keys: [], next: feed });

type Late<Next> = {
  readonly messages: readonly OutgoingMessage[];
  readonly keys: readonly string[];
  readonly next: Next;
};

const nextOf = (page: Pick<FeedPage, 'hasMore' | 'position'> | undefined): string | null =>
  page?.hasMore ? page.position : null;

async function lateChanges(
  options: NoticeOptions,
  session: FeedSession,
  { feed, untilMs, mergedAtMs }: LookBack,
): Promise<Late<string | null>> {
  if (feed === null) return { messages: [], keys: [], next: null };
  const { recent, drained } = session.state;
  assertHeld(options.lease);
  const page = await options.people.readFeed(feed);
  const isPast = ({ activityDate }: FeedRow): boolean => Date.parse(activityDate) > untilMs;
  const missed = page.rows.filter(
    (row) => !isPast(row) && !recent.has(row.marketoGUID) && !isBeforeMerge(row, mergedAtMs),
  );
  const { rows } = await takeRequests(options.requests, session.state.checkpoint, { ...page, rows: missed });
  const refused = newlyRefused(recent, page.refused);
  const ids = [...new Set([...rows.map(({ personId }) => personId), ...personsNamed(refused)])];
  const persons = await readPersons(options, session, { ids, rows, drained });

  return {
    messages: [...persons, ...refusedLetters(refused, options.clock.now())],
    keys: [...missed.map(({ marketoGUID }) => marketoGUID), ...refused.map(refusedKey)],
    next: page.rows.some(isPast) ? null : nextOf(page),
  };
}

/** A merge gives the winner the activities of the losers, which are no edits of the winner (marketo-rest 2.5). */
const isBeforeMerge = ({ personId, activityDate }: FeedRow, mergedAtMs: LookBack['mergedAtMs']): boolean =>
  Date.parse(activityDate) <= (mergedAtMs.get(personId) ?? -Infinity);

async function lateGone(
  options: NoticeOptions,
  session: FeedSession,
  { deleted, merged, mergedAtMs }: LookBack,
): Promise<Late<Pick<LookBack, 'deleted' | 'merged' | 'mergedAtMs'>>> {
  const { recent, drained } = session.state;
  const deletes = deleted === null ? null : await readDeleted(options, session, deleted);
  const merges = merged === null ? null : await readMerges(options, session, merged);
  const rows = unannounced(recent, { deletes, merges, drained });

  return {
    messages: await goneMessages(options, session, rows),
    keys: goneKeys(rows),
    next: {
      deleted: nextOf(deletes?.page),
      merged: nextOf(merges?.page),
      mergedAtMs: withMerges(mergedAtMs, merges?.page.merges ?? []),
    },
  };
}

const withMerges = (known: LookBack['mergedAtMs'], merges: readonly Merge[]): LookBack['mergedAtMs'] =>
  new Map([...known, ...merges.map(({ winnerId, mergedAt }) => [winnerId, Date.parse(mergedAt)] as const)]);
