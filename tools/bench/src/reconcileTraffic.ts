import type { InboxMessage } from '@lockstep/change-events';
import type { GoldenRecord } from '@lockstep/reconciliation';
import { editLead, editPerson, leadMessage, textFields, type TrafficPerson } from './trafficPeople.ts';
import { agreedOf, answerOf, createWorld, type OpenWrite, type TrafficWorld } from './trafficWorld.ts';

export type TrafficKind = 'change' | 'echo' | 'duplicate' | 'conflict' | 'create';
export type TrafficMessage = { readonly kind: TrafficKind; readonly message: InboxMessage };

/** People as the golden store holds them before, and what then reaches their inbox, in order. */
export type Traffic = {
  readonly golden: readonly GoldenRecord[];
  readonly messages: readonly TrafficMessage[];
};

/** 60 % changes, 15 % echoes, 10 % duplicates, 10 % conflicts, 5 % creations. */
const cycle: readonly TrafficKind[] = [
  ...(['change', 'change', 'echo', 'change', 'duplicate', 'change', 'conflict'] as const),
  ...(['change', 'change', 'echo', 'change', 'create', 'change', 'conflict'] as const),
  ...(['change', 'change', 'echo', 'change', 'duplicate', 'change'] as const),
];

/** A message comes again so many messages later. */
const duplicateAfter = 7;

/**
 * What two systems and a reconciler between them would send, worked out with the reconciler's own `decide`: answers belong
 * to writes that it asked for. Always the same for the same numbers.
 */
export function makeTraffic({ people, events }: { people: number; events: number }): Traffic {
  const world = createWorld(people);
  const golden = agreedOf(world);
  const messages: TrafficMessage[] = [];
  while (messages.length < events) {
    const traffic = next(world, messages);
    messages.push(traffic);
    world.take(traffic.message);
  }
  return { golden, messages };
}

function next(world: TrafficWorld, former: readonly TrafficMessage[]): TrafficMessage {
  const at = former.length;
  const kind = cycle[at % cycle.length] ?? 'change';
  const message = messageOf(world, kind, former);
  return message ? { kind, message } : { kind: 'change', message: change(world, at) };
}

/** Null while there is nothing yet that could come back. */
function messageOf(
  world: TrafficWorld,
  kind: TrafficKind,
  former: readonly TrafficMessage[],
): InboxMessage | null {
  switch (kind) {
    case 'change':
      return null;
    case 'echo':
      return echo(world);
    case 'conflict':
      return conflict(world, former.length);
    case 'duplicate':
      return former.at(-duplicateAfter)?.message ?? null;
    case 'create':
      return leadMessage(world.addPerson());
  }
}

/** One to three texts, on either side in turn. */
function change(world: TrafficWorld, at: number): InboxMessage {
  const person = world.nextPerson();
  const fields = Array.from({ length: 1 + (at % 3) }, (_, nth) => nthText(at + nth));
  return at % 2 === 0
    ? editLead(person, fields, `edit ${at}`)
    : editPerson(person, fields, { value: `edit ${at}`, call: world.nextCall() });
}

const nthText = (nth: number) => textFields[nth % textFields.length] as (typeof textFields)[number];

/** The answer to the oldest write that still waits for one. */
function echo(world: TrafficWorld): InboxMessage | null {
  for (let open = world.open.shift(); open; open = world.open.shift()) {
    const answer = world.isOpen(open) ? answerOf(world, open) : null;
    if (answer) return answer;
  }
  return null;
}

/** The other side changes what the newest write is about to change there. */
function conflict(world: TrafficWorld, at: number): InboxMessage | null {
  for (let open = world.open.pop(); open; open = world.open.pop()) {
    const field = world.isOpen(open) ? textOf(open) : undefined;
    if (field) return collide(world, open, { field, value: `other edit ${at}` });
  }
  return null;
}

function collide(
  world: TrafficWorld,
  { person, write }: { person: TrafficPerson; write: OpenWrite['write'] },
  { field, value }: { field: (typeof textFields)[number]; value: string },
): InboxMessage {
  return 'commandId' in write
    ? editPerson(person, [field], { value, call: world.nextCall() })
    : editLead(person, [field], value);
}

/** A text that the write changes. */
function textOf({ write }: OpenWrite): (typeof textFields)[number] | undefined {
  if ('commandId' in write)
    return textFields.find(({ marketo }) => write.operation === 'UPDATE' && marketo in write.fields);
  if (write.kind === 'dynamics-request') return undefined;
  return textFields.find(({ columns }) => (columns['lead'] ?? '') in write.columns);
}
