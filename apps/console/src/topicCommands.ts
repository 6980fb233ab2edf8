import { topicDefinitions } from '@lockstep/change-events';
import {
  applyTopics,
  createKafkaClient,
  planTopics,
  type TopicPlan,
  type TopicSettings,
} from '@lockstep/kafka';
import type { Environment } from '@lockstep/service-runtime';
import Table from 'cli-table3';
import { loadTopicConfig } from './config.ts';

function settingsFrom(env: Environment): TopicSettings {
  const config = loadTopicConfig(env);
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername: username, kafkaSaslPassword: password } = config;
  const kafka = createKafkaClient({
    brokers: config.kafkaBrokers,
    clientId: 'lockstep-console',
    ssl: config.kafkaSsl,
    sasl: mechanism && username && password ? { mechanism, username, password } : undefined,
  });
  const replication = {
    factor: config.topicReplicationFactor,
    minInsyncReplicas: config.topicMinInsyncReplicas,
  };
  return { kafka, prefix: config.topicPrefix, definitions: topicDefinitions(), replication };
}

/** Prints the plan; true when anything is missing or differs. */
export async function planTopicDefinitions(
  env: Environment,
  print: (line: string) => void,
): Promise<boolean> {
  const plans = await planTopics(settingsFrom(env));
  print(toTable(plans));
  return plans.some(({ action }) => action !== 'ok');
}

/** Creates and corrects, and prints what was found before. */
export async function applyTopicDefinitions(env: Environment, print: (line: string) => void): Promise<void> {
  const plans = await applyTopics(settingsFrom(env));
  const count = (action: TopicPlan['action']) => plans.filter((plan) => plan.action === action).length;
  print(`topics: ${count('create')} created, ${count('wrong')} corrected, ${count('ok')} already right`);
}

function toTable(plans: readonly TopicPlan[]): string {
  const table = new Table({ head: ['topic', 'action', 'differences'], style: { head: [], border: [] } });
  for (const { topic, action, differences } of plans) table.push([topic, action, differences.join('\n')]);
  return table.toString();
}
