import { Command, InvalidArgumentError } from 'commander';
import { killExtractors } from './killExtractors.ts';

function count(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 is expected');
  return Number(text);
}

const program = new Command('npm run faults:extract --')
  .description(
    'Kills the active extractor at random moments during load and streaming, and judges the topic.',
  )
  .option('--kills <n>', 'how often', count, 20)
  .option('--seed <n>', 'seed of pauses and edits', count, 1)
  .option('--rows <n>', 'leads of the first load', count, 20_000)
  .option('--page-size <n>', 'rows of a page', count, 50)
  .option('--edits-per-second <n>', 'edits meanwhile', count, 5)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();

const options = program.opts<{
  kills: number;
  seed: number;
  rows: number;
  pageSize: number;
  editsPerSecond: number;
}>();
const { pageSize, ...plan } = options;
const report = await killExtractors({ ...plan, pageSizeMax: pageSize }, (line) =>
  process.stdout.write(`${line}\n`),
);
const { missing, undeleted, aborted, pageNumbersTwice, pagesFetchedAgain, kills } = report;
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
const broken = missing.length + undeleted.length + aborted.length + pageNumbersTwice.length;
process.exitCode = broken === 0 && pagesFetchedAgain <= kills && report.takeoverMsMax < 15_000 ? 0 : 1;
