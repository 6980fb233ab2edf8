import { Command } from 'commander';
import { count, runFaultCommand } from './faultCommand.ts';
import { killExtractors } from './killExtractors.ts';
import type { KillPlan } from './killPlan.ts';
import { brokenRules, lateTakeovers, toKillTable } from './killReport.ts';

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

await runFaultCommand({
  total: plan.kills,
  run: ({ onFault, signal }) =>
    killExtractors(plan, {
      onKill: ({ phase, takeoverMs }) => onFault(`${phase} ${takeoverMs} ms`),
      signal,
    }),
  tableOf: toKillTable,
  brokenIn: (report) => [...brokenRules(report), ...lateTakeovers(report)],
  jsonFile: json,
});
