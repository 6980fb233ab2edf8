import type { InboxMessage, WriteCommand } from '@lockstep/change-events';
import { decide, nativePolicy, type DynamicsEntry, type GoldenRecord } from '@lockstep/reconciliation';
import { answerCommand, answerWrite } from './trafficAnswers.ts';
import { leadMessage, makePerson, trafficMapping, type TrafficPerson } from './trafficPeople.ts';

export const trafficNowMs = Date.parse('2026-11-22T10:00:03Z');

/** A write that the reconciler asked for and that nobody has answered. */
export type OpenWrite = { readonly person: TrafficPerson; readonly write: WriteCommand | DynamicsEntry };

/** Two systems and the reconciler between them. */
export type TrafficWorld = {
  readonly records: ReadonlyMap<string, GoldenRecord>;
  /** Oldest first; some may have been overtaken. */
  readonly open: OpenWrite[];
  isOpen(open: OpenWrite): boolean;
  /** Lets the reconciler decide. */
  take(message: InboxMessage): void;
  nextCall(): number;
  /** Everybody in turn, neighbours far apart. */
  nextPerson(): TrafficPerson;
  addPerson(): TrafficPerson;
};

/** Coprime to round numbers of people: from one to the next, everybody is met once. */
export const stride = 7_919;

/** The golden records of people whom both sides hold alike, with all that was decided published. */
export function agreedPeople({ from, count }: { from: number; count: number }): readonly GoldenRecord[] {
  return agreedOf(createWorld(count, from));
}

export const agreedOf = ({ records }: TrafficWorld): readonly GoldenRecord[] =>
  [...records.values()].map((record) => ({ ...record, outbox: [] }));

/** `count` people whom both sides hold alike, numbered from `from` on. */
export function createWorld(count: number, from = 0): TrafficWorld {
  const people = new Map<string, TrafficPerson>();
  const { records, open, take } = createDecider(people);
  let calls = 1;
  let visits = 0;
  const world: TrafficWorld = {
    ...{ records, open, take },
    isOpen: ({ person, write }) =>
      records.get(person.goldenId)?.outbox.some(({ entryId }) => entryId === idOf(write)) ?? false,
    nextCall: () => (calls += 2),
    nextPerson: () => firstPeople[(visits++ * stride) % count] as TrafficPerson,
    addPerson() {
      const person = makePerson(from + people.size);
      people.set(person.goldenId, person);
      return person;
    },
  };
  const firstPeople = Array.from({ length: count }, () => world.addPerson());
  for (const person of firstPeople) {
    take(leadMessage(person));
    take(answerOf(world, open.pop() as OpenWrite) as InboxMessage);
  }
  return world;
}

function createDecider(people: ReadonlyMap<string, TrafficPerson>) {
  const records = new Map<string, GoldenRecord>();
  const open: OpenWrite[] = [];
  const published = new Set<string>();
  const context = {
    ...{ mapping: trafficMapping, policy: nativePolicy, nowMs: trafficNowMs, firstReadsComplete: true },
    ...{ claims: [], owners: new Map<string, string>(), parents: new Map<string, never>(), published },
  };
  function take(message: InboxMessage): void {
    const { goldenId } = message;
    const { record, commands, dynamicsWrites } = decide(records.get(goldenId) ?? null, message, context);
    records.set(goldenId, record);
    for (const { entryId } of record.outbox) published.add(entryId);
    const person = people.get(goldenId) as TrafficPerson;
    open.push(...[...commands, ...dynamicsWrites].map((write) => ({ person, write })));
  }
  return { records, open, take };
}

const idOf = (write: OpenWrite['write']): string => ('commandId' in write ? write.commandId : write.entryId);

/** The side takes the write; null when it would not, because the row has moved on. */
export function answerOf(world: TrafficWorld, { person, write }: OpenWrite): InboxMessage | null {
  return 'commandId' in write ? answerCommand(person, write, world.nextCall()) : answerWrite(person, write);
}
