import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { MongoClient } from 'mongodb';
import { reasonOf } from './stackErrors.ts';
import type { StackAddresses } from './stackTypes.ts';

/** A probe speaks the service's own protocol once; it rejects when the service does not answer. */
export type Probe = () => Promise<void>;

const attemptTimeoutMs = 5_000;

export async function probeKafka(brokers: string): Promise<void> {
  const kafka = new Kafka({
    brokers: brokers.split(',').map((broker) => broker.trim()),
    clientId: 'local-stack-probe',
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: attemptTimeoutMs,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
}

export async function probeMongodb(url: string): Promise<void> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 1_000, socketTimeoutMS: attemptTimeoutMs });
  try {
    await client.db('admin').command({ ping: 1 });
  } finally {
    await client.close();
  }
}

export async function probeSchemaRegistry(url: string): Promise<void> {
  const response = await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(attemptTimeoutMs) });
  await response.text();
  if (!response.ok) throw new Error(`GET ${url}/subjects answered ${response.status}`);
}

/** The probes of a whole stack, by the service's name in messages. */
export function probesOf(addresses: StackAddresses): [name: string, probe: Probe][] {
  return [
    ['kafka', () => probeKafka(addresses.kafkaBrokers)],
    ['mongodb', () => probeMongodb(addresses.mongodbUrl)],
    ['schema registry', () => probeSchemaRegistry(addresses.schemaRegistryUrl)],
  ];
}

/**
 * Resolves when the probe has succeeded. Rejects when `timeoutMs` have passed (with the probe's last reason), when
 * `hasEnded` says that waiting is of no use, or when aborted.
 */
export async function waitUntilReady(
  name: string,
  probe: Probe,
  limits: { timeoutMs: number; signal: AbortSignal; hasEnded?: () => boolean },
): Promise<void> {
  const deadline = performance.now() + limits.timeoutMs;
  for (;;) {
    limits.signal.throwIfAborted();
    const reason = await probe().then(() => undefined, reasonOf);
    if (reason === undefined) return;
    if (limits.hasEnded?.()) throw new Error(`${name} ended before it was ready`);
    if (performance.now() > deadline) {
      throw new Error(`${name} was not ready within ${limits.timeoutMs / 1_000} s: ${reason}`);
    }
    await sleep(100, undefined, { signal: limits.signal });
  }
}
