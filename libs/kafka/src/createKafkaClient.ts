import './hideAborted.ts';
import { Kafka, logLevel, type KafkaConfig, type LogEntry, type SASLOptions } from 'kafkajs';

/** Ids, codes and names only; `details` never holds message contents. */
export type KafkaLog = (
  level: 'warn' | 'error',
  message: string,
  details: Readonly<Record<string, string | number | boolean>>,
) => void;

export type SaslSettings = {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
};

export type KafkaClientSettings = {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly ssl?: KafkaConfig['ssl'];
  /** Left out for brokers without sign-in. */
  readonly sasl?: SaslSettings | undefined;
  readonly log?: KafkaLog;
};

/** The connection settings that every producer, consumer and admin client is made from. Connects to nothing yet. */
export function createKafkaClient({ brokers, clientId, ssl, sasl, log }: KafkaClientSettings): Kafka {
  return new Kafka({
    brokers: [...brokers],
    clientId,
    ...(ssl !== undefined && { ssl }),
    ...(sasl !== undefined && { sasl: sasl as SASLOptions }),
    connectionTimeout: 3_000,
    requestTimeout: 20_000,
    // Spelled out, because kafkajs has other defaults when NODE_ENV is `test`. About 5 s in all.
    retry: { initialRetryTime: 20, multiplier: 2, factor: 0.2, maxRetryTime: 1_000, retries: 10 },
    logLevel: log ? logLevel.WARN : logLevel.NOTHING,
    logCreator: () => (entry) => log && writeEntry(log, entry),
  });
}

const loggedDetails = ['groupId', 'memberId', 'topic', 'partition', 'broker', 'error', 'retryCount', 'name'];

/** What kafkajs calls errors although it is the protocol's way of saying "join again" or "not yet". */
const ordinary = /rebalanc|another concurrent operation|coordinator is loading|not aware of this member/i;

function writeEntry(log: KafkaLog, { namespace, level, log: entry }: LogEntry): void {
  const facts: Readonly<Record<string, unknown>> = entry;
  if (ordinary.test(`${String(facts['message'])} ${String(facts['error'])}`)) return;
  const details = loggedDetails.flatMap((name) => {
    const value = facts[name];
    return typeof value === 'string' || typeof value === 'number' ? [[name, value] as const] : [];
  });
  const isError = level === logLevel.ERROR;
  log(isError ? 'error' : 'warn', `kafkajs ${namespace}: ${String(facts['message'])}`, {
    ...Object.fromEntries(details),
  });
}
