import { exitWithCode, runMain, runOrCheck } from '@lockstep/service-runtime';
import { checkMarketo } from './checkMarketo.ts';
import { loadConfig } from './config.ts';
import { runMarketing } from './runMarketing.ts';

const commands = {
  run: () => runMarketing(loadConfig(process.env)),
  check: (print: (line: string) => void) => checkMarketo(loadConfig(process.env), print),
};

await runMain(() => runOrCheck(process.argv.slice(2), commands), { exit: exitWithCode });
