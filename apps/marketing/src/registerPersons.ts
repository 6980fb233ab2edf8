import { tableDefinitions, topicSchemas, type TopicSchema } from '@lockstep/change-events';
import { marketoFields, openRules } from '@lockstep/rules';
import { registerSchemas } from '@lockstep/schema-registry';
import { runChecks } from '@lockstep/service-runtime';
import type { Config } from './config.ts';
import { ownTopics } from './openMarketing.ts';

/** The schemas of all that a marketing service publishes by its rules. Throws CONFIG_INVALID with every fault of them. */
export async function marketingSchemas({ lockstepFile }: Config): Promise<readonly TopicSchema[]> {
  const fields = marketoFields((await openRules(lockstepFile)).current());

  return [...topicSchemas(tableDefinitions, fields)].filter(([topic]) => ownTopics.has(topic));
}

/** Registers them and prints a line for each subject; true when none was refused. */
export function registerPersons(config: Config, print: (line: string) => void): Promise<boolean> {
  const ask = async () => registerSchemas(config, await marketingSchemas(config));

  return runChecks([{ name: 'registry', ask }], print);
}
