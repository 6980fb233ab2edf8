import { randomUUID } from 'node:crypto';
import { createCodec, createMessageCodec, subjectSchemas, topicSchemas } from '@lockstep/change-events';
import { openMongoStores } from '@lockstep/mongodb';
import { readPeakMib } from './peakMemory.ts';
import { encodeTraffic, openReconcileRun, type ReconcileRun } from './reconcileRun.ts';
import { schemaIdsInMemory } from './schemaIdsInMemory.ts';
import { leadMessage, makePerson } from './trafficPeople.ts';

/** Asks for so many people to be met for the first time. */
export type ReconcileTask = { readonly people: number };

export type ReconcileAnswer =
  { readonly records: number; readonly peakMib: number } | { readonly failure: string };

const batchSize = 300;
const partitions = 3;

const codec = createMessageCodec(createCodec(schemaIdsInMemory(), subjectSchemas(topicSchemas())));

/** Who comes next to one partition is made when it comes, and forgotten when it was decided. */
async function meetNext(run: ReconcileRun, from: number, people: number): Promise<number> {
  const count = Math.max(0, Math.min(batchSize, people - from));
  const messages = Array.from({ length: count }, (_, nth) => ({
    message: leadMessage(makePerson(from + nth)),
  }));
  const { saves } = await run(await encodeTraffic(codec, messages));

  return saves.length;
}

/** Three partitions at a time meet people of whom nothing is known, in a database of their own. */
async function meet({ people }: ReconcileTask): Promise<ReconcileAnswer> {
  const url = process.env['MONGODB_URL'] ?? '';
  const stores = await openMongoStores({ url, database: `bench-${randomUUID().slice(0, 8)}` });
  await stores.syncState.markFirstReadsComplete();
  const runs = Array.from({ length: partitions }, () => openReconcileRun(codec, stores));
  let records = 0;
  for (let from = 0; from < people; from += partitions * batchSize) {
    const met = runs.map((run, partition) => meetNext(run, from + partition * batchSize, people));
    for (const saved of await Promise.all(met)) records += saved;
  }
  await stores.close();

  return { records, peakMib: await readPeakMib() };
}

process.on('message', (task: ReconcileTask) => {
  void meet(task).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ failure: String(error) }),
  );
});
process.once('SIGTERM', () => process.exit(0));
process.stdout.write('WORKER=ready\n');
