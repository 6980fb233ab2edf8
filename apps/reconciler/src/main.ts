import { exitWithCode, runMain, runCommand } from '@lockstep/service-runtime';
import { checkTargets } from './checkTargets.ts';
import { loadConfig, settings } from './config.ts';
import { registerRecords } from './registerRecords.ts';
import { runReconciler } from './runReconciler.ts';

const commands = {
  service: 'reconciler',
  settings,
  run: () => runReconciler(loadConfig(process.env)),
  check: (print: (line: string) => void) => checkTargets(loadConfig(process.env), process.env, print),
  register: (print: (line: string) => void) => registerRecords(loadConfig(process.env), print),
};

await runMain(() => runCommand(process.argv.slice(2), process.env, commands), { exit: exitWithCode });
