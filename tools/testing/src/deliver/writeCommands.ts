import { setTimeout as sleep } from 'node:timers/promises';
import { topics, type DeliveryOutcome, type WriteCommand } from '@lockstep/change-events';
import type { Random } from '@lockstep/simulation';
import type { Backing } from '../openBacking.ts';
import { openEventLog } from '../openEventLog.ts';
import { createEditor } from './editPeople.ts';
import { createOwner } from './ownPeople.ts';
import type { DeliveryPlan } from './planFaults.ts';

/** Edits people and commands Marketo to follow, as the reconciler would, until it is told to rest. */
export type CommandWriter = {
  /** This part of the people, from 0 to 1, exists from now on: the others are created as the run goes on. */
  reach(share: number): void;
  /** Edits nobody any more; resolves when all outcomes are known, or after the time. Rejects at the signal. */
  rest(wait: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<void>;
  close(): Promise<void>;
};

const tickMs = 250;

export async function startWriter(
  backing: Backing,
  plan: DeliveryPlan,
  random: Random,
): Promise<CommandWriter> {
  const log = openEventLog(backing, 'faults');
  const owner = createOwner();
  const publisher = await log.openPublisher('faults/commands');
  const closing = new AbortController();
  const editor = createEditor(owner, plan, random);
  let isEditing = true;
  const tick = async (): Promise<void> => {
    if (isEditing) editor.edit(tickMs, Date.now());
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
    reach: editor.reach,
    async rest({ timeoutMs, signal }) {
      isEditing = false;
      const deadlineMs = performance.now() + timeoutMs;
      while (!closing.signal.aborted && !owner.isAtRest() && performance.now() < deadlineMs)
        await sleep(tickMs, undefined, { signal });
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
