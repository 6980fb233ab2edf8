import type { Environment } from '@lockstep/service-runtime';
import { Command } from 'commander';
import { applyTopicDefinitions, planTopicDefinitions } from './topicCommands.ts';
import { explainRecord } from './explainRecord.ts';

/** The operator's command line. `print` receives whole lines. */
export function createProgram(env: Environment, print: (line: string) => void = console.log): Command {
  const program = new Command('lockstep').description('Operate a Lockstep installation.');
  const topicCommands = program.command('topics').description('The topics on the broker and their settings.');
  topicCommands
    .command('plan')
    .description('Show what is missing or differs; exit code 1 when anything does.')
    .action(async () => {
      if (await planTopicDefinitions(env, print)) process.exitCode = 1;
    });
  topicCommands
    .command('apply')
    .description('Create missing topics and set policies right; partitions of existing topics never change.')
    .action(() => applyTopicDefinitions(env, print));
  program
    .command('explain')
    .description('Say why each field of a person has its value, from what the golden record remembers.')
    .argument('<row>', 'dynamics/lead/<id>, dynamics/contact/<id>, marketo/person/<id>, or a golden id')
    .action((row: string) => explainRecord(env, row, print));

  return program;
}
