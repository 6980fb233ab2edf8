import type { ChangeEvent, Checkpoint, WriteCommand } from '@lockstep/change-events';
import type { Clock, EventLog, InMemoryEventLog, Lease, OutgoingMessage } from '@lockstep/ports';
import { topics } from '@lockstep/change-events';
import type { Stepper } from './extractChanges.ts';

/** A clock that stands still until it is told. */
export function exampleClock(): Clock & { advance(elapsedMs: number): void } {
  let nowMs = Date.parse('2026-11-22T10:00:00Z');
  return {
    now: () => nowMs,
    monotonic: () => nowMs,
    sleep: () => Promise.resolve(),
    advance(elapsedMs) {
      nowMs += elapsedMs;
    },
  };
}

/** A lease that is held until it is lost. */
export function exampleLease(): Lease & { lose(): void } {
  let isHeld = true;
  return {
    isHeld: () => isHeld,
    lose() {
      isHeld = false;
    },
  };
}

/** The id of the n-th example row, person or golden record. */
export const exampleId = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const signal = new AbortController().signal;

/** One step of a loop. */
export const step = (stepper: Stepper): Promise<{ idleMs: number }> => stepper.step(signal);

/** Steps until a step asks for a pause. */
export async function stepUntilIdle(stepper: Stepper): Promise<number> {
  for (let steps = 0; steps < 1000; steps += 1) {
    const { idleMs } = await step(stepper);
    if (idleMs > 0) return idleMs;
  }
  throw new Error('the loop does not come to rest');
}

export async function put(log: EventLog, ...messages: OutgoingMessage[]): Promise<void> {
  const publisher = await log.openPublisher('example');
  await publisher.publish(messages);
}

/** Hands everything that waits to the group's handler. */
export async function deliverAll(log: InMemoryEventLog, group: string): Promise<void> {
  while (await log.deliver(group));
}

/** The values of a topic, of one key when given, tombstones as null. */
export function valuesOf<Value>(log: InMemoryEventLog, topic: string, key?: string): (Value | null)[] {
  const messages = log.messages(topic).filter((message) => message.key === (key ?? message.key));
  return messages.map((message) => message.value as Value | null);
}

/** The events of a topic without its tombstones. */
export function eventsOf<Value = ChangeEvent>(log: InMemoryEventLog, topic: string, key?: string): Value[] {
  return valuesOf<Value>(log, topic, key).filter((value): value is Value & object => value !== null);
}

/** The last checkpoint that is visible; undefined before the first. */
export async function checkpointOf(log: EventLog, key: string): Promise<Checkpoint | undefined> {
  return (await log.readLatest(topics.checkpoints)).get(key) as Checkpoint | undefined;
}

/** A fresh edit of a lead, as the extractor publishes it. */
export function exampleEvent(changes: Partial<ChangeEvent> = {}): ChangeEvent {
  const recordId = changes.recordId ?? exampleId(1);
  const version = changes.version ?? { epoch: 1, number: 1 };
  return {
    eventId: `dynamics/lead/${recordId}/${version.epoch}.${version.number}`,
    operation: 'UPSERT',
    recordId,
    version,
    page: { epoch: 1, number: version.number },
    changedAt: '2026-11-22T09:59:00Z',
    observedAt: '2026-11-22T10:00:00Z',
    changedBy: null,
    lane: 'LIVE',
    fields: { firstname: 'Ann', lastname: 'Example', emailaddress1: 'ann@example.com' },
    mergedInto: null,
    evidence: null,
    ...changes,
  };
}

/** A command to create the person of golden record 1. */
export function exampleCommand(changes: Partial<WriteCommand> = {}): WriteCommand {
  const goldenId = changes.goldenId ?? exampleId(1);
  const revision = changes.revision ?? { epoch: 1, number: 1 };
  return {
    commandId: `${goldenId}/${revision.epoch}.${revision.number}/marketo`,
    goldenId,
    revision,
    operation: 'CREATE',
    personId: null,
    email: null,
    matchByEmail: true,
    fields: { lastName: 'Example' },
    lane: 'LIVE',
    issuedAt: '2026-11-22T10:00:00Z',
    ...changes,
  };
}
