import { exitWithCode, runMain, runOrCheck } from '@lockstep/service-runtime';
import { checkSources } from './checkSources.ts';
import { loadConfig } from './config.ts';
import { runExtractor } from './runExtractor.ts';

const commands = {
  run: () => runExtractor(loadConfig(process.env)),
  check: (print: (line: string) => void) => checkSources(loadConfig(process.env), print),
};

await runMain(() => runOrCheck(process.argv.slice(2), commands), { exit: exitWithCode });
