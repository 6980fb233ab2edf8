import { isSyncError, type ErrorCode, type InboxMessage, type System } from '@lockstep/change-events';
import type {
  ClaimStore,
  Clock,
  ConsentStore,
  GoldenStore,
  IncomingMessage,
  LinkStore,
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
import { consentsFor, readConsents, type Consents } from './consentFlow.ts';
import { claimsAround, claimsBrought, readClaims, readOwners } from './decisionInputs.ts';
import { readAccounts } from './readAccounts.ts';
import { readParents, type MappingOf } from './readParents.ts';
import { claimants, readRivals } from './readRivals.ts';
import { readSurvivors } from './readSurvivors.ts';
import type { Outcome } from './reconcileOutput.ts';
import { withoutStale } from './withoutStale.ts';
import type { WriteBrake } from './writeBrake.ts';

export type DecidingOptions = {
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
  /** No revision is below; 1 without it. */
  readonly revisionEpoch?: number;
  /** Holds a direction back when too much is written; nothing does without it. */
  readonly brake?: WriteBrake;
  readonly onDecided?: (decision: Decision) => void;
};

/** What the rounds of one batch share. */
export type Session = {
  readonly published: ReadonlySet<string>;
  readonly setAside: (message: IncomingMessage, code: ErrorCode) => void;
  /** Addresses whose wishes are read although no message of the round names them. */
  readonly also: ReadonlySet<string>;
};

/** What became of each golden record, by the wishes that were read for it. */
export type Round = { outcomes: Map<string, Outcome>; consents: Consents };
type Decided = Round & { writes: WritesBySystem };

/**
 * Reads what the messages are decided from, and decides them; saves nothing. Decides again where the brake holds a direction
 * back from now on.
 */
export async function decideRound(
  options: DecidingOptions,
  messages: readonly IncomingMessage[],
  session: Session,
): Promise<Round> {
  const decideOnce = async () =>
    decideAll(options, messages, { session, inputs: await readInputs(options, messages, session) });
  const decided = await decideOnce();
  const isHeld = (await options.brake?.weigh(decided.writes)) ?? false;

  return isHeld ? decideOnce() : decided;
}

const inboxOf = (message: IncomingMessage): InboxMessage => message.value as InboxMessage;

type Inputs = Awaited<ReturnType<typeof readInputs>>;

async function readInputs(options: DecidingOptions, messages: readonly IncomingMessage[], { also }: Session) {
  const inboxes = messages.map(inboxOf);
  const stored = await options.golden.load([...new Set(messages.map((message) => message.key))]);
  const firstReadsComplete = await options.syncState.firstReadsComplete();
  // Without matching nobody asks who claims an address.
  const { matchByEmail } = options.policy;
  const brought = matchByEmail ? claimsBrought(inboxes, stored) : [];
  const claimed = await readClaims(options.claims, brought, matchByEmail ? stored : new Map());
  const claiming = await withoutStale(options.golden, claimed, { stored, brought });
  const ofPersons = inboxes.filter(({ goldenId }) => !stored.get(goldenId)?.entity);
  const owners = await readOwners(options.links, ofPersons, stored);
  const consents = await readConsents(options, inboxes, { stored, also });
  const mappingOf = mappingsOf(options);
  const { accounts, parents: found } = await readAccounts(options.golden, inboxes, stored);
  const named = await readParents(options, inboxes, { stored, mappingOf });
  const parents = found.size === 0 ? named : new Map([...named, ...found]);
  const survivors = await readSurvivors(options, stored);
  const isObserved = withheldNow(options).has('marketo');
  const isAsked = inboxes.some(({ kind }) => kind === 'request');
  const rivals = await readRivals(options.golden, claiming, { stored, isObserved, isAsked });
  return {
    stored,
    firstReadsComplete,
    brought,
    claiming,
    rivals,
    owners,
    consents,
    mappingOf,
    accounts,
    parents,
    survivors,
  };
}

type Work = { readonly session: Session; readonly inputs: Inputs };

/** Each message is decided on what the one before it has made of the record. */
function decideAll(options: DecidingOptions, messages: readonly IncomingMessage[], work: Work): Decided {
  const outcomes = new Map<string, Outcome>();
  let writes = noWritesAtAll;
  for (const message of messages) {
    const outcome = outcomes.get(message.key) ?? startOutcome(message.key, work.inputs);
    outcomes.set(message.key, outcome);
    const context = contextFor(options, { message, outcome, outcomes, ...work });
    const before = outcome.record;
    const decision = decideOrSetAside(options, { message, record: before, context, ...work });
    if (!decision) continue;
    outcome.decisions.push(decision);
    // A message that changed nothing about nobody says nothing of what the record is.
    outcome.record = decision.dirty ? decision.record : before;
    const planned = countWrites(inboxOf(message), { before, decision }, context);
    if (planned !== noWritesAtAll) writes = addBySystem(writes, planned);
  }
  return { outcomes, consents: work.inputs.consents, writes };
}

function startOutcome(goldenId: string, { stored, brought }: Inputs): Outcome {
  const record = stored.get(goldenId) ?? null;
  const ofRecord = brought.filter((claim) => claim.goldenId === goldenId);
  return { stored: record, record, decisions: [], brought: ofRecord };
}

type Place = Work & {
  readonly message: IncomingMessage;
  readonly outcome: Outcome;
  readonly outcomes: ReadonlyMap<string, Outcome>;
};

function contextFor(options: DecidingOptions, place: Place): DecisionContext {
  const { message, outcome, outcomes, session, inputs } = place;
  const inbox = inboxOf(message);
  const claims = claimsAround(inputs.claiming, inbox, outcome.record);
  const { firstReadsComplete, rivals, owners, consents, mappingOf, accounts, parents, survivors } = inputs;
  const { foretold, linked } = claimants(claims, rivals, outcomes);
  return {
    mapping: mappingOf(outcome.record, inbox),
    custom: customTypeOf(options, outcome.record, inbox),
    policy: options.policy,
    nowMs: options.clock.now(),
    firstReadsComplete,
    claims,
    foretold,
    linked,
    owners,
    accounts,
    parents,
    survivors,
    published: session.published,
    revisionEpoch: options.revisionEpoch,
    withheld: withheldNow(options),
    consents: consentsFor(consents, outcome.decisions),
  };
}

const nothingWithheld: ReadonlySet<System> = new Set();

const withheldNow = ({ withheld }: DecidingOptions): ReadonlySet<System> => withheld?.() ?? nothingWithheld;

const mappingsOf =
  ({ mapping, entityMappings = {} }: DecidingOptions): MappingOf =>
  (record, message) => {
    const entity = record ? record.entity : entityIn(message);
    return entity ? (entityMappings[entity] ?? []) : mapping;
  };

const customTypeOf = (
  { customTypes = {} }: DecidingOptions,
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
  options: DecidingOptions,
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
