import {
  isSyncError,
  SyncError,
  topics,
  type GoldenEvent,
  type InboxMessage,
  type Lane,
} from '@lockstep/change-events';
import type {
  Batch,
  BatchHandler,
  ClaimStore,
  Clock,
  GoldenStore,
  IncomingMessage,
  LinkStore,
  OutgoingMessage,
  SyncStateStore,
} from '@lockstep/ports';
import {
  claimOf,
  claimsOf,
  decide,
  emailClaim,
  rowKey,
  type Decision,
  type DecisionContext,
  type DynamicsWriteEntry,
  type EmailClaim,
  type GoldenRecord,
  type MappingRow,
  type Policy,
} from '@lockstep/reconciliation';
import { deadLetter } from './deadLetters.ts';
import { notice } from './notices.ts';

export type ReconcileOptions = {
  readonly golden: GoldenStore;
  readonly links: LinkStore;
  readonly claims: ClaimStore;
  readonly syncState: SyncStateStore;
  readonly clock: Clock;
  readonly mapping: readonly MappingRow[];
  readonly policy: Policy;
  /** Starts the guarded writes of a batch once it is committed; must not throw. */
  readonly writeDynamics: (writes: readonly OwnedWrite[]) => Promise<void>;
  readonly onDecided?: (decision: Decision) => void;
};

export type OwnedWrite = { readonly goldenId: string; readonly entry: DynamicsWriteEntry };

/** Everything that happened to one golden record in one batch. */
type Outcome = { readonly stored: GoldenRecord | null; record: GoldenRecord | null; decisions: Decision[] };

const attemptsMax = 8;
const publishedMax = 50_000;

/**
 * The owner's loop: loads the golden records of a batch, decides each message, saves once with a guard on the revision, and
 * only then publishes what follows, in one transaction with the inbox offsets. A redelivered message finds what was saved.
 */
export function createReconciler(options: ReconcileOptions): BatchHandler {
  const published = new Set<string>();
  return async (batch) => {
    const letters: OutgoingMessage[] = [];
    const outcomes = await decideAndSave(options, batch, { published, letters });
    const messages = [
      ...letters,
      ...[...outcomes.values()].flatMap((outcome) => outgoing(options, batch, outcome, published)),
    ];
    const writes = [...outcomes].flatMap(([goldenId, outcome]) => openWrites(goldenId, outcome));
    return {
      messages,
      afterCommit: async () => {
        remember(published, outcomes);
        await options.writeDynamics(writes);
      },
    };
  };
}

type Session = { readonly published: ReadonlySet<string>; readonly letters: OutgoingMessage[] };

const inboxOf = (message: IncomingMessage): InboxMessage => message.value as InboxMessage;

/** Decides all messages of the batch; those whose record somebody else saved in between are read and decided again. */
async function decideAndSave(
  options: ReconcileOptions,
  batch: Batch,
  session: Session,
): Promise<Map<string, Outcome>> {
  const done = new Map<string, Outcome>();
  let open = batch.messages;
  for (let attempt = 0; open.length > 0; attempt += 1) {
    if (attempt === attemptsMax) throw new SyncError('REVISION_CONFLICT', { records: open.length });
    const outcomes = await decideOnce(options, open, session);
    const refused = await save(options, outcomes);
    for (const [goldenId, outcome] of outcomes) if (!refused.has(goldenId)) done.set(goldenId, outcome);
    open = open.filter((message) => refused.has(message.key));
  }
  return done;
}

async function decideOnce(
  options: ReconcileOptions,
  messages: readonly IncomingMessage[],
  session: Session,
): Promise<Map<string, Outcome>> {
  const stored = await options.golden.load([...new Set(messages.map((message) => message.key))]);
  const firstReadsComplete = await options.syncState.firstReadsComplete();
  const claiming = await readClaims(options, messages.map(inboxOf), stored);
  const owners = await readOwners(options, messages.map(inboxOf));
  const outcomes = new Map<string, Outcome>();
  for (const message of messages) {
    const goldenId = message.key;
    const outcome = outcomes.get(goldenId) ?? {
      stored: stored.get(goldenId) ?? null,
      record: stored.get(goldenId) ?? null,
      decisions: [],
    };
    outcomes.set(goldenId, outcome);
    const inbox = inboxOf(message);
    const context: DecisionContext = {
      mapping: options.mapping,
      policy: options.policy,
      nowMs: options.clock.now(),
      firstReadsComplete,
      claims: claiming.get(claimFor(inbox, outcome.record) ?? '') ?? [],
      owners,
      published: session.published,
    };
    const decision = decideOrSetAside(options, { message, record: outcome.record, context, session });
    if (!decision) continue;
    outcome.decisions.push(decision);
    outcome.record = decision.record;
  }
  return outcomes;
}

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
    const code = isSyncError(error) ? error.code : 'MESSAGE_UNEXPECTED';
    session.letters.push(deadLetter(message, code, options.clock.now()));
    return null;
  }
}

/** The address by which this message's record can be matched: the one it brings, else the one that is known. */
function claimFor(inbox: InboxMessage, record: GoldenRecord | null): string | null {
  return claimBrought(inbox)?.claim ?? (record ? emailClaim(record) : null);
}

/** The claim that an event's own email address makes. */
function claimBrought(inbox: InboxMessage): EmailClaim | null {
  if (inbox.kind !== 'event') return null;
  const table = inbox.system === 'marketo' ? 'person' : inbox.table;
  const email = inbox.event.fields?.[inbox.system === 'marketo' ? 'email' : 'emailaddress1'];
  const claim = typeof email === 'string' ? claimOf(email) : null;
  if (claim === null) return null;
  return {
    claim,
    rowKey: rowKey({ system: inbox.system, table, id: inbox.event.recordId }),
    goldenId: inbox.goldenId,
  };
}

/** Claims are stored before they are read, so that of two records that claim one address at least one sees the other. */
async function readClaims(
  options: ReconcileOptions,
  messages: readonly InboxMessage[],
  stored: ReadonlyMap<string, GoldenRecord>,
): Promise<ReadonlyMap<string, readonly EmailClaim[]>> {
  if (!options.policy.matchByEmail) return new Map();
  const brought = messages
    .filter((message) => !stored.get(message.goldenId)?.aliasOf)
    .flatMap((message) => claimBrought(message) ?? []);
  await options.claims.add(brought);
  const known = [...stored.values()].flatMap((record) => emailClaim(record) ?? []);
  return options.claims.read([...new Set([...brought.map((claim) => claim.claim), ...known])]);
}

/** A person that an outcome names is linked before it is used; somebody else may have been first. */
async function readOwners(
  options: ReconcileOptions,
  messages: readonly InboxMessage[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = new Map<string, string>();
  for (const message of messages) {
    if (message.kind !== 'outcome' || !message.outcome.personId) continue;
    wanted.set(
      rowKey({ system: 'marketo', table: 'person', id: message.outcome.personId }),
      message.goldenId,
    );
  }
  return wanted.size === 0 ? wanted : options.links.link(wanted);
}

async function save(
  options: ReconcileOptions,
  outcomes: ReadonlyMap<string, Outcome>,
): Promise<ReadonlySet<string>> {
  const decisions = [...outcomes.values()].flatMap((outcome) => outcome.decisions);
  await options.claims.add(decisions.flatMap((decision) => decision.claimsAdded));
  for (const { relinks, record } of decisions) {
    if (relinks) await options.links.relink(relinks.rowKeys, record.goldenId, relinks.to);
  }
  const saves = [...outcomes.values()].flatMap(({ stored, record }) =>
    record && record !== stored ? [{ record, expected: stored?.revision ?? null }] : [],
  );
  const refused = await options.golden.save(saves);
  const kept = [...outcomes.values()].filter(({ record }) => record && !refused.has(record.goldenId));
  await options.claims.remove(kept.flatMap(claimsGivenUp));
  return refused;
}

/** Claims that a record made in between and no longer makes. */
function claimsGivenUp({ record, decisions }: Outcome): EmailClaim[] {
  const held = record ? claimsOf(record) : new Map<string, EmailClaim>();
  return decisions
    .flatMap((decision) => decision.claimsRemoved)
    .filter((claim) => !held.has(`${claim.claim} ${claim.rowKey}`));
}

function outgoing(
  options: ReconcileOptions,
  batch: Batch,
  { stored, record, decisions }: Outcome,
  published: ReadonlySet<string>,
): OutgoingMessage[] {
  if (!record) return [];
  const lane: Lane = batch.topic === topics.inboxBackfill ? 'BACKFILL' : 'LIVE';
  const events = [
    ...(stored?.outbox ?? []).flatMap((entry) =>
      entry.kind === 'golden-event' && !published.has(entry.entryId) ? [entry.event] : [],
    ),
    ...decisions.flatMap((decision) => decision.goldenEvent ?? []),
  ];
  const commands = record.outbox.flatMap((entry) =>
    entry.kind === 'marketo-write' && !published.has(entry.entryId) ? [entry.command] : [],
  );
  const headers = batch.messages.find((message) => message.key === record.goldenId)?.headers ?? {};
  const messages = [
    ...events.map((event: GoldenEvent) => ({
      topic: topics.goldenChanges('person'),
      key: event.goldenId,
      value: event,
    })),
    ...commands.map((command) => ({
      topic: command.lane === 'BACKFILL' ? topics.writesBackfill : topics.writes,
      key: command.goldenId,
      value: command,
    })),
    ...decisions
      .flatMap((decision) => decision.forwards)
      .map((value) => ({
        topic: lane === 'BACKFILL' ? topics.inboxBackfill : topics.inbox,
        key: value.goldenId,
        value,
      })),
    ...waitingNotice(options, stored, record),
  ];
  return messages.map((message) => ({ headers, ...message }));
}

/** Says once that a record waits for a person or for a cause to go away. */
function waitingNotice(
  options: ReconcileOptions,
  stored: GoldenRecord | null,
  record: GoldenRecord,
): OutgoingMessage[] {
  const { waiting } = record;
  if (!waiting?.code || waiting.code === stored?.waiting?.code) return [];
  const facts = { counts: { records: 1 }, atMs: options.clock.now(), cause: waiting.code };
  return [notice('RECORD_WAITS', `golden/${record.goldenId}`, facts)];
}

/** Writes that this batch planned and did not overtake itself. */
function openWrites(goldenId: string, { record, decisions }: Outcome): OwnedWrite[] {
  const open = new Set(record?.outbox.map((entry) => entry.entryId));
  return decisions
    .flatMap((decision) => decision.dynamicsWrites)
    .filter((entry) => open.has(entry.entryId))
    .map((entry) => ({ goldenId, entry }));
}

/** Entries that are known to be published need not be published again; the oldest are forgotten first. */
function remember(published: Set<string>, outcomes: ReadonlyMap<string, Outcome>): void {
  for (const { record } of outcomes.values()) {
    for (const entry of record?.outbox ?? [])
      if (entry.kind !== 'dynamics-write') published.add(entry.entryId);
  }
  for (const entryId of published) {
    if (published.size <= publishedMax) return;
    published.delete(entryId);
  }
}
