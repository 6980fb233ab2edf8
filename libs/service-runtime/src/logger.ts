import { pino } from 'pino';
import type { DestinationStream } from 'pino';
import { errorFacts } from './errorFacts.ts';

/** Ids, codes, counts and names; an error goes under `err`. Never field values: they are personal data. */
export type LogFacts = Readonly<Record<string, unknown>>;

type Print = (facts: LogFacts, sentence: string) => void;

/** A line is facts and a sentence; a child repeats its facts on each of its lines. */
export type Log = {
  readonly debug: Print;
  readonly info: Print;
  readonly warn: Print;
  readonly error: Print;
  child(facts: LogFacts): Log;
};

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export type LoggerOptions = {
  readonly service: string;
  readonly level: LogLevel;
  readonly instance?: string;
  /** Standard output when left out. */
  readonly destination?: DestinationStream;
};

/** A net below the rule that lines hold no values: names that carry values or secrets, at the top and one level down. */
const hidden = [
  'fields',
  'values',
  'before',
  'after',
  'email',
  'password',
  'secret',
  'clientSecret',
  'token',
  'accessToken',
  'authorization',
  'url',
].flatMap((name) => [name, `*.${name}`]);

/** JSON lines, written before the call returns, so that none is lost or overtaken when the process ends. */
export function createLogger({ service, level, instance, destination }: LoggerOptions): Log {
  const options = {
    level,
    base: { service, ...(instance !== undefined && { instance }) },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (error: unknown) => errorFacts(error) },
    redact: { paths: hidden, censor: '[hidden]' },
  };

  return pino(options, destination ?? pino.destination({ fd: 1, sync: true }));
}
