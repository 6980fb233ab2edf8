import { exitWithCode, runMain, runOrCheck } from '@lockstep/service-runtime';
import { checkTargets } from './checkTargets.ts';
import { loadConfig } from './config.ts';
import { runReconciler } from './runReconciler.ts';

const commands = {
  run: () => runReconciler(loadConfig(process.env)),
  check: (print: (line: string) => void) => checkTargets(loadConfig(process.env), process.env, print),
};

await runMain(() => runOrCheck(process.argv.slice(2), commands), { exit: exitWithCode });
