import {
  compareSequence,
  fateOf,
  topics,
  type DeliveryOutcome,
  type DeliveryResult,
  type WriteCommand,
} from '@lockstep/change-events';
import type {
  Batch,
  BatchHandler,
  Delivery,
  DeliveryStore,
  MarketoObjects,
  MarketoPeople,
} from '@lockstep/ports';
import pLimit from 'p-limit';
import { outcomeOf, retryOutcome, unsettledOutcome } from './deliver/deliveryOutcome.ts';
import { inEntityOrder } from './deliver/entityOrder.ts';
import type { FieldCheck, FieldPolicy } from './deliver/fieldCheck.ts';
import type { Traffic } from './deliver/gather.ts';
import { createObjectCalls } from './deliver/objectCalls.ts';
import { createPersonCalls, type PersonCall } from './deliver/personCalls.ts';
import { assertHeld, type MarketoCallOptions } from './deliver/personSearch.ts';

export type DeliverOptions = MarketoCallOptions & {
  readonly objects: MarketoObjects;
  /** The same database, in a lane that lets fresh edits pass. */
  readonly backfillPeople: MarketoPeople;
  readonly backfillObjects: MarketoObjects;
  readonly deliveries: DeliveryStore;
  /** Without these two everything is sent, and Marketo says what it refuses: of persons, */
  readonly checkFields?: FieldCheck;
  /** and of other records. */
  readonly policyOf?: (field: string) => FieldPolicy;
  readonly onDelivered?: (outcomes: readonly DeliveryOutcome[]) => void;
};

/** How long a command waits at most for others that are on their way, to share their call: people wait for a fresh edit. */
const freshGatherMs = 20;
const backfillGatherMs = 2_000;
const storeCallsMax = 3;

/**
 * Revisions that were stored but, as this process knows, never sent. A stored revision that has no outcome and is not known
 * to be unsent may have been sent by a process that died: it waits, and is settled by a read.
 */
type Unsent = Map<string, number>;

/**
 * Delivers commands to Marketo in full calls, which batches that are handled at the same time share; batches of the same
 * golden ids must not be (`onePerKey`). Only the highest revision of a golden id is sent, one at a time per id; the
 * revision is stored before the call, so that an older command of the other lane can never overwrite a newer one, and its
 * outcome after it, so that a command that comes again (a crash before the commit) gets the same answer.
 */
export function createDeliverer(options: DeliverOptions): BatchHandler {
  const unsent: Unsent = new Map();
  const { backfillPeople: people, backfillObjects: objects, deliveries } = options;
  const fresh = openLane(options, freshGatherMs);
  const backfill = openLane(
    { ...options, people, objects, deliveries: withFewAtOnce(deliveries) },
    backfillGatherMs,
  );
  return async (batch) => {
    const commands = batch.messages.map((message) => message.value as WriteCommand);
    const lane = batch.topic === topics.writesBackfill ? backfill : fresh;
    const outcomes = await deliverAll(lane, commands, unsent);
    options.onDelivered?.(outcomes);
    return { messages: toMessages(batch, outcomes) };
  };
}

type Lane = DeliverOptions & { readonly traffic: Traffic; readonly call: PersonCall };

function openLane(options: DeliverOptions, gatherMs: number): Lane {
  const traffic = { coming: 0 };
  const gathering = { ...options, gatherMs, traffic };
  const [person, object] = [createPersonCalls(gathering), createObjectCalls(gathering)];
  const call: PersonCall = (command) => (command.entity ? object(command) : person(command));
  return { ...options, traffic, call };
}

/** More at once gain nothing, for the database bounds it, and would be in the way of fresh edits. */
function withFewAtOnce({ load, save }: DeliveryStore): DeliveryStore {
  const limit = pLimit(storeCallsMax);
  return { load: (goldenIds) => limit(load, goldenIds), save: (deliveries) => limit(save, deliveries) };
}

function toMessages(batch: Batch, outcomes: readonly DeliveryOutcome[]) {
  const headers = new Map(batch.messages.map((message) => [message.key, message.headers]));
  return outcomes.map((outcome) => {
    const { goldenId } = outcome;
    return { topic: topics.outcomes, key: goldenId, value: outcome, headers: headers.get(goldenId) ?? {} };
  });
}

async function deliverAll(
  lane: Lane,
  commands: readonly WriteCommand[],
  unsent: Unsent,
): Promise<DeliveryOutcome[]> {
  const { traffic, clock } = lane;
  traffic.coming += commands.length;
  const prepared = prepare(lane, commands, unsent).finally(() => (traffic.coming -= commands.length));
  const { due, unsettled, answered, superseded } = await prepared;
  const outcomes = [...(await callAll(lane, due, unsent)), ...unsettled];
  await saveHeld(
    lane,
    outcomes.map((outcome) => ({ goldenId: outcome.goldenId, revision: outcome.revision, outcome })),
  );
  const late = superseded.map((command) => outcomeOf(command, { result: 'SUPERSEDED' }, clock.now()));
  return [...late, ...answered, ...outcomes];
}

/** Whoever took over may have stored more by now. */
async function saveHeld({ lease, deliveries }: DeliverOptions, list: readonly Delivery[]): Promise<void> {
  assertHeld(lease);
  await deliveries.save(list);
}

/** What is due is stored before it is sent. */
async function prepare(options: DeliverOptions, commands: readonly WriteCommand[], unsent: Unsent) {
  const { deliveries, clock } = options;
  const known = await deliveries.load(commands.map((command) => command.goldenId));
  const { highest: asked, superseded } = selectHighest(commands, known);
  const highest = asked.map((command) => lookingFirst(command, known.get(command.goldenId)?.outcome));
  const isRepeated = ({ goldenId, revision }: WriteCommand): boolean =>
    compareSequence(known.get(goldenId)?.revision, revision) === 0;
  // Judged once, before the calls: what they send is no longer known to be unsent.
  const answered = highest.flatMap((command) => {
    const outcome = known.get(command.goldenId)?.outcome ?? null;
    return outcome && (isRepeated(command) || asksForCreation(command, outcome))
      ? { ...outcome, commandId: command.commandId, revision: command.revision }
      : [];
  });
  const open = highest.filter((command) => !answered.some(({ goldenId }) => goldenId === command.goldenId));
  const unsettled = open.flatMap(
    (command) =>
      unsettledOutcome(command, known.get(command.goldenId), {
        unsent: unsent.get(command.goldenId),
        nowMs: clock.now(),
      }) ?? [],
  );
  const due = open.filter((command) => !unsettled.some(({ goldenId }) => goldenId === command.goldenId));
  await saveHeld(
    options,
    due.map(({ goldenId, revision }) => ({ goldenId, revision, outcome: null })),
  );
  return { due, unsettled, answered, superseded };
}

/**
 * The record asks what became of its person, which it does not know yet: the answer that it waits for may be on its way. A read
 * would not find a person that was deleted since, and another would be made.
 */
const asksForCreation = (
  { operation, personId, entity }: WriteCommand,
  { result }: DeliveryOutcome,
): boolean => {
  const isLookup = operation === 'READ' && personId === null && !entity;
  return isLookup && (result === 'CREATED' || result === 'FOUND');
};

/**
 * The record did not know yet whom it had made, or found, when it asked for a person again: it is told what became of that
 * one, and decides anew. A person that was deleted since would be made a second time.
 */
function lookingFirst(command: WriteCommand, known: DeliveryOutcome | null | undefined): WriteCommand {
  if (command.operation !== 'CREATE' || command.entity || !known?.personId) return command;
  return firstAnswers.has(known.result) ? { ...command, personId: known.personId } : command;
}

/** The results by which a record learns of its person; after any other it has known of it. */
const firstAnswers: ReadonlySet<DeliveryResult> = new Set(['CREATED', 'FOUND', 'READ']);

/** The highest revision of each golden id; what is lower than that, or than what was sent before, is superseded. */
function selectHighest(commands: readonly WriteCommand[], known: ReadonlyMap<string, Delivery>) {
  const highest = new Map<string, WriteCommand>();
  const superseded: WriteCommand[] = [];
  for (const command of commands) {
    const rival = highest.get(command.goldenId);
    const sent = known.get(command.goldenId);
    const isOld = [sent, rival].some((other) => compareSequence(command.revision, other?.revision) < 0);
    if (isOld) {
      superseded.push(command);
      continue;
    }
    if (rival) superseded.push(rival);
    highest.set(command.goldenId, command);
  }
  return { highest: [...highest.values()], superseded };
}

/** Fails, so that the batch comes again, when nothing of it was sent; else what was not sent is answered RETRY. */
async function callAll(lane: Lane, due: readonly WriteCommand[], unsent: Unsent): Promise<DeliveryOutcome[]> {
  for (const { goldenId, revision } of due) unsent.set(goldenId, revision.number);
  const settled: PromiseSettledResult<DeliveryOutcome>[] = [];
  const groups = inEntityOrder(due);
  for (const group of groups) settled.push(...(await callGroup(lane, group)));
  const sent = groups.flat();
  const answered = sent.filter((_, at) => settled[at]?.status === 'fulfilled');
  for (const { goldenId } of answered) unsent.delete(goldenId);
  const failures = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  const fatal = failures.filter((failure) => answered.length === 0 || fateOf(failure) !== 'RETRY');
  if (fatal.length > 0) throw fatal[0];
  return sent.map((command, at) => {
    const each = settled[at];
    if (each?.status === 'fulfilled') return each.value;
    unsent.delete(command.goldenId);
    return retryOutcome(command, each?.reason, lane.clock.now());
  });
}

function callGroup({ call, traffic }: Lane, group: readonly WriteCommand[]) {
  traffic.coming += group.length;
  return Promise.allSettled(group.map((command) => call(command).finally(() => (traffic.coming -= 1))));
}
