import { isSyncError, SyncError, type DeliveryOutcome, type WriteCommand } from '@lockstep/change-events';
import type { Clock, Lease, MarketoPeople, MarketoPerson } from '@lockstep/ports';
import type { CallNumbers } from '../callNumbers.ts';
import type { Answer } from './deliveryOutcome.ts';

export type MarketoCallOptions = {
  readonly people: MarketoPeople;
  readonly numbers: CallNumbers;
  readonly lease: Lease;
  readonly clock: Clock;
};

/** Throws LEASE_LOST; asked before every call, and before what was sent is stored. */
export function assertHeld(lease: Lease): void {
  if (!lease.isHeld()) throw new SyncError('LEASE_LOST', { source: 'marketo' });
}

/** The field that carries our own key, the golden id. */
export const keyField = 'lockstepId';

/** What a search answered, and its number; `crowded` are values that more persons share than one search may answer. */
export type Found = {
  readonly persons: readonly MarketoPerson[];
  readonly answered: DeliveryOutcome['answered'];
  readonly crowded: readonly string[];
};

/**
 * Persons by a field. A read speaks for the moment it was sent: its number is taken before the call. A crowded value harms
 * no other: what is asked is cut in halves down to it.
 */
export async function findPersons(
  options: MarketoCallOptions,
  field: string,
  values: readonly string[],
): Promise<Found> {
  assertHeld(options.lease);
  const answered = options.numbers.next();
  try {
    return { persons: await options.people.findPersons(field, values), answered, crowded: [] };
  } catch (error) {
    if (!isSyncError(error, 'MARKETO_AMBIGUOUS')) throw error;
    if (values.length === 1) return { persons: [], answered, crowded: values };
  }
  const half = Math.ceil(values.length / 2);
  const first = await findPersons(options, field, values.slice(0, half));
  const second = await findPersons(options, field, values.slice(half));
  return {
    persons: [...first.persons, ...second.persons],
    // The earlier number claims less.
    answered: first.answered,
    crowded: [...first.crowded, ...second.crowded],
  };
}

/** More than one person may be meant: an operator decides. */
export const ambiguous: Answer = { result: 'AMBIGUOUS', code: 'MARKETO_AMBIGUOUS' };

/** The person as it was read: FOUND stands for one that need not be created, READ settles an unknown outcome. */
export function answerOfPerson(
  result: 'FOUND' | 'READ',
  person: MarketoPerson,
  answered: Found['answered'],
): Answer {
  return { result, personId: person.id, state: person.fields, sent: answered, answered };
}

export const hasKey = (person: MarketoPerson, goldenId: string): boolean =>
  person.fields[keyField] === goldenId;

const hasEmail = (person: MarketoPerson, email: string): boolean =>
  String(person.fields['email'] ?? '').toLowerCase() === email.toLowerCase();

/** Whom a record had by an answer that it may not know of yet; null when that one belongs to another record by now. */
export function judgeKnown(
  { goldenId, personId }: WriteCommand,
  { persons, answered }: Found,
): Answer | null {
  const person = persons.find(({ id }) => id === personId);
  if (!person) return { result: 'NOT_FOUND' };

  return isFree(person, goldenId) ? answerOfPerson('READ', person, answered) : null;
}

/** Null when nobody has the address. */
export function judgeMatch(
  { goldenId }: WriteCommand,
  email: string,
  { persons, answered, crowded }: Found,
): Answer | null {
  const same = persons.filter((person) => hasEmail(person, email));
  if (same.length === 0 && !crowded.includes(email)) return null;
  const [only] = same.length === 1 ? same : [];
  return only && isFree(only, goldenId) ? answerOfPerson('FOUND', only, answered) : ambiguous;
}

/** A person that carries another golden id belongs to somebody else. */
const isFree = (person: MarketoPerson, goldenId: string): boolean =>
  (person.fields[keyField] ?? goldenId) === goldenId;
