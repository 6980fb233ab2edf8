import {
  fateOf,
  isSyncError,
  SyncError,
  type DeliveryOutcome,
  type ScalarValues,
  type WriteCommand,
  type WriteOperation,
} from '@lockstep/change-events';
import type { Clock, Lease, MarketoPeople, MarketoPerson, UpsertResult } from '@lockstep/ports';
import type { CallNumbers } from './callNumbers.ts';
import { codeOf, outcomeOf, retryOutcome, unknownOutcome, type Answer } from './deliveryOutcome.ts';

export type MarketoCallOptions = {
  readonly people: MarketoPeople;
  readonly numbers: CallNumbers;
  readonly lease: Lease;
  readonly clock: Clock;
};

type Commands = readonly WriteCommand[];
type Outcomes = DeliveryOutcome[];

const keyField = 'lockstepId';

/** Carries out at most 300 commands of one operation. */
export function callMarketo(
  options: MarketoCallOptions,
  operation: WriteOperation,
  commands: Commands,
): Promise<Outcomes> {
  switch (operation) {
    case 'READ':
      return settleByReading(options, commands);
    case 'CREATE':
      return create(options, commands);
    case 'UPDATE':
      return update(options, commands);
  }
}

function assertHeld(lease: Lease): void {
  if (!lease.isHeld()) throw new SyncError('LEASE_LOST', { source: 'marketo' });
}

/** Settles what may have happened: the person as it is, found by id or, before it has one, by our key. */
async function settleByReading(options: MarketoCallOptions, commands: Commands): Promise<Outcomes> {
  const linked = commands.filter((command) => command.personId !== null);
  const unlinked = commands.filter((command) => command.personId === null);
  const ids = linked.map((command) => command.personId ?? '');
  const byId = await findAll(options, 'id', ids);
  const byKey = await findAll(options, keyField, goldenIds(unlinked));
  const answerFrom = ({ persons, answered }: Found, isIt: (person: MarketoPerson) => boolean): Answer => {
    const person = persons.find(isIt);
    return person ? found('READ', person, answered) : { result: 'NOT_FOUND' };
  };
  const nowMs = options.clock.now();
  return [
    ...linked.map((command) =>
      outcomeOf(
        command,
        answerFrom(byId, ({ id }) => id === command.personId),
        nowMs,
      ),
    ),
    ...unlinked.map((command) => outcomeOf(command, answerFrom(byKey, isKeyOf(command)), nowMs)),
  ];
}

const goldenIds = (commands: Commands): string[] => commands.map((command) => command.goldenId);
const isKeyOf = (command: WriteCommand) => (person: MarketoPerson) =>
  person.fields[keyField] === command.goldenId;

type Found = { readonly persons: readonly MarketoPerson[]; readonly answered: DeliveryOutcome['answered'] };

function found(result: 'FOUND' | 'READ', person: MarketoPerson, answered: Found['answered']): Answer {
  return { result, personId: person.id, state: person.fields, sent: answered, answered };
}

/** A read speaks for the moment it was sent: its number is taken before the call. */
async function findAll(
  options: MarketoCallOptions,
  field: string,
  values: readonly string[],
): Promise<Found> {
  assertHeld(options.lease);
  const answered = options.numbers.next();
  const persons = values.length === 0 ? [] : await options.people.findPersons(field, values);
  return { persons, answered };
}

/** Looks up by our key, then by email, and only then creates by the key: a repeat cannot make a second person. */
async function create(options: MarketoCallOptions, commands: Commands): Promise<Outcomes> {
  const byKey = await findAll(options, keyField, goldenIds(commands));
  const nowMs = options.clock.now();
  const outcomes: Outcomes = [];
  const open: WriteCommand[] = [];
  for (const command of commands) {
    const person = byKey.persons.find(isKeyOf(command));
    if (person) outcomes.push(outcomeOf(command, found('FOUND', person, byKey.answered), nowMs));
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

async function matchByEmail(options: MarketoCallOptions, commands: Commands) {
  const asked = commands.filter((command) => command.matchByEmail && command.email);
  const emails = [...new Set(asked.map((command) => command.email ?? ''))];
  const byEmail = await findByEmail(options, emails);
  const matched: Outcomes = [];
  const unmatched: WriteCommand[] = [];
  for (const command of commands) {
    const answer = asked.includes(command) ? judgeMatch(command, byEmail) : null;
    if (answer) matched.push(outcomeOf(command, answer, options.clock.now()));
    else unmatched.push(command);
  }
  return { matched, unmatched };
}

/** `crowded`: addresses that more persons share than one search may answer. */
type FoundByEmail = Found & { readonly crowded: readonly string[] };

/** A crowded address harms nobody else: what is asked is cut in halves down to it. */
async function findByEmail(options: MarketoCallOptions, emails: readonly string[]): Promise<FoundByEmail> {
  try {
    return { ...(await findAll(options, 'email', emails)), crowded: [] };
  } catch (error) {
    if (!isSyncError(error, 'MARKETO_AMBIGUOUS')) throw error;
    if (emails.length === 1) return { persons: [], answered: null, crowded: emails };
  }
  const half = Math.ceil(emails.length / 2);
  const first = await findByEmail(options, emails.slice(0, half));
  const second = await findByEmail(options, emails.slice(half));
  return {
    persons: [...first.persons, ...second.persons],
    // The earlier number claims less.
    answered: first.answered ?? second.answered,
    crowded: [...first.crowded, ...second.crowded],
  };
}

const hasEmail = (person: MarketoPerson, email: string | null): boolean =>
  String(person.fields['email'] ?? '').toLowerCase() === (email ?? '').toLowerCase();

/** Null when nobody has the address. */
function judgeMatch(command: WriteCommand, { persons, answered, crowded }: FoundByEmail): Answer | null {
  const same = persons.filter((person) => hasEmail(person, command.email));
  if (same.length === 0 && !crowded.includes(command.email ?? '')) return null;
  const [only] = same.length === 1 ? same : [];
  return only && isFree(only, command)
    ? found('FOUND', only, answered)
    : { result: 'AMBIGUOUS', code: 'MARKETO_AMBIGUOUS' };
}

/** A person that carries another golden id belongs to somebody else. */
const isFree = (person: MarketoPerson, { goldenId }: WriteCommand): boolean =>
  (person.fields[keyField] ?? goldenId) === goldenId;

function update(options: MarketoCallOptions, commands: Commands): Promise<Outcomes> {
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
async function upsert(options: MarketoCallOptions, commands: Commands, how: Upsert): Promise<Outcomes> {
  if (commands.length === 0) return [];
  assertHeld(options.lease);
  const sent = options.numbers.next();
  try {
    const results = await options.people.upsert({ ...how, input: commands.map(how.input) });
    const answered = options.numbers.next();
    return commands.map((command, at) => {
      const answer = { sent, answered, ...answerOf(command, results[at], how) };
      return outcomeOf(command, answer, options.clock.now());
    });
  } catch (error) {
    return refused(options, commands, { how, error });
  }
}

async function refused(
  options: MarketoCallOptions,
  commands: Commands,
  { how, error }: { how: Upsert; error: unknown },
): Promise<Outcomes> {
  const nowMs = options.clock.now();
  const code = codeOf(error);
  if (isSyncError(error, 'MARKETO_OUTCOME_UNKNOWN'))
    return commands.map((command) => unknownOutcome(command, code, nowMs));
  if (fateOf(error) !== 'PARK') throw error;
  if (commands.length === 1)
    return commands.map((command) => outcomeOf(command, { result: 'REFUSED', code }, nowMs));
  const half = Math.ceil(commands.length / 2);
  const first = await upsert(options, commands.slice(0, half), how);
  const rest = commands.slice(half);
  const later = (failure: unknown): Outcomes => {
    // The first half is done, so the batch must not come again.
    if (fateOf(failure) !== 'RETRY') throw failure;
    return rest.map((command) => retryOutcome(command, failure, options.clock.now()));
  };
  return [...first, ...(await upsert(options, rest, how).catch(later))];
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
