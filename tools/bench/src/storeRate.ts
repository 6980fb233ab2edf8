import type { DeliveryOutcome } from '@lockstep/change-events';
import { marketoBatchMax, type DeliveryStore } from '@lockstep/ports';
import { goldenIdOf, toCommand } from './deliverCommands.ts';

const streams = 3;

/** What the store alone did: persons, in ms. */
export type StoreWork = { readonly persons: number; readonly elapsedMs: number };

/** Persons whom the store does not hold yet, from the number `first` on. */
export type StoreLoad = { readonly first: number; readonly persons: number };

/** Lets the store alone carry what delivery asks of it, in batches of 300, three at a time. */
export async function measureStore(store: DeliveryStore, { first, persons }: StoreLoad): Promise<StoreWork> {
  const startedMs = performance.now();
  let next = first;
  const run = async (): Promise<void> => {
    while (next < first + persons) {
      const from = next;
      next += marketoBatchMax;
      await keepBatch(store, from);
    }
  };
  await Promise.all(Array.from({ length: streams }, run));

  return { persons: next - first, elapsedMs: performance.now() - startedMs };
}

/** Persons a second, over all measurements. */
export function storeRateOf(work: readonly StoreWork[]): number {
  const sum = (of: (each: StoreWork) => number): number => work.reduce((total, each) => total + of(each), 0);

  return (sum(({ persons }) => persons) * 1_000) / sum(({ elapsedMs }) => elapsedMs);
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
