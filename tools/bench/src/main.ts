import { Argument, Command, InvalidArgumentError } from 'commander';
import { runBench, suiteNames } from './runBench.ts';

function count(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw new InvalidArgumentError('a whole number from 1 to 9999999 is expected');
  return Number(text);
}

function percent(text: string): number {
  if (!/^\d{1,2}%?$/.test(text)) throw new InvalidArgumentError('a whole percentage below 100 is expected');
  return Number.parseInt(text, 10);
}

const program = new Command('npm run bench --')
  .description('Measures our rates as shares of ceilings measured in the same run.')
  .addArgument(new Argument('<suite>', 'what to measure').choices(suiteNames))
  .option('--json <file>', 'write the result as JSON')
  .option('--rounds <n>', 'rounds, of which the median counts', count, 7)
  .option('--round-ms <ms>', 'length of a round in milliseconds', count, 500)
  .option('--rows <n>', 'rows to load, in suites that load rows', count)
  .option('--memory', 'peak memory instead of rates, in the extract and reconcile suites')
  .option('--edits <n>', 'edits of the latency and notice suites', count)
  .option('--idle-minutes <n>', 'idle time of the latency and notice suites', count)
  .option('--minutes <n>', 'how long the sync suite edits', count)
  .option('--people <n>', 'people of the deliver and reconcile suites', count)
  .option('--events <n>', 'events of the reconcile suite', count)
  .option('--bad <percent>', 'share of its people that Marketo refuses, such as 1%', percent)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();

const { json, ...given } = program.opts<{
  json?: string;
  rows?: number;
  memory?: boolean;
  edits?: number;
  idleMinutes?: number;
  minutes?: number;
  people?: number;
  events?: number;
  bad?: number;
  rounds: number;
  roundMs: number;
}>();
const options = { ...given, ...(json !== undefined && { jsonFile: json }) };
process.exitCode = await runBench(program.args[0] ?? '', options, (line) =>
  process.stdout.write(`${line}\n`),
);
