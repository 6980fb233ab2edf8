import { deletedMessages } from '../marketoEvents.ts';
import { checkpointMessage } from '../checkpoints.ts';
import { brakeAgrees } from '../brake.ts';
import { notice } from '../notices.ts';
import { assertHeld, contextOf, type FeedSession, type NoticeOptions } from './feedSession.ts';
import { openPersonScan, type PersonScan } from './personScan.ts';

/** Calls of a scan between two reads of the feeds: edits are not held up behind it. */
const callsMax = 5;
const deletesPerTransaction = 300;

/**
 * Takes a scan for people who are gone a step further, where one is due. True while there is more to do at once. Who is
 * missing is announced as deleted only when the feeds were read after the scan had ended: a merge explains it better.
 */
export async function findGone(
  options: NoticeOptions,
  session: FeedSession,
  signal: AbortSignal,
): Promise<boolean> {
  const { state } = session;
  if (!state.places.isScanDue) return false;
  const scan = (state.scan ??= { people: await openPersonScan(options.log, signal), endedAtMs: null });
  for (let calls = 0; calls < callsMax; calls += 1) {
    assertHeld(options.lease);
    if (!(await scan.people.advance(options.people))) break;
    if (calls === callsMax - 1) return true;
  }
  if (scan.endedAtMs === null) {
    scan.endedAtMs = options.clock.now();
    state.goneReadAtMs = 0;
    return true;
  }
  if (state.goneReadAtMs < scan.endedAtMs) return true;
  await announce(options, session, scan.people);
  return false;
}

async function announce(options: NoticeOptions, session: FeedSession, scan: PersonScan): Promise<void> {
  const { state, publisher, numbers } = session;
  const ids = scan.missing();
  const agrees = brakeAgrees({ deletes: ids.length, known: scan.known, confirmed: null });
  const read = numbers.next();
  for (let from = 0; agrees && from < ids.length; from += deletesPerTransaction) {
    assertHeld(options.lease);
    const part = ids.slice(from, from + deletesPerTransaction);
    const context = { ...contextOf(options, session, state.drained), read };
    await publisher.publish(deletedMessages(part, context));
  }
  const places = { ...state.places, isScanDue: false };
  const checkpoint = { ...state.checkpoint, position: JSON.stringify(places) };
  const counts = { known: scan.known, deletes: ids.length };
  const atMs = options.clock.now();
  const told = notice(agrees ? 'PEOPLE_COMPARED' : 'PEOPLE_DELETES_HELD', 'marketo/person', { counts, atMs });
  assertHeld(options.lease);
  await publisher.publish([told, checkpointMessage(checkpoint)]);
  state.checkpoint = checkpoint;
  state.places = places;
  state.scan = null;
}
