import { Argument, Command, InvalidArgumentError } from 'commander';
import { runBench, suiteNames } from './runBench.ts';

function count(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw new InvalidArgumentError('a whole number from 1 to 9999999 is expected');
  return Number(text);
}

const program = new Command('npm run bench --')
  .description('Measures our rates as shares of ceilings measured in the same run.')
  .addArgument(new Argument('<suite>', 'what to measure').choices(suiteNames))
  .option('--json <file>', 'write the result as JSON')
  .option('--rounds <n>', 'rounds, of which the median counts', count, 7)
  .option('--round-ms <ms>', 'length of a round in milliseconds', count, 500)
  .option('--rows <n>', 'rows to load, in suites that load rows', count)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();

const { json, rows, ...rounds } = program.opts<{
  json?: string;
  rows?: number;
  rounds: number;
  roundMs: number;
}>();
const options = {
  ...rounds,
  ...(json !== undefined && { jsonFile: json }),
  ...(rows !== undefined && { rows }),
};
process.exitCode = await runBench(program.args[0] ?? '', options, (line) =>
  process.stdout.write(`${line}\n`),
);
