import { randomUUID } from 'node:crypto';
import { startLocalStack } from '@lockstep/local-stack';
import { openMongoStores } from '@lockstep/mongodb';
import { startChild } from './childProcess.ts';
import type { Measurement } from './measure.ts';
import { growth, peak } from './peakMemory.ts';
import type { ReconcileAnswer, ReconcileTask } from './reconcileWorker.ts';
import { agreedPeople } from './trafficWorld.ts';

export type ReconcileMemoryOptions = { readonly people: number; readonly events: number };

/** People are put into the database so many at a time. */
const partSize = 1_000;

/** A database of its own with a golden record for each of `people`. */
async function fillDatabase(url: string, people: number): Promise<string> {
  const database = `bench-${randomUUID().slice(0, 8)}`;
  const stores = await openMongoStores({ url, database });
  for (let from = 0; from < people; from += partSize) {
    const records = agreedPeople({ from, count: Math.min(partSize, people - from) });
    await stores.golden.save(records.map((record) => ({ record, expected: null })));
  }
  await stores.close();

  return database;
}

/** The most memory that a process of its own held over these events. Throws when they were not saved once each. */
async function peakMib(url: string, task: ReconcileTask): Promise<number> {
  const worker = await startChild({
    file: 'tools/bench/src/reconcileWorker.ts',
    environment: { MONGODB_URL: url },
    lastName: 'WORKER',
  });
  try {
    const answer = (await worker.ask(task)) as ReconcileAnswer;
    if ('failure' in answer) throw new Error(answer.failure);
    if (answer.saves !== task.events) throw new Error(`${answer.saves} golden records were saved`);
    return answer.peakMib;
  } finally {
    await worker.stop();
  }
}

/** The same events over a tenth of the people and over all, each in a process of its own; not more than would meet nobody twice. */
export async function measureReconcileMemory(
  options: ReconcileMemoryOptions,
): Promise<readonly Measurement[]> {
  const { people } = options;
  const tenth = Math.ceil(people / 10);
  const events = Math.min(options.events, tenth);
  const named = (count: number) => `peak, ${count.toLocaleString('en')} golden records`;
  const stack = await startLocalStack();
  const measure = async (count: number) =>
    peakMib(stack.mongodbUrl, {
      ...{ people: count, events },
      database: await fillDatabase(stack.mongodbUrl, count),
    });
  try {
    const few = await measure(tenth);
    const many = await measure(people);

    return [peak(named(tenth), few, few), peak(named(people), many, many), growth(few, many)];
  } finally {
    await stack.close();
  }
}
