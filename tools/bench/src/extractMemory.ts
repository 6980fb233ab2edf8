import { ask, openExtractStage, type ExtractStage } from './extractStage.ts';
import type { ExtractAnswer } from './extractWorker.ts';
import type { Measurement } from './measure.ts';
import { growth, peak } from './peakMemory.ts';

/** A bar of the product: a peak of 400 MB in all. */
const peakMibMax = 381;

type Peaks = { readonly load: number; readonly resync: number };

type WholeRead = { readonly prefix: string; readonly rows: number; readonly isResync: boolean };

/** The most memory that a process of its own ever held during `read`. Throws when it read something else. */
async function peakMib(stage: ExtractStage, { prefix, ...expected }: WholeRead): Promise<number> {
  const worker = await stage.startWorker();
  try {
    const { rows, isResync } = await ask(worker, { task: 'load', prefix, record: false });
    if (rows !== expected.rows || isResync !== expected.isResync)
      throw new Error(`${rows} rows were read${isResync ? ' in a resync' : ''}, which was not the plan`);
    const answer = (await worker.ask({ task: 'memory' })) as ExtractAnswer;
    return 'peakMib' in answer ? answer.peakMib : NaN;
  } finally {
    await worker.stop();
  }
}

/** A first load; then the place is lost, and a second process compares the table with what the first has published. */
async function measurePeaks(stage: ExtractStage, prefix: string, rows: number): Promise<Peaks> {
  const load = await peakMib(stage, { prefix, rows, isResync: false });
  await stage.emulator.control('tokens/lead/expire', {});

  return { load, resync: await peakMib(stage, { prefix, rows, isResync: true }) };
}

/** `few` and `many` are peaks of the same kind of read, for a tenth of the rows and for all of them. */
function judged(kind: string, rows: number, few: number, many: number): readonly Measurement[] {
  const named = (count: number) => `peak, ${kind} of ${count.toLocaleString('en')} leads`;

  return [
    peak(named(Math.ceil(rows / 10)), few, peakMibMax),
    peak(named(rows), many, peakMibMax),
    growth(few, many),
  ];
}

/** Reads a tenth of the rows, then all of them, each as a first load and as a resync. */
export async function measureMemory(rows: number): Promise<readonly Measurement[]> {
  const stage = await openExtractStage();
  const tenth = Math.ceil(rows / 10);
  try {
    const [first = '', second = ''] = await stage.freshPrefixes(2);
    await stage.emulator.control('generate', { table: 'lead', count: tenth });
    const few = await measurePeaks(stage, first, tenth);
    await stage.emulator.control('generate', { table: 'lead', count: rows - tenth, seed: 2 });
    const many = await measurePeaks(stage, second, rows);

    return [
      ...judged('first load', rows, few.load, many.load),
      ...judged('resync', rows, few.resync, many.resync),
    ];
  } finally {
    await stage.close();
  }
}
