import { startLocalStack } from '@lockstep/local-stack';
import { startChild } from './childProcess.ts';
import type { Measurement } from './measure.ts';
import { growth, peak } from './peakMemory.ts';
import type { ReconcileAnswer } from './reconcileWorker.ts';

/** The most memory that a process of its own held while it met so many people. Throws when it saved other than one record for each. */
async function peakMib(mongodbUrl: string, people: number): Promise<number> {
  const worker = await startChild({
    file: 'tools/bench/src/reconcileWorker.ts',
    environment: { MONGODB_URL: mongodbUrl },
    lastName: 'WORKER',
  });
  try {
    const answer = (await worker.ask({ people })) as ReconcileAnswer;
    if ('failure' in answer) throw new Error(answer.failure);
    if (answer.records !== people) throw new Error(`${answer.records} golden records were saved`);
    return answer.peakMib;
  } finally {
    await worker.stop();
  }
}

/** People who are met for the first time, a tenth of them and then all, each by a process of its own. */
export async function measureReconcileMemory(people: number): Promise<readonly Measurement[]> {
  const tenth = Math.ceil(people / 10);
  const named = (count: number) => `peak, ${count.toLocaleString('en')} golden records`;
  const stack = await startLocalStack();
  try {
    const few = await peakMib(stack.mongodbUrl, tenth);
    const many = await peakMib(stack.mongodbUrl, people);

    return [peak(named(tenth), few, few), peak(named(people), many, many), growth(few, many)];
  } finally {
    await stack.close();
  }
}
