import {
  compareSequence,
  fateOf,
  isoTime,
  isSyncError,
  SyncError,
  topics,
  type DeliveryOutcome,
  type DeliveryResult,
  type ErrorCode,
  type ScalarValues,
  type WriteCommand,
} from '@lockstep/change-events';
import {
  marketoBatchMax,
  type Batch,
  type BatchHandler,
  type Clock,
  type DeliveryStore,
  type Lease,
  type MarketoPeople,
  type MarketoPerson,
  type UpsertResult,
} from '@lockstep/ports';
import type { CallNumbers } from './callNumbers.ts';

export type DeliverOptions = {
  readonly people: MarketoPeople;
  readonly deliveries: DeliveryStore;
  readonly numbers: CallNumbers;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly onDelivered?: (outcomes: readonly DeliveryOutcome[]) => void;
};

/** Marketo may still commit a call this long after it gave up answering (sync leads time-out, marketo-rest 2.4). */
const unknownOutcomeMs = 95_000;
const retryMs = 5_000;
const keyField = 'lockstepId';

/** What an outcome says beyond the command it answers. */
type Answer = Partial<Omit<DeliveryOutcome, 'commandId' | 'goldenId' | 'revision' | 'lane'>> & {
  result: DeliveryResult;
};

/**
 * Delivers commands to Marketo in full calls. Only the highest revision of a golden id is sent, one at a time per id; the
 * revision is stored before the call, so that an older command of the other lane can never overwrite a newer one.
 */
export function createDeliverer(options: DeliverOptions): BatchHandler {
  const unsent = new Map<string, number>();
  return async (batch) => {
    const commands = batch.messages.map((message) => message.value as WriteCommand);
    const outcomes = await deliverAll(options, commands, unsent);
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

/**
 * `unsent` holds revisions that were stored but, as this process knows, never sent. A stored revision that is neither
 * settled nor known to be unsent may have been sent by a process that died: it waits, and is settled by a read.
 */
async function deliverAll(
  options: DeliverOptions,
  commands: readonly WriteCommand[],
  unsent: Map<string, number>,
): Promise<DeliveryOutcome[]> {
  const { due, superseded, doubtful } = await selectDue(options, commands, unsent);
  await options.deliveries.save(
    due.map(({ goldenId, revision }) => ({ goldenId, revision, settled: false })),
  );
  const outcomes = await deliverChunks(options, due, unsent);
  const settled = [...outcomes, ...unknownOutcomes(options, doubtful, 'MARKETO_OUTCOME_UNKNOWN')];
  await options.deliveries.save(
    settled.map(({ goldenId, revision }) => ({ goldenId, revision, settled: true })),
  );
  return [...superseded.map((command) => outcomeOf(options, command, { result: 'SUPERSEDED' })), ...settled];
}

const work = { READ: settleByReading, CREATE: create, UPDATE: update } as const;

/** A call that fails before anything was sent fails the batch, which comes again; later ones answer RETRY. */
async function deliverChunks(
  options: DeliverOptions,
  due: readonly WriteCommand[],
  unsent: Map<string, number>,
): Promise<DeliveryOutcome[]> {
  const chunks = (['READ', 'CREATE', 'UPDATE'] as const).flatMap((operation) =>
    inChunks(due.filter((command) => command.operation === operation)).map((chunk) => ({ operation, chunk })),
  );
  for (const command of due) unsent.set(command.goldenId, command.revision.number);
  const outcomes: DeliveryOutcome[] = [];
  for (const { operation, chunk } of chunks) {
    try {
      outcomes.push(...(await work[operation](options, chunk)));
    } catch (error) {
      if (outcomes.length === 0 || fateOf(error) !== 'RETRY') throw error;
      const retryAt = isoTime(options.clock.now() + retryMs);
      outcomes.push(
        ...chunk.map((command) =>
          outcomeOf(options, command, { result: 'RETRY', code: codeOf(error), retryAt }),
        ),
      );
    }
  }
  for (const command of due) unsent.delete(command.goldenId);
  return outcomes;
}

async function selectDue(
  options: DeliverOptions,
  commands: readonly WriteCommand[],
  unsent: ReadonlyMap<string, number>,
) {
  const known = await options.deliveries.load(commands.map((command) => command.goldenId));
  const highest = new Map<string, WriteCommand>();
  const superseded: WriteCommand[] = [];
  for (const command of commands) {
    const rival = highest.get(command.goldenId);
    const sent = known.get(command.goldenId);
    const order = compareSequence(command.revision, sent?.revision);
    const isOld = sent !== undefined && (order < 0 || (order === 0 && sent.settled));
    if (isOld || (rival && compareSequence(command.revision, rival.revision) < 0)) {
      superseded.push(command);
      continue;
    }
    if (rival) superseded.push(rival);
    highest.set(command.goldenId, command);
  }
  const isDoubtful = ({ goldenId, revision }: WriteCommand): boolean =>
    compareSequence(known.get(goldenId)?.revision, revision) === 0 &&
    unsent.get(goldenId) !== revision.number;
  const all = [...highest.values()];
  return {
    due: all.filter((command) => !isDoubtful(command)),
    doubtful: all.filter(isDoubtful),
    superseded,
  };
}

function inChunks<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / marketoBatchMax);
  return Array.from({ length: count }, (_, at) =>
    items.slice(at * marketoBatchMax, (at + 1) * marketoBatchMax),
  );
}

function outcomeOf(options: DeliverOptions, command: WriteCommand, answer: Answer): DeliveryOutcome {
  const { commandId, goldenId, revision, lane, personId } = command;
  const nothing = {
    accepted: null,
    state: null,
    sent: null,
    answered: null,
    code: null,
    field: null,
    detail: null,
  };
  const at = isoTime(options.clock.now());
  return { commandId, goldenId, revision, personId, ...nothing, retryAt: null, lane, at, ...answer };
}

function assertHeld(lease: Lease): void {
  if (!lease.isHeld()) throw new SyncError('LEASE_LOST', { source: 'marketo' });
}

/** Settles what may have happened: the person as it is, found by id or, before it has one, by our key. */
async function settleByReading(
  options: DeliverOptions,
  commands: readonly WriteCommand[],
): Promise<DeliveryOutcome[]> {
  const byId = await findAll(
    options,
    'id',
    commands.flatMap((command) => command.personId ?? []),
  );
  const unlinked = commands.filter((command) => command.personId === null);
  const byKey = await findAll(
    options,
    keyField,
    unlinked.map((command) => command.goldenId),
  );
  return commands.map((command) => {
    const person =
      command.personId === null
        ? byKey.persons.find((other) => other.fields[keyField] === command.goldenId)
        : byId.persons.find((other) => other.id === command.personId);
    if (!person) return outcomeOf(options, command, { result: 'NOT_FOUND' });
    return outcomeOf(
      options,
      command,
      found('READ', person, (command.personId === null ? byKey : byId).answered),
    );
  });
}

function found(
  result: 'FOUND' | 'READ',
  person: MarketoPerson,
  answered: DeliveryOutcome['answered'],
): Answer {
  return { result, personId: person.id, state: person.fields, sent: answered, answered };
}

type Found = { readonly persons: readonly MarketoPerson[]; readonly answered: DeliveryOutcome['answered'] };

/** A read speaks for the moment it was sent: its number is taken before the call. */
async function findAll(options: DeliverOptions, field: string, values: readonly string[]): Promise<Found> {
  assertHeld(options.lease);
  const answered = options.numbers.next();
  const persons = values.length === 0 ? [] : await options.people.findPersons(field, values);
  return { persons, answered };
}

/** Looks up by our key, then by email, and only then creates by the key: a repeat cannot make a second person. */
async function create(
  options: DeliverOptions,
  commands: readonly WriteCommand[],
): Promise<DeliveryOutcome[]> {
  const byKey = await findAll(
    options,
    keyField,
    commands.map((command) => command.goldenId),
  );
  const outcomes: DeliveryOutcome[] = [];
  const open: WriteCommand[] = [];
  for (const command of commands) {
    const person = byKey.persons.find((other) => other.fields[keyField] === command.goldenId);
    if (person) outcomes.push(outcomeOf(options, command, found('FOUND', person, byKey.answered)));
    else open.push(command);
  }
  const { matched, unmatched } = await matchByEmail(options, open);
  const input = (command: WriteCommand): ScalarValues => ({
    ...command.fields,
    [keyField]: command.goldenId,
  });
  const created = await upsert(options, unmatched, {
    action: 'createOrUpdate',
    lookupField: keyField,
    input,
  });
  return [...outcomes, ...matched, ...created];
}

async function matchByEmail(options: DeliverOptions, commands: readonly WriteCommand[]) {
  const asked = commands.filter((command) => command.matchByEmail && command.email);
  const byEmail = await findAll(options, 'email', [...new Set(asked.map((command) => command.email ?? ''))]);
  const matched: DeliveryOutcome[] = [];
  const unmatched: WriteCommand[] = [];
  for (const command of commands) {
    const same = asked.includes(command)
      ? byEmail.persons.filter((person) => hasEmail(person, command.email))
      : [];
    const [only] = same;
    if (!only) unmatched.push(command);
    else matched.push(outcomeOf(options, command, judgeMatch(command, same, byEmail.answered)));
  }
  return { matched, unmatched };
}

const hasEmail = (person: MarketoPerson, email: string | null): boolean =>
  String(person.fields['email'] ?? '').toLowerCase() === (email ?? '').toLowerCase();

/** A person that carries another golden id belongs to somebody else. */
function judgeMatch(
  command: WriteCommand,
  same: readonly MarketoPerson[],
  answered: Found['answered'],
): Answer {
  const [only] = same;
  const owner = only?.fields[keyField] ?? command.goldenId;
  if (!only || same.length > 1 || owner !== command.goldenId)
    return { result: 'AMBIGUOUS', code: 'MARKETO_AMBIGUOUS' };
  return found('FOUND', only, answered);
}

function update(options: DeliverOptions, commands: readonly WriteCommand[]): Promise<DeliveryOutcome[]> {
  const input = (command: WriteCommand): ScalarValues => ({
    id: Number(command.personId),
    ...command.fields,
  });
  return upsert(options, commands, { action: 'updateOnly', lookupField: 'id', input });
}

type Upsert = { readonly input: (command: WriteCommand) => ScalarValues } & (
  | { readonly action: 'createOrUpdate'; readonly lookupField: string }
  | { readonly action: 'updateOnly'; readonly lookupField: 'id' }
);

/** One call. When the whole call is refused it is cut in halves, so that one bad record harms nobody else. */
async function upsert(
  options: DeliverOptions,
  commands: readonly WriteCommand[],
  how: Upsert,
): Promise<DeliveryOutcome[]> {
  if (commands.length === 0) return [];
  assertHeld(options.lease);
  const sent = options.numbers.next();
  try {
    const results = await options.people.upsert({ ...how, input: commands.map(how.input) });
    const answered = options.numbers.next();
    return commands.map((command, at) =>
      outcomeOf(options, command, { sent, answered, ...answerOf(command, results[at], how) }),
    );
  } catch (error) {
    if (isSyncError(error, 'MARKETO_OUTCOME_UNKNOWN')) return unknownOutcomes(options, commands, error.code);
    if (fateOf(error) !== 'PARK') throw error;
    if (commands.length === 1)
      return commands.map((command) =>
        outcomeOf(options, command, { result: 'REFUSED', code: codeOf(error) }),
      );
    const half = Math.ceil(commands.length / 2);
    return [
      ...(await upsert(options, commands.slice(0, half), how)),
      ...(await upsert(options, commands.slice(half), how)),
    ];
  }
}

const codeOf = (error: unknown): string => (isSyncError(error) ? error.code : 'MARKETO_REFUSED');

function unknownOutcomes(
  options: DeliverOptions,
  commands: readonly WriteCommand[],
  code: ErrorCode,
): DeliveryOutcome[] {
  const retryAt = isoTime(options.clock.now() + unknownOutcomeMs);
  return commands.map((command) => outcomeOf(options, command, { result: 'UNKNOWN', code, retryAt }));
}

function answerOf(command: WriteCommand, result: UpsertResult | undefined, how: Upsert): Answer {
  if (!result) return { result: 'UNKNOWN', code: 'MARKETO_ANSWER_INVALID', retryAt: null };
  switch (result.result) {
    case 'CREATED':
    case 'UPDATED': {
      const accepted = how.action === 'updateOnly' ? command.fields : how.input(command);
      return { result: result.result, personId: result.personId, accepted };
    }
    case 'NOT_FOUND':
      return { result: 'NOT_FOUND' };
    case 'AMBIGUOUS':
      return { result: 'AMBIGUOUS', code: 'MARKETO_AMBIGUOUS' };
    case 'REFUSED':
      return { result: 'REFUSED', code: result.code, field: result.field, detail: result.detail };
  }
}
