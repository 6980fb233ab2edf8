import { customTablesOf, extractorTopics, topicDefinitions } from '@lockstep/change-events';
import { applyTopics, openKafka, planTopics, type TopicPlan, type TopicSettings } from '@lockstep/kafka';
import { readTables, type Environment } from '@lockstep/service-runtime';
import Table from 'cli-table3';
import { loadTopicConfig } from './config.ts';
import { clientId } from './openTopics.ts';

/** `extractor` leaves out what only the other services use. */
export type TopicScope = 'all' | 'extractor';

async function settingsFrom(env: Environment, scope: TopicScope): Promise<TopicSettings> {
  const config = loadTopicConfig(env);
  const tables = await readTables(config);
  const replication = {
    factor: config.topicReplicationFactor,
    minInsyncReplicas: config.topicMinInsyncReplicas,
  };
  const definitions =
    scope === 'extractor' ? extractorTopics(tables) : topicDefinitions(customTablesOf(tables));
  return { kafka: openKafka(config, clientId), prefix: config.topicPrefix, definitions, replication };
}

/** Prints the plan; true when anything is missing or differs. */
export async function planTopicDefinitions(
  env: Environment,
  scope: TopicScope,
  print: (line: string) => void,
): Promise<boolean> {
  const plans = await planTopics(await settingsFrom(env, scope));
  print(toTable(plans));
  return plans.some(({ action }) => action !== 'ok');
}

/** Creates and corrects, and prints what was found before. */
export async function applyTopicDefinitions(
  env: Environment,
  scope: TopicScope,
  print: (line: string) => void,
): Promise<void> {
  const plans = await applyTopics(await settingsFrom(env, scope));
  const count = (action: TopicPlan['action']) => plans.filter((plan) => plan.action === action).length;
  print(`topics: ${count('create')} created, ${count('wrong')} corrected, ${count('ok')} already right`);
}

function toTable(plans: readonly TopicPlan[]): string {
  const table = new Table({ head: ['topic', 'action', 'differences'], style: { head: [], border: [] } });
  for (const { topic, action, differences } of plans) table.push([topic, action, differences.join('\n')]);
  return table.toString();
}
