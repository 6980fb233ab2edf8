import { Argument, Command, InvalidArgumentError } from 'commander';
import { runBench, suiteNames } from './runBench.ts';

function count(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new InvalidArgumentError('a whole number from 1 to 999999 is expected');
  return Number(text);
}

const program = new Command('npm run bench --')
  .description('Measures our rates as shares of ceilings measured in the same run.')
  .addArgument(new Argument('<suite>', 'what to measure').choices(suiteNames))
  .option('--json <file>', 'write the result as JSON')
  .option('--rounds <n>', 'rounds, of which the median counts', count, 7)
  .option('--round-ms <ms>', 'length of a round in milliseconds', count, 500)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();

const { json, rounds, roundMs } = program.opts<{ json?: string; rounds: number; roundMs: number }>();
const options = { rounds, roundMs, ...(json !== undefined && { jsonFile: json }) };
process.exitCode = await runBench(program.args[0] ?? '', options, (line) =>
  process.stdout.write(`${line}\n`),
);
