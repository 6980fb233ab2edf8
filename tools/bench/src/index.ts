export { runBench, suiteNames, type BenchOptions } from './runBench.ts';
export type { BenchReport } from './benchReport.ts';
