import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryOutcome } from '@lockstep/change-events';
import type { DeliveryStore, MarketoPeople, UpsertRequest } from '@lockstep/ports';

/** What the delivery did, and when, by `performance.now()`. */
export type DeliveryRecord = {
  store(store: DeliveryStore): DeliveryStore;
  people(people: MarketoPeople): MarketoPeople;
  /** The same, and keeps the size of each write. */
  backfillPeople(people: MarketoPeople): MarketoPeople;
  onDelivered(outcomes: readonly DeliveryOutcome[]): void;
  /** When the first command was taken. */
  startedMs(): number;
  /** Resolves with the time of the outcome with this number, counted from 1, of the backfill. */
  reached(outcomes: number): Promise<number>;
  /** When Marketo answered the write to a person. */
  answeredMs(marketoId: number): number | undefined;
  /** From taking a batch of backfill to its outcomes, in ms. */
  readonly batchesMs: number[];
  /** Records of each write of the backfill. */
  readonly writes: number[];
  readonly outcomes: DeliveryOutcome[];
};

const stalledMs = 120_000;

export function createDeliveryRecord(): DeliveryRecord {
  const takenMs = new Map<string, number>();
  const answered = new Map<number, number>();
  const timesMs: number[] = [];
  const outcomes: DeliveryOutcome[] = [];
  const batchesMs: number[] = [];
  const writes: number[] = [];
  let startedMs = 0;
  return {
    batchesMs,
    writes,
    outcomes,
    startedMs: () => startedMs,
    answeredMs: (marketoId) => answered.get(marketoId),
    store: (store) => ({
      ...store,
      load(ids) {
        startedMs ||= performance.now();
        takenMs.set(ids[0] ?? '', performance.now());
        return store.load(ids);
      },
    }),
    people: (people) => ({
      ...people,
      async upsert(request: UpsertRequest) {
        const results = await people.upsert(request);
        for (const { id } of request.input) answered.set(Number(id), performance.now());
        return results;
      },
    }),
    backfillPeople: (people) => ({
      ...people,
      upsert(request: UpsertRequest) {
        writes.push(request.input.length);
        return people.upsert(request);
      },
    }),
    onDelivered(delivered) {
      const nowMs = performance.now();
      outcomes.push(...delivered);
      const backfill = delivered.filter(({ lane }) => lane === 'BACKFILL');
      for (const { goldenId } of backfill) {
        timesMs.push(nowMs);
        const tookMs = nowMs - (takenMs.get(goldenId) ?? nowMs);
        if (takenMs.delete(goldenId)) batchesMs.push(tookMs);
      }
    },
    reached: (count) => untilReached(timesMs, count),
  };
}

/** Rejects when nothing was delivered for two minutes. */
async function untilReached(timesMs: readonly number[], count: number): Promise<number> {
  for (let seen = 0, sinceMs = performance.now(); timesMs.length < count; await sleep(50)) {
    if (timesMs.length > seen) [seen, sinceMs] = [timesMs.length, performance.now()];
    if (performance.now() - sinceMs > stalledMs) throw new Error(`only ${seen} of ${count} were delivered`);
  }
  return timesMs[count - 1] ?? 0;
}
