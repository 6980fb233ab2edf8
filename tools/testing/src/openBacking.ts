import { randomUUID } from 'node:crypto';
import { subjectOf, topicDefinitions, topicSchemas } from '@lockstep/change-events';
import { applyTopics, createKafkaClient } from '@lockstep/kafka';
import { startLocalStack, type LocalStack, type StackAddresses } from '@lockstep/local-stack';
import { createSchemaIds } from '@lockstep/schema-registry';

/** Kafka, database and registry, with the topics and schemas of one Lockstep under a prefix of its own. */
export type Backing = StackAddresses & { readonly topicPrefix: string };

/** What was opened, to be closed in reverse. */
export type Closers = (() => Promise<unknown>)[];

export async function closeInReverse(closers: Closers): Promise<void> {
  for (let close = closers.pop(); close; close = closers.pop()) await close();
}

const addressNames = ['KAFKA_BROKERS', 'MONGODB_URL', 'SCHEMA_REGISTRY_URL'];

/** Addresses come first, also where LOCKSTEP_STACK names what the global set-up was to start. */
export function openStack(): Promise<LocalStack> {
  const hasAddresses = addressNames.every((name) => (process.env[name] ?? '') !== '');
  return startLocalStack({ provider: hasAddresses ? 'external' : 'auto' });
}

/** Topics and schemas on a stack of its own, or on one that is given and stays open; those of custom tables too. */
export async function openBacking(
  closers: Closers,
  given?: StackAddresses,
  customTables: readonly string[] = [],
): Promise<Backing> {
  const stack = given ?? (await openOwnStack(closers));
  const topicPrefix = `test-${randomUUID().slice(0, 8)}`;
  await createTopics(stack, topicPrefix, customTables);
  const { kafkaBrokers, mongodbUrl, schemaRegistryUrl } = stack;
  return { kafkaBrokers, mongodbUrl, schemaRegistryUrl, topicPrefix };
}

async function openOwnStack(closers: Closers): Promise<StackAddresses> {
  const stack = await openStack();
  closers.push(() => stack.close());
  return stack;
}

/** Topics and schemas first, as an installation does: three services that register at once would race. */
export async function createTopics(
  stack: StackAddresses,
  prefix: string,
  customTables: readonly string[],
): Promise<void> {
  const kafka = createKafkaClient({ brokers: stack.kafkaBrokers.split(','), clientId: 'lockstep-testing' });
  await applyTopics({ kafka, prefix, definitions: topicDefinitions(customTables) });
  const schemaIds = createSchemaIds({ url: stack.schemaRegistryUrl, autoRegister: true });
  for (const [topic, schema] of topicSchemas()) await schemaIds.idOf(subjectOf(prefix, topic), schema);
}
