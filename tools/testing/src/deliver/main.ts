import { Command } from 'commander';
import { count, runFaultCommand } from '../faultCommand.ts';
import { findingLines, toDeliveryTable } from './deliveryReport.ts';
import { faultDeliveries } from './faultDeliveries.ts';
import type { DeliveryPlan } from './planFaults.ts';

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
await runFaultCommand({
  ...{ total: plan.faults, run: (options) => faultDeliveries(plan, options) },
  ...{ tableOf: toDeliveryTable, brokenIn: findingLines, jsonFile: json },
});
