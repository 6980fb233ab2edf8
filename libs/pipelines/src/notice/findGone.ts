import { isSyncError, type Checkpoint } from '@lockstep/change-events';
import type { MarketoPerson } from '@lockstep/ports';
import { deletedMessages, personMessages } from './marketoEvents.ts';
import { checkpointMessage } from '../checkpoints.ts';
import { brakeAgrees } from '../brake.ts';
import { stateOf, withState } from '../extract/tableState.ts';
import { notice } from '../notices.ts';
import type { FeedPlaces } from './feedPlaces.ts';
import { assertHeld, contextOf, type FeedSession, type NoticeOptions } from './feedSession.ts';
import { openPersonScan } from './personScan.ts';

/** Calls of a scan between two reads of the feeds: edits are not held up behind it. */
const callsMax = 2;
const deletesPerTransaction = 300;

/**
 * Takes a scan of all people further, where one is due. True while there is more to do at once. Who differs from what is
 * published is announced; who is missing as deleted, only when the feeds were read after the scan had ended: a merge
 * explains it better.
 */
export async function findGone(
  options: NoticeOptions,
  session: FeedSession,
  signal: AbortSignal,
): Promise<boolean> {
  const { state } = session;
  if (!isDue(options, session)) return false;
  const scan = (state.scan ??= {
    ...{ people: await openPersonScan(options.log, signal), endedAtMs: null, published: 0 },
  });
  const found = await lookFurther(options, session, scan);
  if (found !== 'ENDED') return found === 'MORE';
  if (scan.endedAtMs === null) {
    scan.endedAtMs = options.clock.now();
    state.goneReadAtMs = 0;
    return true;
  }
  if (state.goneReadAtMs < scan.endedAtMs) return true;
  await announce(options, session, scan);
  return false;
}

/** A scan that begins by the clock is due until it ends, as one after an absence is. */
function isDue({ clock, compareIntervalMs = 0 }: NoticeOptions, { state }: FeedSession): boolean {
  const { places, checkpoint } = state;
  const comparedAtMs = places.comparedAtMs ?? Date.parse(checkpoint.startedAt);
  const isLongAgo = compareIntervalMs > 0 && clock.now() - comparedAtMs >= compareIntervalMs;
  if (isLongAgo && !places.isScanDue) state.places = { ...places, isScanDue: true };

  return state.places.isScanDue;
}

/** The checkpoint with which everybody is looked for; null where that is under way, or everybody is read for the first time. */
export function withCompare(checkpoint: Checkpoint, places: FeedPlaces): Checkpoint | null {
  if (places.isScanDue || checkpoint.phase === 'SNAPSHOT') return null;

  return { ...checkpoint, position: JSON.stringify({ ...places, isScanDue: true }) };
}

/** The checkpoint with which nobody is looked for any more; null where nobody is. It counts as one that ended now. */
export function withoutCompare(checkpoint: Checkpoint, places: FeedPlaces, nowMs: number): Checkpoint | null {
  if (!places.isScanDue || checkpoint.phase === 'SNAPSHOT') return null;
  const position = JSON.stringify({ ...places, isScanDue: false, comparedAtMs: nowMs });

  return withState({ ...checkpoint, position }, { deletesConfirmed: null });
}

async function lookFurther(
  options: NoticeOptions,
  session: FeedSession,
  scan: Scan,
): Promise<'MORE' | 'LATER' | 'ENDED'> {
  try {
    for (let calls = 0; calls < callsMax; calls += 1)
      if (!(await announceDiffering(options, session, scan))) return 'ENDED';
  } catch (error) {
    // Backfill has to leave some of the day's calls to the feeds, which go on.
    if (isSyncError(error, 'MARKETO_QUOTA_SPENT')) return 'LATER';
    throw error;
  }

  return 'MORE';
}

/** False when all have been looked for. */
async function announceDiffering(options: NoticeOptions, session: FeedSession, scan: Scan): Promise<boolean> {
  const { numbers, state, publisher } = session;
  assertHeld(options.lease);
  const read = numbers.next();
  const persons: readonly MarketoPerson[] | null = await scan.people.advance(
    options.backfillPeople ?? options.people,
  );
  if (persons === null) return false;
  const context = { ...contextOf(options, session, state.drained), read, lane: 'BACKFILL' as const };
  assertHeld(options.lease);
  if (persons.length > 0) await publisher.publish(personMessages(persons, [], context));
  scan.published += persons.length;

  return true;
}

type Scan = NonNullable<FeedSession['state']['scan']>;

async function announce(
  options: NoticeOptions,
  session: FeedSession,
  { people: scan, published }: Scan,
): Promise<void> {
  const { state, publisher, numbers } = session;
  const ids = scan.missing();
  const agrees = brakeAgrees({
    deletes: ids.length,
    known: scan.known,
    confirmed: stateOf(state.checkpoint).deletesConfirmed,
  });
  const read = numbers.next();
  for (let from = 0; agrees && from < ids.length; from += deletesPerTransaction) {
    assertHeld(options.lease);
    const part = ids.slice(from, from + deletesPerTransaction);
    const context = { ...contextOf(options, session, state.drained), read };
    await publisher.publish(deletedMessages(part, context));
  }
  const places = { ...state.places, isScanDue: false, comparedAtMs: options.clock.now() };
  const checkpoint = withState(
    { ...state.checkpoint, position: JSON.stringify(places) },
    { deletesHeld: agrees ? null : ids.length, deletesConfirmed: null },
  );
  const counts = { known: scan.known, published, deletes: ids.length };
  const atMs = options.clock.now();
  const told = notice(agrees ? 'PEOPLE_COMPARED' : 'PEOPLE_DELETES_HELD', 'marketo/person', { counts, atMs });
  assertHeld(options.lease);
  await publisher.publish([told, checkpointMessage(checkpoint)]);
  state.checkpoint = checkpoint;
  state.places = places;
  state.scan = null;
}
