import { Command } from 'commander';
import { count, runFaultCommand } from '../faultCommand.ts';
import { faultSync } from './faultSync.ts';
import type { SyncPlan } from './planSyncFaults.ts';
import { findingLines, toSyncTable } from './syncReport.ts';

const program = new Command('npm run faults:sync --')
  .description(
    'Lets services, broker, database and calls fail while both sides are edited, and judges all of it.',
  )
  .option('--faults <n>', 'how many', count, 40)
  .option('--seed <n>', 'seed of faults, pauses and edits', count, 1)
  .option('--people <n>', 'people who are there before', count, 200)
  .option('--edits-per-second <n>', 'edits meanwhile', count, 5)
  .option('--json <file>', 'write the report as JSON; with all that was judged, when a rule is broken')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();

const { json, ...plan } = program.opts<SyncPlan & { readonly json?: string }>();
await runFaultCommand({
  ...{ total: plan.faults, run: (options) => faultSync(plan, options) },
  ...{ tableOf: toSyncTable, brokenIn: findingLines, jsonFile: json },
});
