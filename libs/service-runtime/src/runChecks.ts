import { isSyncError, SyncError } from '@lockstep/change-events';

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
  readonly run: () => Promise<void>;
  /** Asks and prints; true when all is well. */
  readonly check: (print: Print) => Promise<boolean>;
  readonly register: (print: Print) => Promise<boolean>;
};

/**
 * Serves without a word on the command line, checks with the word `check`, and registers schemas with `register`: then a fault ends
 * with exit code 1. Throws CONFIG_INVALID for any other word.
 */
export async function runCommand([word]: readonly string[], commands: Commands): Promise<void> {
  if (word === undefined) return commands.run();
  if (word !== 'check' && word !== 'register')
    throw new SyncError('CONFIG_INVALID', { [word]: 'is no command; there are check and register.' });
  if (!(await commands[word]((line) => void process.stdout.write(`${line}\n`)))) process.exitCode = 1;
}

/** For `runMain`: a check that finds something says so by its code. */
export const exitWithCode = (code: number): void => process.exit(code === 0 ? process.exitCode : code);
