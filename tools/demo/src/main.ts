import { Command, InvalidArgumentError, Option } from 'commander';
import { DemoError } from './demoError.ts';
import { runDemo, type DemoOptions } from './runDemo.ts';
import { createStopSignal } from './untilStopped.ts';

const sizeMax = 100_000;

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text) || Number(text) > sizeMax)
    throw new InvalidArgumentError(`a whole number up to ${sizeMax} is expected`);
  return Number(text);
}

function readOptions(): DemoOptions {
  const program = new Command('npm run demo --')
    .description('Watch people move between Dynamics and Marketo; both are emulated.')
    .option('--once', 'exit with the verdict instead of staying up', false)
    .option('--people <file.csv>', 'load your own people too')
    .addOption(
      new Option('--against <where>', 'what to run against').choices(['local', 'compose']).default('local'),
    )
    .option('--json <file>', 'write the result as JSON')
    .option('--size <n>', 'how many people to make', wholeNumber, 2_000)
    .option('--seed <s>', 'which people to make', wholeNumber, 1)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .parse();
  const { people, json, ...options } = program.opts<DemoOptions & { people?: string; json?: string }>();
  return { ...options, ...(people && { peopleFile: people }), ...(json && { jsonFile: json }) };
}

/** 0 when all is well, 1 when not, 2 for what the caller can mend, 130 when stopped before the verdict. */
async function main(): Promise<number> {
  const options = readOptions();
  const signal = createStopSignal();
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  try {
    return await runDemo(options, {
      print,
      signal,
      isTerminal: process.stdout.isTTY === true,
      env: process.env,
    });
  } catch (error) {
    if (signal.aborted) return 130;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    const isMendable =
      error instanceof DemoError || (error instanceof Error && error.name === 'StackSetupError');
    return isMendable ? 2 : 1;
  }
}

process.exit(await main());
