import { setTimeout as sleep } from 'node:timers/promises';
import {
  createCodec,
  createMessageCodec,
  subjectSchemas,
  topics,
  topicSchemas,
  type DeliveryOutcome,
  type WriteCommand,
} from '@lockstep/change-events';
import { createEventLog, createKafkaClient } from '@lockstep/kafka';
import type { EventLog } from '@lockstep/ports';
import { createSchemaIds } from '@lockstep/schema-registry';
import type { Random } from '@lockstep/simulation';
import type { Backing } from '../openBacking.ts';
import { createOwner } from './ownPeople.ts';
import type { DeliveryPlan } from './planFaults.ts';

/** Edits people and commands Marketo to follow, as the reconciler would, until it is told to rest. */
export type CommandWriter = {
  /** This part of the people, from 0 to 1, exists from now on: the others are created as the run goes on. */
  reach(share: number): void;
  /** Edits nobody any more; resolves when all outcomes are known, or after the time. */
  rest(timeoutMs: number): Promise<void>;
  close(): Promise<void>;
};

const tickMs = 250;
/** Some are edited again and again, so that their commands meet each other. */
const busyPeople = 20;
const backfillShare = 0.3;

export async function startWriter(
  backing: Backing,
  plan: DeliveryPlan,
  random: Random,
): Promise<CommandWriter> {
  const log = openLog(backing);
  const owner = createOwner();
  const publisher = await log.openPublisher('faults/commands');
  const closing = new AbortController();
  let reached = 0;
  let isEditing = true;
  const edit = (): void => {
    const end = random.chance(0.5) ? Math.min(busyPeople, reached) : reached;
    owner.edit(random.below(end), random.chance(backfillShare) ? 'BACKFILL' : 'LIVE', Date.now());
  };
  const tick = async (): Promise<void> => {
    if (isEditing && reached > 0)
      for (let edits = (plan.editsPerSecond * tickMs) / 1_000; edits > 0; edits -= 1) edit();
    owner.lookAgain(Date.now());
    await publisher.publish(owner.drain().map(toMessage));
  };
  const running = Promise.all([
    log.consume(
      { group: 'faults.owner', topics: [topics.outcomes], batchSizeMax: 1_000 },
      ({ messages }) => {
        for (const { value } of messages) owner.take(value as DeliveryOutcome, Date.now());
        return Promise.resolve({ messages: [] });
      },
      closing.signal,
    ),
    keepTicking(tick, closing.signal),
  ]);
  running.catch(() => closing.abort());
  return {
    reach: (share) => void (reached = Math.max(reached, Math.ceil(plan.people * share))),
    async rest(timeoutMs) {
      isEditing = false;
      const deadlineMs = performance.now() + timeoutMs;
      while (!closing.signal.aborted && !owner.isAtRest() && performance.now() < deadlineMs)
        await sleep(tickMs);
      if (closing.signal.aborted) await running;
    },
    async close() {
      closing.abort();
      await running;
      await publisher.close();
    },
  };
}

async function keepTicking(tick: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await tick();
    await sleep(tickMs);
  }
}

const toMessage = (command: WriteCommand) => ({
  topic: command.lane === 'BACKFILL' ? topics.writesBackfill : topics.writes,
  key: command.goldenId,
  value: command,
});

function openLog({ kafkaBrokers, schemaRegistryUrl, topicPrefix: prefix }: Backing): EventLog {
  const kafka = createKafkaClient({ brokers: kafkaBrokers.split(','), clientId: 'lockstep-faults' });
  const schemaIds = createSchemaIds({ url: schemaRegistryUrl, autoRegister: false });
  const codec = createMessageCodec(createCodec(schemaIds, subjectSchemas(topicSchemas(), prefix)), prefix);
  return createEventLog({ kafka, codec, prefix, instanceId: 'faults' });
}
