import { printable, type Environment } from '@lockstep/service-runtime';
import { Command, Option } from 'commander';
import { addControlCommands } from './controlCommands.ts';
import { explainRecord } from './explainRecord.ts';
import { addFirstLoadCommands } from './firstLoadCommands.ts';
import { addRecordCommands } from './recordCommands.ts';
import { rewind } from './rewind.ts';
import { showErrors, type ErrorsOptions } from './showErrors.ts';
import { showNotices } from './showNotices.ts';
import { showStatus } from './showStatus.ts';
import { applyTopicDefinitions, planTopicDefinitions, type TopicScope } from './topicCommands.ts';
import { validateRules, type ValidateOptions } from './validateRules.ts';

type Print = (line: string) => void;

/** The operator's command line. `printLine` receives whole lines; `exit` gets 0 after help, and 2 for arguments that are not as they should be. */
export function createProgram(
  env: Environment,
  printLine: Print = console.log,
  exit: (code: number) => never = process.exit,
): Command {
  const print: Print = (line) => printLine(printable(line));
  const program = new Command('lockstep')
    .description('Operate a Lockstep installation.')
    .exitOverride(({ exitCode }) => exit(exitCode === 0 ? 0 : 2));
  addTopicCommands(program, env, print);
  program
    .command('status')
    .description(
      'Show how far each source has been read; with an API also lag and errors, without needs no service.',
    )
    .option('--json', 'as JSON')
    .action(({ json = false }: { json?: boolean }) => showStatus(env, { json, nowMs: Date.now() }, print));
  program
    .command('rewind')
    .description('Route and decide again what came since a time, after the database was put back to then.')
    .requiredOption('--to <time>', 'when the backup was made, at most seven days ago')
    .action(({ to }: { to: string }) => rewind(env, to, { nowMs: Date.now(), print }));
  addControlCommands(program, env, print);
  addFirstLoadCommands(program, env, print);
  addNotices(program, env, print);
  program
    .command('explain')
    .description(
      'Say why each field of a person has its value, from what the golden record remembers; exit code 1 when nothing is known.',
    )
    .argument(
      '<row>',
      'dynamics/lead/<id>, dynamics/contact/<id>, marketo/person/<id>, an email address, or a golden id',
    )
    .option('--json', 'as JSON')
    .action(async (row: string, { json = false }: { json?: boolean }) => {
      if (!(await explainRecord(env, row, { json, print }))) process.exitCode = 1;
    });
  addErrors(program, env, print);
  addRecordCommands(program, env, print);
  addValidate(program, print);

  return program;
}

function addTopicCommands(program: Command, env: Environment, print: Print): void {
  const topicCommands = program.command('topics').description('The topics on the broker and their settings.');
  const only = () =>
    new Option('--only <part>', 'leave out what other services use').choices(['extractor']).default('all');
  topicCommands
    .command('plan')
    .description('Show what is missing or differs; exit code 1 when anything does.')
    .addOption(only())
    .action(async (options: { only: TopicScope }) => {
      if (await planTopicDefinitions(env, options.only, print)) process.exitCode = 1;
    });
  topicCommands
    .command('apply')
    .description('Create missing topics and set policies right; partitions of existing topics never change.')
    .addOption(only())
    .action((options: { only: TopicScope }) => applyTopicDefinitions(env, options.only, print));
}

function addErrors(program: Command, env: Environment, print: Print): void {
  program
    .command('errors')
    .description('Show what waits: by cause, or record by record; asks the API.')
    .addOption(new Option('--side <side>', 'only what this side refuses').choices(['dynamics', 'marketo']))
    .option('--code <code>', 'only this cause')
    .option('--list', 'record by record')
    .addOption(new Option('--export <format>', 'record by record, for a spreadsheet').choices(['csv']))
    .option('--json', 'as JSON; records one a line')
    .action((options: ErrorsOptions) => showErrors(env, options, print));
}

function addValidate(program: Command, print: Print): void {
  program
    .command('validate')
    .description('Check a file of mapping and policies; exit code 1 when it has faults.')
    .argument('[file]', 'the file', 'lockstep.yaml')
    .option('--schema', 'print its JSON Schema instead')
    .action(async (file: string, options: ValidateOptions) => {
      if (await validateRules(file, options, print)) process.exitCode = 1;
    });
}

function addNotices(program: Command, env: Environment, print: Print): void {
  program
    .command('notices')
    .description('Print what an operator should know, oldest first.')
    .option('--follow', 'go on until Ctrl-C')
    .option('--json', 'one JSON object a line')
    .action(async ({ follow = false, json = false }: { follow?: boolean; json?: boolean }) => {
      const stop = new AbortController();
      process.once('SIGINT', () => stop.abort()).once('SIGTERM', () => stop.abort());
      await showNotices(env, { follow, json, signal: stop.signal }, print);
    });
}
