import { ask, openExtractStage, type ExtractStage } from './extractStage.ts';
import type { ExtractAnswer } from './extractWorker.ts';
import type { Measurement } from './measure.ts';

/** Bars of the product: peak memory in all, and how much more ten times the rows may take. */
const peakMibMax = 400;
const growthMax = 1.3;

/** The most memory that the extracting process ever held while it loaded what is in the table. */
async function peakMib(stage: ExtractStage, prefix: string): Promise<number> {
  const worker = await stage.startWorker();
  try {
    await ask(worker, { task: 'load', prefix, record: false });
    const answer = (await worker.ask({ task: 'memory' })) as ExtractAnswer;
    return 'peakMib' in answer ? answer.peakMib : NaN;
  } finally {
    await worker.stop();
  }
}

/** Loads a tenth of the rows, then all of them, each in a process of its own. */
export async function measureMemory(rows: number): Promise<readonly Measurement[]> {
  const stage = await openExtractStage();
  const tenth = Math.ceil(rows / 10);
  try {
    const [first = '', second = ''] = await stage.freshPrefixes(2);
    await stage.emulator.control('generate', { table: 'lead', count: tenth });
    const few = await peakMib(stage, first);
    await stage.emulator.control('generate', { table: 'lead', count: rows - tenth, seed: 2 });
    const many = await peakMib(stage, second);
    const peak = (name: string, value: number, ceiling: number): Measurement => ({
      name,
      unit: 'MiB',
      value,
      ceiling,
      ceilingMin: 0,
    });
    return [
      peak(`peak, first load of ${tenth.toLocaleString('en')} leads`, few, peakMibMax),
      peak(`peak, first load of ${rows.toLocaleString('en')} leads`, many, peakMibMax),
      peak(`the same, against ${growthMax} times the peak of a tenth`, many, few * growthMax),
    ];
  } finally {
    await stage.close();
  }
}
