import { exitWithCode, runMain, runCommand } from '@lockstep/service-runtime';
import { checkSources } from './checkSources.ts';
import { loadConfig, settings } from './config.ts';
import { registerTables } from './registerTables.ts';
import { runExtractor } from './runExtractor.ts';

const commands = {
  service: 'extractor',
  settings,
  run: () => runExtractor(loadConfig(process.env)),
  check: (print: (line: string) => void) => checkSources(loadConfig(process.env), print),
  register: (print: (line: string) => void) => registerTables(loadConfig(process.env), print),
};

await runMain(() => runCommand(process.argv.slice(2), process.env, commands), { exit: exitWithCode });
