import { SyncError } from '@lockstep/change-events';
import { runMain } from '@lockstep/service-runtime';
import { checkSources } from './checkSources.ts';
import { loadConfig } from './config.ts';
import { runExtractor } from './runExtractor.ts';

async function main([command]: readonly string[]): Promise<void> {
  if (command === undefined) return runExtractor(loadConfig(process.env));
  if (command !== 'check')
    throw new SyncError('CONFIG_INVALID', { [command]: 'is no command; there is check.' });
  const isWell = await checkSources(
    loadConfig(process.env),
    (line) => void process.stdout.write(`${line}\n`),
  );
  if (!isWell) process.exitCode = 1;
}

// A check that finds something says so by its code.
await runMain(() => main(process.argv.slice(2)), {
  exit: (code) => process.exit(code === 0 ? process.exitCode : code),
});
