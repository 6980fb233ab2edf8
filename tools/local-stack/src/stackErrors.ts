/**
 * A fault the person who started the stack can mend: a missing tool or a wrong setting. `main` ends with exit code 2.
 * `message` holds one line per fault.
 */
export class StackSetupError extends Error {
  override readonly name = 'StackSetupError';
}

/** The text of anything that was thrown. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
