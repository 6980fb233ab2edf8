import { createCodec, createMessageCodec, subjectSchemas, topicSchemas } from '@lockstep/change-events';
import type { InboxMessage } from '@lockstep/change-events';
import { openMongoStores } from '@lockstep/mongodb';
import { readPeakMib } from './peakMemory.ts';
import { encodeTraffic, openReconcileRun, type ReconcileRun } from './reconcileRun.ts';
import { schemaIdsInMemory } from './schemaIdsInMemory.ts';
import { editLead, leadMessage, makePerson, textFields } from './trafficPeople.ts';
import { stride } from './trafficWorld.ts';

/** Asks for so many events about the people of a database: edits all over it, and one in ten a person that is new. */
export type ReconcileTask = { readonly database: string; readonly people: number; readonly events: number };

export type ReconcileAnswer =
  { readonly saves: number; readonly peakMib: number } | { readonly failure: string };

const batchSize = 300;
const partitions = 3;
const newPersonEvery = 10;

const codec = createMessageCodec(createCodec(schemaIdsInMemory(), subjectSchemas(topicSchemas())));

/** What comes as the nth of all; nobody comes twice as long as there are more people than events. */
function nthMessage(nth: number, people: number): InboxMessage {
  if (nth % newPersonEvery === 0) return leadMessage(makePerson(people + nth));
  return editLead(makePerson((nth * stride) % people), textFields.slice(0, 1), `edit ${nth}`);
}

/** What comes next to one partition is made when it comes, and forgotten when it was decided. Resolves with the saves. */
async function handleNext(
  run: ReconcileRun,
  from: number,
  { people, events }: ReconcileTask,
): Promise<number> {
  const count = Math.max(0, Math.min(batchSize, events - from));
  const messages = Array.from({ length: count }, (_, place) => ({
    message: nthMessage(from + place, people),
  }));
  const { saves } = await run(await encodeTraffic(codec, messages));

  return saves.length;
}

/** Three partitions at a time. */
async function handle(task: ReconcileTask): Promise<ReconcileAnswer> {
  const stores = await openMongoStores({ url: process.env['MONGODB_URL'] ?? '', database: task.database });
  await stores.syncState.markFirstReadsComplete();
  const runs = Array.from({ length: partitions }, () => openReconcileRun(codec, stores));
  let saves = 0;
  for (let from = 0; from < task.events; from += partitions * batchSize) {
    const handled = runs.map((run, partition) => handleNext(run, from + partition * batchSize, task));
    for (const saved of await Promise.all(handled)) saves += saved;
  }
  await stores.close();

  return { saves, peakMib: await readPeakMib() };
}

process.on('message', (task: ReconcileTask) => {
  void handle(task).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ failure: String(error) }),
  );
});
process.once('SIGTERM', () => process.exit(0));
process.stdout.write('WORKER=ready\n');
