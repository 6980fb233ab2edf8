import type { Environment } from '@lockstep/service-runtime';
import { Option, type Command } from 'commander';
import { go, type GoOptions } from './go.ts';
import { rehearse } from './rehearse.ts';

/** `lockstep rehearse` and `lockstep go`, which ask the API. */
export function addFirstLoadCommands(
  program: Command,
  env: Environment,
  print: (line: string) => void,
): void {
  program
    .command('rehearse')
    .description('Show what would be written if writing started now; exit code 1 while that may change.')
    .requiredOption('--first-run', 'of the first load')
    .option('--json <file>', 'write it as JSON too')
    .action(async (options: { json?: string }) => {
      if (!(await rehearse(env, options, print))) process.exitCode = 1;
    });
  program
    .command('go')
    .description(
      'Start the writing; exit code 1 when it does not start, because both sides are not read yet.',
    )
    .addOption(
      new Option('--to <side>', 'only to this side').choices(['dynamics', 'marketo', 'both']).default('both'),
    )
    .option('--actor <name>', 'who asks; user@host when left out')
    .option('--force', 'although both sides have not been read once')
    .action(async (options: GoOptions) => {
      if (!(await go(env, options, print))) process.exitCode = 1;
    });
}
