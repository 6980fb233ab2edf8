import { writeFile } from 'node:fs/promises';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { findingLines, toDeliveryTable } from './deliveryReport.ts';
import { faultDeliveries } from './faultDeliveries.ts';
import type { DeliveryPlan } from './planFaults.ts';

function count(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 is expected');
  return Number(text);
}

const program = new Command('npm run faults:deliver --')
  .description("Lets calls to Marketo and marketing services fail, and judges deliveries by Marketo's log.")
  .option('--faults <n>', 'how many', count, 100)
  .option('--seed <n>', 'seed of faults, pauses and edits', count, 1)
  .option('--people <n>', 'people who are created and edited', count, 300)
  .option('--edits-per-second <n>', 'edits meanwhile', count, 20)
  .option('--json <file>', 'write the report as JSON')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();

const { json, ...plan } = program.opts<DeliveryPlan & { readonly json?: string }>();

const stopping = new AbortController();
// A second Ctrl-C ends the process at once; the processes it started end with it.
process.once('SIGINT', () => stopping.abort()).once('SIGTERM', () => stopping.abort());

const bar = new SingleBar({
  format: '{value} of {total} faults, {eta_formatted} left, last {kind}',
  noTTYOutput: true,
  notTTYSchedule: 10_000,
});
bar.start(plan.faults, 0, { kind: '' });
try {
  const report = await faultDeliveries(plan, {
    onFault: (kind) => bar.increment(1, { kind }),
    signal: stopping.signal,
  });
  bar.stop();
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(
    `${toDeliveryTable(report)}\n${findingLines(report).join('\n') || 'every rule holds'}\n`,
  );
  process.exitCode = report.findings.length === 0 ? 0 : 1;
} catch (error) {
  bar.stop();
  if (!stopping.signal.aborted) throw error;
  process.stdout.write('stopped; nothing was judged\n');
  process.exitCode = 130;
}
