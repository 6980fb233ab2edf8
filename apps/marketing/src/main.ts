import { exitWithCode, runMain, runCommand } from '@lockstep/service-runtime';
import { checkMarketo } from './checkMarketo.ts';
import { loadConfig, settings } from './config.ts';
import { registerPersons } from './registerPersons.ts';
import { runMarketing } from './runMarketing.ts';

const commands = {
  service: 'marketing',
  settings,
  run: () => runMarketing(loadConfig(process.env)),
  check: (print: (line: string) => void) => checkMarketo(loadConfig(process.env), print),
  register: (print: (line: string) => void) => registerPersons(loadConfig(process.env), print),
};

await runMain(() => runCommand(process.argv.slice(2), process.env, commands), { exit: exitWithCode });
