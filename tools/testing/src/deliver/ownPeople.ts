import {
  isoTime,
  type DeliveryOutcome,
  type WriteCommand,
  type WriteOperation,
} from '@lockstep/change-events';
import { nativePolicy } from '@lockstep/reconciliation';

/** Who decides what Marketo must be told of each person, as the reconciler does (planMarketo, wakeUp, absorbOutcome). */
export type Owner = {
  /** Somebody changed this person, by number: a command follows, now or when the open one is over. */
  edit(person: number, lane: WriteCommand['lane'], nowMs: number): void;
  take(outcome: DeliveryOutcome, nowMs: number): void;
  /** Settles by a read what may have happened, and plans anew what nobody answered. */
  lookAgain(nowMs: number): void;
  /** The commands that were planned since the last call. */
  drain(): readonly WriteCommand[];
  /** Marketo was told everything, as far as the outcomes say. */
  isAtRest(): boolean;
};

type Person = {
  readonly number: number;
  readonly goldenId: string;
  personId: string | null;
  revision: number;
  /** The revision of the last command that writes. */
  written: number;
  /** Marketo is not known to hold, and was not told, what it should. */
  isStale: boolean;
  open: { readonly command: WriteCommand; isUnknown: boolean; dueAtMs: number } | null;
};

/** The title of a person tells which revision was written last. */
export const titleOf = (revision: number): string => `Revision ${revision}`;

const goldenIdOf = (person: number): string => `00000000-0000-4000-8000-${String(person).padStart(12, '0')}`;

export function createOwner(): Owner {
  const people = new Map<string, Person>();
  const planned: WriteCommand[] = [];
  const send = (person: Person, operation: WriteOperation, at: Cause): void =>
    void planned.push(open(person, operation, at));
  const plan = (person: Person, at: Cause): void => {
    if (person.isStale && !isBlocked(person, at.lane))
      send(person, person.personId === null ? 'CREATE' : 'UPDATE', at);
  };
  return {
    edit(number, lane, nowMs) {
      const goldenId = goldenIdOf(number);
      const person = people.get(goldenId) ?? newPerson(number, goldenId);
      people.set(goldenId, person);
      person.isStale = true;
      plan(person, { lane, nowMs });
    },
    take(outcome, nowMs) {
      const person = people.get(outcome.goldenId);
      if (!person || person.open?.command.commandId !== outcome.commandId) return;
      absorb(person, outcome, nowMs);
      // A fresh edit overtakes; what follows from an outcome waits.
      if (person.open === null) plan(person, { lane: outcome.lane, nowMs });
    },
    lookAgain(nowMs) {
      for (const person of people.values()) {
        if (person.open === null || person.open.dueAtMs > nowMs) continue;
        const at: Cause = { lane: 'LIVE', nowMs };
        if (person.open.isUnknown) send(person, 'READ', at);
        else {
          Object.assign(person, { open: null, isStale: true });
          plan(person, at);
        }
      }
    },
    drain: () => planned.splice(0),
    isAtRest: () => [...people.values()].every((person) => person.open === null && !person.isStale),
  };
}

type Cause = { readonly lane: WriteCommand['lane']; readonly nowMs: number };

const newPerson = (number: number, goldenId: string): Person => ({
  ...{ number, goldenId, personId: null, revision: 0, written: 0, isStale: true, open: null },
});

/** One command at a time; a fresh edit overtakes one that waits in the backfill lane. */
const isBlocked = ({ open: before }: Person, lane: WriteCommand['lane']): boolean =>
  before !== null && (before.command.lane !== 'BACKFILL' || lane !== 'LIVE' || before.isUnknown);

function open(person: Person, operation: WriteOperation, { lane, nowMs }: Cause): WriteCommand {
  person.revision += 1;
  if (operation !== 'READ') Object.assign(person, { written: person.revision, isStale: false });
  const command = toCommand(person, operation, { lane, nowMs });
  const waitMs = lane === 'LIVE' ? nativePolicy.marketoOutcomeMs : nativePolicy.marketoBackfillOutcomeMs;
  person.open = { command, isUnknown: false, dueAtMs: nowMs + waitMs };
  return command;
}

function toCommand(person: Person, operation: WriteOperation, { lane, nowMs }: Cause): WriteCommand {
  const { number, goldenId, personId, revision } = person;
  const email = `person.${number}@example.com`;
  const names = operation === 'CREATE' ? { email, lastName: `Person ${number}` } : {};
  return {
    ...{ goldenId, operation, personId, email, lane },
    commandId: `${goldenId}/1.${revision}/marketo`,
    revision: { epoch: 1, number: revision },
    matchByEmail: false,
    fields: operation === 'READ' ? {} : { ...names, title: titleOf(revision) },
    issuedAt: isoTime(nowMs),
  };
}

function absorb(person: Person, outcome: DeliveryOutcome, nowMs: number): void {
  switch (outcome.result) {
    case 'CREATED':
    case 'UPDATED':
      return close(person, outcome);
    case 'FOUND':
    case 'READ':
      person.isStale ||= outcome.state?.['title'] !== titleOf(person.written);
      return close(person, outcome);
    case 'NOT_FOUND':
      person.isStale = true;
      return close(person, outcome);
    case 'UNKNOWN':
    case 'RETRY':
      return postpone(person, outcome, nowMs);
    // Nobody deletes, merges or forbids: the judge finds that the value is not there.
    case 'REFUSED':
    case 'AMBIGUOUS':
      return close(person, outcome);
    case 'DELETED':
    case 'MERGED':
    case 'SUPERSEDED':
  }
}

function close(person: Person, { personId }: DeliveryOutcome): void {
  person.personId = personId ?? person.personId;
  person.open = null;
}

function postpone(person: Person, { result, retryAt }: DeliveryOutcome, nowMs: number): void {
  if (person.open === null) return;
  person.open.isUnknown ||= result === 'UNKNOWN';
  person.open.dueAtMs = retryAt === null ? nowMs : Date.parse(retryAt);
}
