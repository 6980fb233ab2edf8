import {
  isSyncError,
  SyncError,
  type ErrorCode,
  type InboxMessage,
  type System,
} from '@lockstep/change-events';
import type {
  BatchHandler,
  ClaimStore,
  Clock,
  ConsentStore,
  GoldenStore,
  IncomingMessage,
  LinkStore,
  OutgoingMessage,
  SyncStateStore,
} from '@lockstep/ports';
import {
  decide,
  entityIn,
  type Decision,
  type DecisionContext,
  type EntityType,
  type GoldenEntity,
  type GoldenRecord,
  type MappingRow,
  type Policy,
} from '@lockstep/reconciliation';
import { addBySystem, countWrites, noWritesAtAll, type WritesBySystem } from './countWrites.ts';
import { consentsFor, openSpreads, readConsents, tellOthers, type Consents } from './consentFlow.ts';
import { deadLetter } from './deadLetters.ts';
import { belongsInInbox, claimsAround, claimsBrought, readClaims, readOwners } from './decisionInputs.ts';
import type { History } from './keepHistory.ts';
import { readParents, type MappingOf } from './readParents.ts';
import {
  forwardMessage,
  incomingOf,
  openWrites,
  outgoing,
  type Outcome,
  type OwnedWrite,
} from './reconcileOutput.ts';
import { saveOutcomes } from './saveOutcomes.ts';
import type { WriteBrake } from './writeBrake.ts';

export type ReconcileOptions = {
  readonly golden: GoldenStore;
  readonly links: LinkStore;
  readonly claims: ClaimStore;
  readonly consents: ConsentStore;
  readonly syncState: SyncStateStore;
  readonly clock: Clock;
  /** Of persons. */
  readonly mapping: readonly MappingRow[];
  /** Of records beside persons; what is not here has no fields. */
  readonly entityMappings?: Readonly<Record<GoldenEntity, readonly MappingRow[]>>;
  /** Of custom rows, by table. */
  readonly customTypes?: Readonly<Record<GoldenEntity, EntityType>>;
  readonly policy: Policy;
  /** Systems to which nothing is written for now; none without it. */
  readonly withheld?: () => ReadonlySet<System>;
  /** Keeps conflicts that fall out of their records; they are forgotten without it. */
  readonly history?: History;
  /** Holds a direction back when too much is written; nothing does without it. */
  readonly brake?: WriteBrake;
  /** Starts the guarded writes of a batch once it is committed; must not throw. */
  readonly writeDynamics: (writes: readonly OwnedWrite[]) => Promise<void>;
  readonly onDecided?: (decision: Decision) => void;
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
    const incoming = incomingOf(batch);
    const messages = [
      ...letters.values(),
      ...alarms,
      ...[...outcomes.values()].flatMap((outcome) =>
        outgoing(incoming, outcome, published, options.clock.now()),
      ),
      ...told.map((value) => forwardMessage(batch, value)),
    ];
    const writes = [...outcomes].flatMap(([goldenId, outcome]) => openWrites(goldenId, outcome));
    return {
      messages,
      afterCommit: async () => {
        remember(published, outcomes);
        options.brake?.told(alarms);
        await options.writeDynamics(writes);
      },
    };
  };
}

type Session = {
  readonly published: ReadonlySet<string>;
  readonly setAside: (message: IncomingMessage, code: ErrorCode) => void;
};

const inboxOf = (message: IncomingMessage): InboxMessage => message.value as InboxMessage;

/** Decides all messages; those whose record somebody else saved in between are read and decided again. */
async function decideAndSave(
  options: ReconcileOptions,
  messages: readonly IncomingMessage[],
  session: Session,
): Promise<Map<string, Outcome>> {
  const done = new Map<string, Outcome>();
  const also = new Set<string>();
  let open = messages;
  for (let attempt = 0; open.length > 0; attempt += 1) {
    if (attempt === attemptsMax) throw new SyncError('REVISION_CONFLICT', { records: open.length });
    const { outcomes, consents } = await decideWeighed(options, open, { ...session, also });
    const refused = await saveOutcomes(options, outcomes, { read: consents, also });
    for (const [goldenId, outcome] of outcomes) if (!refused.has(goldenId)) done.set(goldenId, outcome);
    open = open.filter((message) => refused.has(message.key));
  }
  return done;
}

type Decided = { outcomes: Map<string, Outcome>; consents: Consents; writes: WritesBySystem };

/** Decides again, before anything is saved, where the brake holds a direction back from now on. */
async function decideWeighed(
  options: ReconcileOptions,
  messages: readonly IncomingMessage[],
  session: Session & { readonly also: ReadonlySet<string> },
): Promise<Decided> {
  const decided = await decideOnce(options, messages, session);
  const isHeld = (await options.brake?.weigh(decided.writes)) ?? false;

  return isHeld ? decideOnce(options, messages, session) : decided;
}

async function decideOnce(
  options: ReconcileOptions,
  messages: readonly IncomingMessage[],
  session: Session & { readonly also: ReadonlySet<string> },
): Promise<Decided> {
  const stored = await options.golden.load([...new Set(messages.map((message) => message.key))]);
  const firstReadsComplete = await options.syncState.firstReadsComplete();
  // Without matching nobody asks who claims an address.
  const { matchByEmail } = options.policy;
  const brought = matchByEmail ? claimsBrought(messages.map(inboxOf), stored) : [];
  const claiming = await readClaims(options.claims, brought, matchByEmail ? stored : new Map());
  const ofPersons = messages.filter(({ key }) => !stored.get(key)?.entity);
  const owners = await readOwners(options.links, ofPersons.map(inboxOf));
  const consents = await readConsents(options, messages.map(inboxOf), { stored, also: session.also });
  const mappingOf = mappingsOf(options);
  const parents = await readParents(options, messages.map(inboxOf), { stored, mappingOf });
  const outcomes = new Map<string, Outcome>();
  let writes = noWritesAtAll;
  for (const message of messages) {
    const goldenId = message.key;
    const outcome = outcomes.get(goldenId) ?? {
      stored: stored.get(goldenId) ?? null,
      record: stored.get(goldenId) ?? null,
      decisions: [],
      brought: brought.filter((claim) => claim.goldenId === goldenId),
    };
    outcomes.set(goldenId, outcome);
    const inbox = inboxOf(message);
    const context: DecisionContext = {
      mapping: mappingOf(outcome.record, inbox),
      custom: customTypeOf(options, outcome.record, inbox),
      policy: options.policy,
      nowMs: options.clock.now(),
      firstReadsComplete,
      claims: claimsAround(claiming, inbox, outcome.record),
      owners,
      parents,
      published: session.published,
      withheld: withheldNow(options),
      consents: consentsFor(consents, outcome.decisions),
    };
    const decision = decideOrSetAside(options, { message, record: outcome.record, context, session });
    if (!decision) continue;
    outcome.decisions.push(decision);
    outcome.record = decision.record;
    writes = addBySystem(writes, countWrites(inbox, decision, context));
  }
  return { outcomes, consents, writes };
}

const nothingWithheld: ReadonlySet<System> = new Set();

const withheldNow = ({ withheld }: ReconcileOptions): ReadonlySet<System> => withheld?.() ?? nothingWithheld;

const mappingsOf =
  ({ mapping, entityMappings = {} }: ReconcileOptions): MappingOf =>
  (record, message) => {
    const entity = record ? record.entity : entityIn(message);
    return entity ? (entityMappings[entity] ?? []) : mapping;
  };

const customTypeOf = (
  { customTypes = {} }: ReconcileOptions,
  record: GoldenRecord | null,
  message: InboxMessage,
): EntityType | undefined => customTypes[(record ? record.entity : entityIn(message)) ?? ''];

type Case = {
  message: IncomingMessage;
  record: GoldenRecord | null;
  context: DecisionContext;
  session: Session;
};

/** A message that no decision can be made about is set aside with its place; all others flow. */
function decideOrSetAside(
  options: ReconcileOptions,
  { message, record, context, session }: Case,
): Decision | null {
  try {
    const decision = decide(record, inboxOf(message), context);
    options.onDecided?.(decision);
    return decision;
  } catch (error) {
    session.setAside(message, isSyncError(error) ? error.code : 'MESSAGE_UNEXPECTED');
    return null;
  }
}

/** Entries that are known to be published need not be published again; the oldest are forgotten first. */
function remember(published: Set<string>, outcomes: ReadonlyMap<string, Outcome>): void {
  for (const entryId of [...outcomes.values()].flatMap((outcome) => entriesOut(outcome, published)))
    published.add(entryId);
  for (const entryId of published) {
    if (published.size <= publishedMax) return;
    published.delete(entryId);
  }
}

function entriesOut(outcome: Outcome, published: ReadonlySet<string>): readonly string[] {
  const entries = outcome.record?.outbox.filter(({ kind }) => !kind.startsWith('dynamics-')) ?? [];
  return [...openSpreads(outcome, published).keys(), ...entries.map(({ entryId }) => entryId)];
}
