import { topics, type Notice } from '@lockstep/change-events';
import { followTopic } from '@lockstep/kafka';
import type { IncomingMessage } from '@lockstep/ports';
import type { Environment } from '@lockstep/service-runtime';
import { loadMessageConfig } from './config.ts';
import { openTopics } from './openTopics.ts';

export type NoticesOptions = {
  readonly follow: boolean;
  readonly json: boolean;
  readonly signal: AbortSignal;
};

/** Prints the notices of the last 14 days, and with `follow` those to come until the signal. */
export async function showNotices(
  env: Environment,
  { follow, json, signal }: NoticesOptions,
  print: (line: string) => void,
): Promise<void> {
  const visit = ({ value }: IncomingMessage) => {
    if (value !== null) print(json ? JSON.stringify(value) : noticeLine(value as Notice));
  };
  const options = { topic: topics.notices, from: 'beginning', untilEnd: !follow, persists: follow } as const;
  await followTopic(openTopics(loadMessageConfig(env)), options, visit, signal);
}

/** A notice on one line: when, how grave, what, about whom. */
export function noticeLine({ at, severity, code, entity, sentence, counts, facts }: Notice): string {
  const details = Object.entries({ ...facts, ...counts }).map(([name, value]) => `${name}=${value}`);

  return [at, severity.padEnd(7), code, entity, sentence, ...details].join(' ');
}
