import { isSyncError, SyncError } from '@lockstep/change-events';
import { createLogger } from './logger.ts';
import { misspeltSettings } from './misspeltSettings.ts';
import type { Environment, Setting } from './setting.ts';

type Print = (line: string) => void;

/** A question about what the service needs: the sentences of what is well, or SyncError. Sentences of faults begin with a code. */
export type Check = {
  readonly name: string;
  readonly ask: () => Promise<{ readonly isWell: boolean; readonly sentences: readonly string[] }>;
};

/** Asks one after the other and prints each sentence on a line of its own; true when all is well. */
export async function runChecks(checks: readonly Check[], print: Print): Promise<boolean> {
  let isAllWell = true;
  for (const { name, ask } of checks) {
    const { isWell, sentences } = await answerOf(ask);
    isAllWell &&= isWell;
    for (const sentence of sentences) print(`${name}  ${sentence}`);
  }

  return isAllWell;
}

async function answerOf(ask: Check['ask']): ReturnType<Check['ask']> {
  try {
    return await ask();
  } catch (error) {
    if (!isSyncError(error)) throw error;

    return { isWell: false, sentences: [error.message] };
  }
}

type Commands = {
  readonly service: string;
  readonly settings: readonly Setting[];
  readonly run: () => Promise<void>;
  /** Asks and prints; true when all is well. */
  readonly check: (print: Print) => Promise<boolean>;
  readonly register: (print: Print) => Promise<boolean>;
};

/**
 * Serves without a word on the command line, checks with the word `check`, and registers schemas with `register`: then a fault ends
 * with exit code 1. Says of `env` which settings seem misspelt. Throws CONFIG_INVALID for any other word.
 */
export async function runCommand(
  [word]: readonly string[],
  env: Environment,
  { service, settings, ...commands }: Commands,
): Promise<void> {
  const misspelt = misspeltSettings(settings, env);
  if (word === undefined) {
    const log = createLogger({ service, level: 'warn' });
    for (const { name, nearest } of misspelt) log.warn({ setting: name, nearest }, misspeltSentence);
    return commands.run();
  }
  if (word !== 'check' && word !== 'register')
    throw new SyncError('CONFIG_INVALID', { [word]: 'is no command; there are check and register.' });
  const print: Print = (line) => void process.stdout.write(`${line}\n`);
  for (const { name, nearest } of misspelt) print(`settings  note: ${name} is no setting; is it ${nearest}?`);
  if (!(await commands[word](print))) process.exitCode = 1;
}

const misspeltSentence = 'No setting has this name, and one that has nearly the same is not set.';

/** For `runMain`: a check that finds something says so by its code. */
export const exitWithCode = (code: number): void => process.exit(code === 0 ? process.exitCode : code);
