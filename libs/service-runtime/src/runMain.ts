import { SyncError, isSyncError } from '@lockstep/change-events';
import { errorFacts } from './errorFacts.ts';
import { printable } from './printable.ts';

export type RunMainOptions = {
  readonly exit?: (code: number) => void;
  readonly stderr?: { write(text: string): unknown };
};

/**
 * Runs a program and ends the process: code 0 when `main` resolves, 2 for CONFIG_INVALID with one line per fault on
 * standard error, 1 for any other failure with its code and sentence. Also catches what nobody else does.
 */
export async function runMain(main: () => Promise<void>, options: RunMainOptions = {}): Promise<void> {
  const { exit = process.exit, stderr = process.stderr } = options;
  const end = (error: unknown) => {
    for (const line of failureLines(error)) stderr.write(`${printable(line)}\n`);
    exit(isSyncError(error, 'CONFIG_INVALID') ? 2 : 1);
  };

  process.once('uncaughtException', end);
  try {
    await main();
  } catch (error) {
    return end(error);
  } finally {
    process.off('uncaughtException', end);
  }
  exit(0);
}

/** What an operator reads; a failure that is not in the error table shows its kind and place, not its message. */
function failureLines(error: unknown): string[] {
  if (isSyncError(error, 'CONFIG_INVALID')) {
    return Object.entries(error.details).map(([name, sentence]) => `${name} ${sentence}`);
  }
  if (isSyncError(error)) return [error.message];
  const { name, message, code, stack = [] } = errorFacts(error);
  const kind = [name, code, message].filter((part) => part !== undefined).join(' ');

  return [`${new SyncError('INTERNAL').message} ${kind}`, ...stack.map((frame) => `    ${frame}`)];
}
