import { readFile } from 'node:fs/promises';
import type { Measurement } from './measure.ts';

/** The most memory that this process ever held, in MiB. Linux only. */
export async function readPeakMib(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? NaN) / 1_024;
}

/** Of memory that is flat: how much more ten times the work may take. */
const growthMax = 1.3;

/** A peak, in MiB, against what it may be. */
export const peak = (name: string, value: number, ceiling: number): Measurement => ({
  ...{ name, unit: 'MiB', value, ceiling, ceilingMin: 0 },
});

/** The peak of all the work against that of a tenth of it. */
export const growth = (few: number, many: number): Measurement =>
  peak(`the same, against ${growthMax} times the peak of a tenth`, many, few * growthMax);
