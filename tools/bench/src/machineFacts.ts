import { cpus, loadavg, totalmem } from 'node:os';

/** What a figure depends on beside the code. `load` is the number of busy processes before the run, averaged over a minute. */
export type MachineFacts = {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly node: string;
  readonly load: number;
};

export function readMachineFacts(): MachineFacts {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}
