import { writeFile } from 'node:fs/promises';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { killExtractors } from './killExtractors.ts';
import type { KillPlan } from './killPlan.ts';
import { brokenRules, lateTakeovers, toKillTable } from './killReport.ts';

function count(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 is expected');
  return Number(text);
}

const program = new Command('npm run faults:extract --')
  .description(
    'Kills active extractors at random moments of load, streaming and resync, and judges the topics.',
  )
  .option('--kills <n>', 'how often', count, 20)
  .option('--lanes <n>', 'pairs of extractors side by side', count, 3)
  .option('--seed <n>', 'seed of pauses and edits', count, 1)
  .option('--rows <n>', 'leads of the first load of each lane', count, 25_000)
  .option('--page-size <n>', 'rows of a page', count, 25)
  .option('--edits-per-second <n>', 'edits meanwhile, per lane', count, 5)
  .option('--json <file>', 'write the report as JSON')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();

type Options = Omit<KillPlan, 'pageSizeMax'> & { readonly pageSize: number; readonly json?: string };
const { json, pageSize: pageSizeMax, ...rest } = program.opts<Options>();
const plan: KillPlan = { ...rest, pageSizeMax };

const stopping = new AbortController();
// A second Ctrl-C ends the process at once; the processes it started end with it.
process.once('SIGINT', () => stopping.abort()).once('SIGTERM', () => stopping.abort());

const bar = new SingleBar({
  format: '{value} of {total} kills, {eta_formatted} left, last {phase} {takeoverMs} ms',
  noTTYOutput: true,
  notTTYSchedule: 10_000,
});
bar.start(plan.kills, 0, { phase: '', takeoverMs: 0 });
try {
  const report = await killExtractors(plan, {
    onKill: ({ phase, takeoverMs }) => bar.increment(1, { phase, takeoverMs }),
    signal: stopping.signal,
  });
  bar.stop();
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
  const broken = [...brokenRules(report), ...lateTakeovers(report)];
  process.stdout.write(`${toKillTable(report)}\n${broken.join('\n') || 'every rule holds'}\n`);
  process.exitCode = broken.length === 0 ? 0 : 1;
} catch (error) {
  bar.stop();
  if (!stopping.signal.aborted) throw error;
  process.stdout.write('stopped; nothing was judged\n');
  process.exitCode = 130;
}
