import { writeFile } from 'node:fs/promises';
import { invalidReasons, toReport, toTable } from './benchReport.ts';
import { runCodecSuite } from './codecSuite.ts';
import { runDeliverSuite } from './deliverSuite.ts';
import { runEmulatorSuite } from './emulatorSuite.ts';
import { runExtractSuite } from './extractSuite.ts';
import { runLatencySuite } from './latencySuite.ts';
import { readMachineFacts } from './machineFacts.ts';
import type { Measurement, Rounds } from './measure.ts';
import { runNoticeSuite } from './noticeSuite.ts';
import { runReconcileSuite } from './reconcileSuite.ts';
import { runSyncSuite } from './syncSuite.ts';

export type BenchOptions = Rounds & {
  readonly jsonFile?: string;
  /** Instead of the suite's own minimum. */
  readonly ceilingMin?: number;
  /** Of the suites that load rows. */
  readonly rows?: number;
  /** Of the extract and reconcile suites: peak memory instead of rates. */
  readonly memory?: boolean;
  /** Of the suites that wait for edits. */
  readonly edits?: number;
  readonly idleMinutes?: number;
  /** Of the sync suite: how long both sides are edited. */
  readonly minutes?: number;
  /** Of the deliver and reconcile suites. */
  readonly people?: number;
  /** Of the reconcile suite. */
  readonly events?: number;
  /** Of the deliver suite: percent of the people that Marketo refuses. */
  readonly bad?: number;
};

type Suite = (options: BenchOptions) => Promise<readonly Measurement[]>;

const suites: Readonly<Record<string, Suite>> = {
  codec: runCodecSuite,
  deliver: runDeliverSuite,
  emulator: runEmulatorSuite,
  extract: runExtractSuite,
  latency: runLatencySuite,
  notice: runNoticeSuite,
  reconcile: runReconcileSuite,
  sync: runSyncSuite,
};

export const suiteNames = Object.keys(suites);

/**
 * Runs a suite, prints its table and writes its JSON. Resolves with the exit code: 1, and no JSON, when a ceiling is below its
 * minimum; 2 for an unknown suite.
 */
export async function runBench(
  suite: string,
  options: BenchOptions,
  print: (line: string) => void,
): Promise<number> {
  const run = suites[suite];
  if (run === undefined) {
    print(`there is no suite ${suite}; there are: ${suiteNames.join(', ')}`);
    return 2;
  }
  const machine = readMachineFacts();
  const measurements = await run(options);
  const report = toReport(suite, machine, measurements);
  print(toTable(report));
  const reasons = invalidReasons(measurements);
  if (reasons.length > 0) {
    print(`INVALID: this run says nothing about the code.\n${reasons.join('\n')}`);
    return 1;
  }
  if (options.jsonFile !== undefined)
    await writeFile(options.jsonFile, `${JSON.stringify(report, null, 2)}\n`);
  return 0;
}
