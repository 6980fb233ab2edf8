import { isSyncError } from '@lockstep/change-events';

/** What may be printed of an error: names, codes, places in our code; foreign messages can quote field values. */
export type ErrorFacts = {
  readonly name: string;
  readonly code?: string;
  readonly message?: string;
  readonly stack?: readonly string[];
  readonly cause?: ErrorFacts;
};

const causesMax = 3;
const framesMax = 8;

/** Strips an error to what logs may hold; follows at most three causes. */
export function errorFacts(error: unknown, causesLeft = causesMax): ErrorFacts {
  if (!(error instanceof Error)) return { name: typeof error };
  const { name, message, cause } = error;

  return {
    name,
    ...codeOf(error),
    ...((isSyncError(error) || isEngineMessage(error)) && { message }),
    ...(!isSyncError(error) && { stack: framesOf(error) }),
    ...(cause !== undefined && causesLeft > 0 && { cause: errorFacts(cause, causesLeft - 1) }),
  };
}

function codeOf(error: Error): { readonly code?: string } {
  const { code } = error as { code?: unknown };

  return typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {};
}

/** What the JavaScript engine says of a mistake in our code and names members only; other sentences of its quote the value. */
const namesOnly = [
  /^Cannot (read|set) properties of (null|undefined) \((reading|setting) '[\w$]+'\)$/,
  /^Cannot destructure property '[\w$]+' of '[\w$.]+' as it is (null|undefined)\.$/,
  /^[A-Za-z_$][\w$.]* is not (a constructor|a function|defined|iterable)$/,
];

function isEngineMessage({ name, message }: Error): boolean {
  const isEngines = name === 'TypeError' || name === 'ReferenceError';

  return isEngines && namesOnly.some((sentence) => sentence.test(message));
}

function framesOf({ stack = '' }: Error): string[] {
  return stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^at .*:\d+:\d+\)?$/.test(line))
    .slice(0, framesMax);
}
