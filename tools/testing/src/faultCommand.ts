import { writeFile } from 'node:fs/promises';
import { SingleBar } from 'cli-progress';
import { InvalidArgumentError } from 'commander';

/** For options that count something. */
export function count(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 is expected');
  return Number(text);
}

export type FaultCommand<Report> = {
  /** How many there will be. */
  readonly total: number;
  readonly run: (options: {
    readonly onFault: (fault: string) => void;
    readonly signal: AbortSignal;
  }) => Promise<Report>;
  readonly tableOf: (report: Report) => string;
  /** A line for each rule that is broken. */
  readonly brokenIn: (report: Report) => readonly string[];
  /** Takes the report as JSON. */
  readonly jsonFile: string | undefined;
};

/** Shows how far it is, then what came of it. Exit code 1 when a rule is broken, 130 when it was stopped, which closes all that it started. */
export async function runFaultCommand<Report>(command: FaultCommand<Report>): Promise<void> {
  const stopping = new AbortController();
  // A second Ctrl-C ends the process at once; the processes it started end with it.
  process.once('SIGINT', () => stopping.abort()).once('SIGTERM', () => stopping.abort());
  const bar = new SingleBar({
    format: '{value} of {total}, {eta_formatted} left, last {last}',
    noTTYOutput: true,
    notTTYSchedule: 10_000,
  });
  bar.start(command.total, 0, { last: '' });
  try {
    const report = await command.run({
      onFault: (last) => bar.increment(1, { last }),
      signal: stopping.signal,
    });
    bar.stop();
    await tell(command, report);
  } catch (error) {
    bar.stop();
    if (!stopping.signal.aborted) throw error;
    process.stdout.write('stopped; nothing was judged\n');
    process.exitCode = 130;
  }
}

async function tell<Report>(
  { tableOf, brokenIn, jsonFile }: FaultCommand<Report>,
  report: Report,
): Promise<void> {
  if (jsonFile !== undefined) await writeFile(jsonFile, `${JSON.stringify(report, null, 2)}\n`);
  const broken = brokenIn(report);
  process.stdout.write(`${tableOf(report)}\n${broken.join('\n') || 'every rule holds'}\n`);
  process.exitCode = broken.length === 0 ? 0 : 1;
}
