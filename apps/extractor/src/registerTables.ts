import { extractorTopics, tableSchema, topicSchemas, type TopicSchema } from '@lockstep/change-events';
import type { Dynamics } from '@lockstep/dynamics';
import { registerSchemas } from '@lockstep/schema-registry';
import { readTables, runChecks, type Check } from '@lockstep/service-runtime';
import type { Config } from './config.ts';
import { openDynamics } from './extractorParts.ts';
import { tableSelection } from './tableSelections.ts';

const timeoutMs = 120_000;

/**
 * Registers what an extractor of these settings publishes with, and prints a line for each subject. A table that cannot be
 * described holds up no other; true when none was refused. Throws CONFIG_INVALID for a file of tables at fault.
 */
export async function registerTables(config: Config, print: (line: string) => void): Promise<boolean> {
  const tables = await readTables(config);

  return withDynamics(config, (describe) => {
    const ofTable = (table: string): Check => ({
      name: `dynamics/${table}`,
      ask: async () => registerSchemas(config, [await describe(table)]),
    });
    const shared: Check = { name: 'registry', ask: () => registerSchemas(config, sharedSchemas()) };

    return runChecks([shared, ...tables.map(ofTable)], print);
  });
}

/** The schemas of all that an extractor of `tables` publishes, as Dynamics describes them now. Throws what describing throws. */
export function extractorSchemas(config: Config, tables: readonly string[]): Promise<readonly TopicSchema[]> {
  return withDynamics(config, async (describe) => [
    ...sharedSchemas(),
    ...(await Promise.all(tables.map(describe))),
  ]);
}

/** Those of no table. */
function sharedSchemas(): readonly TopicSchema[] {
  const names = new Set(extractorTopics([]).map(({ name }) => name));

  return [...topicSchemas()].filter(([topic]) => names.has(topic));
}

type Describe = (table: string) => Promise<TopicSchema>;

async function withDynamics<T>(config: Config, use: (describe: Describe) => Promise<T>): Promise<T> {
  const dynamics = await openDynamics(config);
  try {
    return await use((table) => describedSchema(config, dynamics, table));
  } finally {
    await dynamics.close();
  }
}

async function describedSchema(config: Config, dynamics: Dynamics, table: string): Promise<TopicSchema> {
  const selection = tableSelection(table, config.dynamicsColumns);
  const { definition } = await dynamics.describe(selection, AbortSignal.timeout(timeoutMs));

  return tableSchema(table, definition.fields);
}
