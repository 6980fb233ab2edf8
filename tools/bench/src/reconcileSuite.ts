import { createCodec, createMessageCodec, subjectSchemas, topicSchemas } from '@lockstep/change-events';
import type { MessageCodec } from '@lockstep/change-events';
import { inMemoryStores } from '@lockstep/ports';
import type { GoldenRecord } from '@lockstep/reconciliation';
import type { Measurement } from './measure.ts';
import { measureReconcileMemory } from './reconcileMemory.ts';
import { openReconcileStage, type ReconcileStage } from './reconcileStage.ts';
import {
  decodeAndEncode,
  encodeTraffic,
  openReconcileRun,
  type BatchWork,
  type InboxBytes,
  type ReconcileStores,
} from './reconcileRun.ts';
import { makeTraffic } from './reconcileTraffic.ts';
import { schemaIdsInMemory } from './schemaIdsInMemory.ts';

export type ReconcileSuiteOptions = {
  readonly people?: number;
  readonly events?: number;
  readonly ceilingMin?: number;
  /** Peak memory over these events with these people and with a tenth of them stored, instead of rates. */
  readonly memory?: boolean;
};

const memoryPeopleDefault = 1_000_000;
const peopleDefault = 20_000;
const eventsDefault = 36_000;
const batchSize = 300;
const partitions = 3;
/** Of the batches, so many only warm up. */
const warmUpShare = 0.2;
/** The bar of the product: golden writes for a thousand events. */
const writesPerThousandMax = 1_200;

type Material = {
  readonly codec: MessageCodec;
  readonly golden: readonly GoldenRecord[];
  readonly inbox: readonly InboxBytes[];
};

/**
 * The reconciler's loop on a mix of changes, echoes, duplicates, conflicts and creations, without a broker: with the store in
 * memory against reading the same messages and writing the same golden events; with MongoDB against a bulk write
 * of the same operations on the same server.
 */
export async function runReconcileSuite(options: ReconcileSuiteOptions): Promise<readonly Measurement[]> {
  const { memory, events = eventsDefault, ceilingMin } = options;
  if (memory) return measureReconcileMemory({ people: options.people ?? memoryPeopleDefault, events });
  const { people = peopleDefault } = options;
  const traffic = makeTraffic({ people, events });
  const codec = createMessageCodec(createCodec(schemaIdsInMemory(), subjectSchemas(topicSchemas())));
  const inbox = await encodeTraffic(codec, traffic.messages);
  const material = { codec, inbox, golden: traffic.golden };
  const stage = await openReconcileStage();
  try {
    return [...(await inMemory(material, ceilingMin)), ...(await onServer(stage, material, ceilingMin))];
  } finally {
    await stage.close();
  }
}

/** What was done, and how long both took, in ms. */
type Timed = { count: number; elapsedMs: number; ceilingMs: number };

const rates = (name: string, unit: string, timed: Timed, ceilingMin: number): Measurement => ({
  ...{ name, unit, ceilingMin },
  value: (timed.count * 1_000) / timed.elapsedMs,
  ceiling: (timed.count * 1_000) / timed.ceilingMs,
});

async function timed<Result>(work: () => Promise<Result>): Promise<readonly [Result, number]> {
  const startedMs = performance.now();
  const result = await work();
  return [result, performance.now() - startedMs];
}

async function inMemory(
  { codec, golden, inbox }: Material,
  ceilingMin = 1_000,
): Promise<readonly Measurement[]> {
  const stores = inMemoryStores();
  await prime(stores, golden);
  const run = openReconcileRun(codec, stores);
  const batches = chunksOf(inbox, batchSize);
  const total: Timed = { count: 0, elapsedMs: 0, ceilingMs: 0 };
  let writes = 0;
  for (const [at, batch] of batches.entries()) {
    const [work, elapsedMs] = await timed(() => run(batch));
    const [, ceilingMs] = await timed(() => decodeAndEncode(codec, batch, work));
    writes += work.saves.length;
    if (at >= batches.length * warmUpShare) add(total, { count: batch.length, elapsedMs, ceilingMs });
  }
  return [
    rates('store in memory, to decoding and encoding alone', 'events/s', total, ceilingMin),
    {
      ...{ name: 'golden writes for 1,000 events', unit: 'writes', ceilingMin: 0 },
      ...{ value: (writes * 1_000) / inbox.length, ceiling: writesPerThousandMax },
    },
  ];
}

function add(total: Timed, part: Timed): void {
  total.count += part.count;
  total.elapsedMs += part.elapsedMs;
  total.ceilingMs += part.ceilingMs;
}

async function prime(stores: ReconcileStores, golden: readonly GoldenRecord[]): Promise<void> {
  await stores.syncState.markFirstReadsComplete();
  for (const some of chunksOf(golden, batchSize))
    await stores.golden.save(some.map((record) => ({ record, expected: null })));
}

/** Subject and ceiling take turns on two databases of one server, three partitions at a time. */
async function onServer(
  stage: ReconcileStage,
  { codec, golden, inbox }: Material,
  ceilingMin = 100,
): Promise<readonly Measurement[]> {
  const [subject, ceiling] = [await stage.stores(), await stage.stores()];
  await prime(subject.stores, golden);
  await prime(ceiling.stores, golden);
  const runs = Array.from({ length: partitions }, () => openReconcileRun(codec, subject.stores));
  const total: Timed = { count: 0, elapsedMs: 0, ceilingMs: 0 };
  for (const round of roundsOf(inbox)) {
    const [work, elapsedMs] = await timed(() =>
      Promise.all(round.map((batch, at) => runs[at]?.(batch) as Promise<BatchWork>)),
    );
    const writes = work.map(({ saves }) => ceiling.writesOf(saves));
    const [, ceilingMs] = await timed(() => Promise.all(writes.map((some) => ceiling.bulkWrite(some))));
    add(total, { count: writes.flat().length, elapsedMs, ceilingMs });
  }
  return [rates('MongoDB, to a bulk write of the same', 'writes/s', total, ceilingMin)];
}

/** One batch of each partition a round. */
function roundsOf(inbox: readonly InboxBytes[]): readonly (readonly InboxBytes[])[][] {
  const lanes = Array.from({ length: partitions }, (_, partition) =>
    chunksOf(
      inbox.filter(({ key }) => Number(key.slice(-6)) % partitions === partition),
      batchSize,
    ),
  );
  const rounds = Math.max(...lanes.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, at) => lanes.flatMap((lane) => (lane[at] ? [lane[at]] : [])));
}

function chunksOf<Item>(items: readonly Item[], size: number): readonly Item[][] {
  const chunks = Array.from({ length: Math.ceil(items.length / size) }, (_, at) => at * size);
  return chunks.map((from) => items.slice(from, from + size));
}
