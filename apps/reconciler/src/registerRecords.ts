import {
  goldenEventSchema,
  tableDefinitions,
  tableSchema,
  topics,
  topicSchemas,
  type TopicSchema,
} from '@lockstep/change-events';
import { marketoFields, openRules, type RulesSource } from '@lockstep/rules';
import { registerSchemas } from '@lockstep/schema-registry';
import { createLogger, runChecks } from '@lockstep/service-runtime';
import type { Config } from './config.ts';
import { describeByRules, writtenDefinitions } from './followRules.ts';
import { openDynamics } from './openDynamics.ts';

const timeoutMs = 120_000;

/**
 * The schemas of all that a reconciler publishes by its rules and by what Dynamics shows of their columns now. Throws
 * CONFIG_INVALID with every fault of the rules, and what describing a table throws.
 */
export async function reconcilerSchemas(config: Config): Promise<readonly TopicSchema[]> {
  const rules = await openRules(config.lockstepFile);
  const { customEntities = [] } = rules.current();
  const schemas = new Map(topicSchemas(tableDefinitions, marketoFields(rules.current())));
  for (const { table } of customEntities) schemas.set(topics.goldenChanges(table), goldenEventSchema(table));
  const shown = await describeShown(config, rules, (topic, schema) => schemas.set(topic, schema));

  return [...schemas, ...shown];
}

/** Hands on the schemas of columns that the rules add; answers those of the columns that Dynamics shows, which may be fewer. */
async function describeShown(
  config: Config,
  rules: RulesSource,
  onDefined: (...schema: TopicSchema) => unknown,
): Promise<readonly TopicSchema[]> {
  const definitions = writtenDefinitions();
  const dynamics = await openDynamics(config, definitions);
  const codec = { define: async (...schema: TopicSchema) => void onDefined(...schema) };
  const log = createLogger({ level: config.logLevel, service: 'reconciler' });
  try {
    const parts = { rules, dynamics, codec, definitions, tables: [], log };
    await describeByRules(parts, AbortSignal.timeout(timeoutMs));
  } finally {
    await dynamics.close();
  }

  return Object.values(definitions).map(({ table, fields }) => tableSchema(table, fields));
}

/** Registers them and prints a line for each subject; true when none was refused. */
export function registerRecords(config: Config, print: (line: string) => void): Promise<boolean> {
  const ask = async () => registerSchemas(config, await reconcilerSchemas(config));

  return runChecks([{ name: 'registry', ask }], print);
}
