import type { DeliveryOutcome } from '@lockstep/change-events';
import { marketoBatchMax, type DeliveryStore } from '@lockstep/ports';
import { goldenIdOf, toCommand } from './deliverCommands.ts';

const streams = 3;

/** Persons a second that the store alone carries: what delivery asks of it, in batches of 300, three at a time. */
export async function measureStore(store: DeliveryStore, persons: number): Promise<number> {
  const startedMs = performance.now();
  let next = 0;
  const run = async (): Promise<void> => {
    while (next < persons) {
      const first = next;
      next += marketoBatchMax;
      await keepBatch(store, first);
    }
  };
  await Promise.all(Array.from({ length: streams }, run));
  return (next * 1_000) / (performance.now() - startedMs);
}

async function keepBatch(store: DeliveryStore, first: number): Promise<void> {
  const outcomes = Array.from({ length: marketoBatchMax }, (_, at) => outcomeOf(first + at));
  await store.load(outcomes.map(({ goldenId }) => goldenId));
  await store.save(outcomes.map(({ goldenId, revision }) => ({ goldenId, revision, outcome: null })));
  await store.save(
    outcomes.map((outcome) => ({ goldenId: outcome.goldenId, revision: outcome.revision, outcome })),
  );
}

function outcomeOf(person: number): DeliveryOutcome {
  const { commandId, revision, lane, fields } = toCommand({
    person,
    marketoId: person,
    revision: 1,
    lane: 'BACKFILL',
  });
  const sequence = { epoch: 1, number: person };
  return {
    ...{ commandId, goldenId: goldenIdOf(person), revision, lane, accepted: fields, result: 'UPDATED' },
    ...{ personId: String(person), state: null, sent: sequence, answered: sequence },
    ...{ code: null, field: null, detail: null, retryAt: null, at: new Date().toISOString() },
  };
}
