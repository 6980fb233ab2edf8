import {
  compareSequence,
  fateOf,
  topics,
  type DeliveryOutcome,
  type WriteCommand,
} from '@lockstep/change-events';
import {
  marketoBatchMax,
  type Batch,
  type BatchHandler,
  type Delivery,
  type DeliveryStore,
  type MarketoPeople,
} from '@lockstep/ports';
import { outcomeOf, retryOutcome, unknownOutcome } from './deliveryOutcome.ts';
import { callMarketo, type MarketoCallOptions } from './marketoCalls.ts';

export type DeliverOptions = MarketoCallOptions & {
  /** The same database, in a lane that lets fresh edits pass. */
  readonly backfillPeople: MarketoPeople;
  readonly deliveries: DeliveryStore;
  readonly onDelivered?: (outcomes: readonly DeliveryOutcome[]) => void;
};

/**
 * Revisions that were stored but, as this process knows, never sent. A stored revision that has no outcome and is not known
 * to be unsent may have been sent by a process that died: it waits, and is settled by a read.
 */
type Unsent = Map<string, number>;

/**
 * Delivers commands to Marketo in full calls. Only the highest revision of a golden id is sent, one at a time per id; the
 * revision is stored before the call, so that an older command of the other lane can never overwrite a newer one, and its
 * outcome after it, so that a command that comes again (a crash before the commit) gets the same answer.
 */
export function createDeliverer(options: DeliverOptions): BatchHandler {
  const unsent: Unsent = new Map();
  return async (batch) => {
    const commands = batch.messages.map((message) => message.value as WriteCommand);
    const people = batch.topic === topics.writesBackfill ? options.backfillPeople : options.people;
    const outcomes = await deliverAll({ ...options, people }, commands, unsent);
    options.onDelivered?.(outcomes);
    return { messages: toMessages(batch, outcomes) };
  };
}

function toMessages(batch: Batch, outcomes: readonly DeliveryOutcome[]) {
  const headers = new Map(batch.messages.map((message) => [message.key, message.headers]));
  return outcomes.map((outcome) => {
    const { goldenId } = outcome;
    return { topic: topics.outcomes, key: goldenId, value: outcome, headers: headers.get(goldenId) ?? {} };
  });
}

async function deliverAll(
  options: DeliverOptions,
  commands: readonly WriteCommand[],
  unsent: Unsent,
): Promise<DeliveryOutcome[]> {
  const { deliveries, clock } = options;
  const known = await deliveries.load(commands.map((command) => command.goldenId));
  const { highest, superseded } = selectHighest(commands, known);
  const isRepeated = ({ goldenId, revision }: WriteCommand): boolean =>
    compareSequence(known.get(goldenId)?.revision, revision) === 0;
  // Judged once, before the calls: what they send is no longer known to be unsent.
  const answered = highest.flatMap((command) =>
    isRepeated(command) ? (known.get(command.goldenId)?.outcome ?? []) : [],
  );
  const open = highest.filter((command) => !answered.some(({ goldenId }) => goldenId === command.goldenId));
  const doubtful = open.filter(
    (command) => isRepeated(command) && unsent.get(command.goldenId) !== command.revision.number,
  );
  const due = open.filter((command) => !doubtful.includes(command));
  await deliveries.save(due.map(({ goldenId, revision }) => ({ goldenId, revision, outcome: null })));
  const delivered = await deliverChunks(options, due, unsent);
  const unknown = doubtful.map((command) => unknownOutcome(command, 'MARKETO_OUTCOME_UNKNOWN', clock.now()));
  const outcomes = [...delivered, ...unknown];
  await deliveries.save(
    outcomes.map((outcome) => ({ goldenId: outcome.goldenId, revision: outcome.revision, outcome })),
  );
  const late = superseded.map((command) => outcomeOf(command, { result: 'SUPERSEDED' }, clock.now()));
  return [...late, ...answered, ...outcomes];
}

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

/** A call that fails before anything was sent fails the batch, which comes again; later ones answer RETRY. */
async function deliverChunks(
  options: DeliverOptions,
  due: readonly WriteCommand[],
  unsent: Unsent,
): Promise<DeliveryOutcome[]> {
  for (const command of due) unsent.set(command.goldenId, command.revision.number);
  const outcomes: DeliveryOutcome[] = [];
  for (const operation of ['READ', 'CREATE', 'UPDATE'] as const) {
    for (const chunk of inChunks(due.filter((command) => command.operation === operation))) {
      const failed = (error: unknown): DeliveryOutcome[] => {
        if (outcomes.length === 0 || fateOf(error) !== 'RETRY') throw error;
        return chunk.map((command) => retryOutcome(command, error, options.clock.now()));
      };
      outcomes.push(...(await callMarketo(options, operation, chunk).catch(failed)));
    }
  }
  for (const command of due) unsent.delete(command.goldenId);
  return outcomes;
}

function inChunks<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / marketoBatchMax);
  return Array.from({ length: count }, (_, at) =>
    items.slice(at * marketoBatchMax, (at + 1) * marketoBatchMax),
  );
}
