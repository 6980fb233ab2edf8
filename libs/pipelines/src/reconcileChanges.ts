import { SyncError, type ErrorCode, type InboxMessage } from '@lockstep/change-events';
import type { BatchHandler, IncomingMessage, OutgoingMessage } from '@lockstep/ports';
import { openSpreads, tellOthers } from './reconcile/consentFlow.ts';
import { deadLetter } from './deadLetters.ts';
import { decideRound, type DecidingOptions, type Session } from './reconcile/decideRound.ts';
import { belongsInInbox } from './reconcile/decisionInputs.ts';
import { earlierEnds } from './reconcile/earlierEnds.ts';
import type { History } from './reconcile/keepHistory.ts';
import {
  forwardMessage,
  incomingOf,
  openWrites,
  outgoing,
  type Outcome,
  type OwnedWrite,
} from './reconcile/reconcileOutput.ts';
import { endedIn, type Ended, type OutcomeMeter } from './operate/outcomeMeter.ts';
import { saveOutcomes } from './reconcile/saveOutcomes.ts';
import { wakeFollowers } from './reconcile/wakeFollowers.ts';
import { wakeSeekers } from './reconcile/wakeSeekers.ts';

export type ReconcileOptions = DecidingOptions & {
  /** Keeps conflicts that fall out of their records; they are forgotten without it. */
  readonly history?: History;
  /** Counts the writes that ended, once their batch is committed. */
  readonly meter?: Pick<OutcomeMeter, 'note'>;
  /** Starts the guarded writes of a batch once it is committed; must not throw. */
  readonly writeDynamics: (writes: readonly OwnedWrite[]) => Promise<void>;
};

const attemptsMax = 8;
const publishedMax = 50_000;

/**
 * The owner's loop: loads the golden records of a batch, decides each message, saves once with a guard on the revision, and
 * only then publishes what follows, in one transaction with the inbox offsets. A redelivered message finds what was saved.
 */
export function createReconciler(options: ReconcileOptions): BatchHandler {
  const published = new Set<string>();
  return async (batch) => {
    // By offset: a message that is decided again is set aside once.
    const letters = new Map<string, OutgoingMessage>();
    const setAside = (message: IncomingMessage, code: ErrorCode) =>
      letters.set(message.offset, deadLetter(message, code, options.clock.now()));
    const usable = batch.messages.filter(belongsInInbox);
    for (const message of batch.messages)
      if (!belongsInInbox(message)) setAside(message, 'MESSAGE_UNEXPECTED');
    const outcomes = await decideAndSave(options, usable, { published, setAside });
    const alarms = options.brake?.alarms() ?? [];
    const told = await tellOthers(options.claims, outcomes, published);
    const followers = await wakeFollowers(options.golden, askedToTell(usable, outcomes));
    const inboxes = usable.map(({ value }) => value as InboxMessage);
    const seekers = await wakeSeekers(options.golden, inboxes);
    const ends = await earlierEnds(options.links, inboxes);
    const incoming = incomingOf(batch);
    const messages = [
      ...letters.values(),
      ...alarms,
      ...[...outcomes.values()].flatMap((outcome) =>
        outgoing(incoming, outcome, published, options.clock.now()),
      ),
      ...[...told, ...followers, ...seekers, ...ends].map((value) => forwardMessage(batch, value)),
    ];
    const writes = [...outcomes].flatMap(([goldenId, outcome]) => openWrites(goldenId, outcome));
    return {
      messages,
      afterCommit: async () => {
        remember(published, outcomes);
        options.brake?.told(alarms);
        options.meter?.note(endedOf(usable, outcomes));
        await options.writeDynamics(writes);
      },
    };
  };
}

const endedOf = (
  messages: readonly IncomingMessage[],
  outcomes: ReadonlyMap<string, Outcome>,
): readonly Ended[] =>
  messages.flatMap(({ key, value }) => {
    const { record = null, stored = null } = outcomes.get(key) ?? {};

    return endedIn(value as InboxMessage, (record ?? stored)?.entity ?? null) ?? [];
  });

/** The messages by which those who name a record are woken, with the record as it was saved. */
const askedToTell = (messages: readonly IncomingMessage[], outcomes: ReadonlyMap<string, Outcome>) =>
  messages.flatMap(({ key, value }) => {
    const message = value as InboxMessage;
    const record = outcomes.get(key)?.record;
    return record && message.kind === 'wake-up' && message.reason === 'followers'
      ? [{ message, record }]
      : [];
  });

/** Decides all messages; those whose record somebody else saved in between are read and decided again. */
async function decideAndSave(
  options: ReconcileOptions,
  messages: readonly IncomingMessage[],
  session: Omit<Session, 'also'>,
): Promise<Map<string, Outcome>> {
  const done = new Map<string, Outcome>();
  const also = new Set<string>();
  let open = messages;
  for (let attempt = 0; open.length > 0; attempt += 1) {
    if (attempt === attemptsMax) throw new SyncError('REVISION_CONFLICT', { records: open.length });
    const { outcomes, consents } = await decideRound(options, open, { ...session, also });
    const refused = await saveOutcomes(options, outcomes, { read: consents, also });
    for (const [goldenId, outcome] of outcomes) if (!refused.has(goldenId)) done.set(goldenId, outcome);
    open = open.filter((message) => refused.has(message.key));
  }
  return done;
}

/** Entries that are known to be published need not be published again; the oldest are forgotten first. */
function remember(published: Set<string>, outcomes: ReadonlyMap<string, Outcome>): void {
  for (const outcome of outcomes.values())
    for (const entryId of entriesOut(outcome, published)) published.add(entryId);
  for (const entryId of published) {
    if (published.size <= publishedMax) return;
    published.delete(entryId);
  }
}

function entriesOut(outcome: Outcome, published: ReadonlySet<string>): readonly string[] {
  const ids = [...openSpreads(outcome, published).keys()];
  for (const { kind, entryId } of outcome.record?.outbox ?? [])
    if (kind !== 'dynamics-write' && kind !== 'dynamics-request') ids.push(entryId);

  return ids;
}
