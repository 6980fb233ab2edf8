import { extractorTopics } from '@lockstep/change-events';
import { checkTopics, openKafka } from '@lockstep/kafka';
import { checkTable, type TableCheck } from '@lockstep/pipelines';
import { checkRegistry } from '@lockstep/schema-registry';
import { createLogger, readTables, runChecks, type Check } from '@lockstep/service-runtime';
import type { Config } from './config.ts';
import { clientId, openDynamics } from './extractorParts.ts';
import { tableSelection } from './tableSelections.ts';
import { extractorSchemas } from './registerTables.ts';

type Print = (line: string) => void;

const timeoutMs = 120_000;

/**
 * Says of each table, the topics and the registry whether an extractor could begin, one line each; reads metadata and counts only. True
 * when all is well. Throws CONFIG_INVALID for a file of tables at fault.
 */
export async function checkSources(config: Config, print: Print): Promise<boolean> {
  const tables = await readTables(config);
  const areTablesWell = await checkTables(config, tables, print);

  return (
    (await runChecks([kafkaCheck(config, tables), registryCheck(config, tables)], print)) && areTablesWell
  );
}

type Tables = readonly string[];

async function checkTables(config: Config, tables: Tables, print: Print): Promise<boolean> {
  const dynamics = await openDynamics(config);
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const selections = tables.map((table) => tableSelection(table, config.dynamicsColumns));
    const sources = { catalog: dynamics, reader: dynamics };
    const checks = await Promise.all(selections.map((one) => checkTable(sources, one, signal)));
    for (const check of checks) print(`dynamics/${check.table}  ${sentenceOf(check)}`);

    return checks.every((check) => !('fault' in check));
  } finally {
    await dynamics.close();
  }
}

function sentenceOf(check: TableCheck): string {
  if ('fault' in check) return check.fault.message;
  const { columns, rows, excluded } = check;
  const left = excluded.map(({ column, reason }) => `${column} (${reason})`).join(', ');

  return `ok: ${columns} columns, ${rows ?? 'an unknown number of'} rows${left && `; not read: ${left}`}`;
}

const kafkaCheck = (config: Config, tables: Tables): Check => ({
  name: 'kafka',
  ask: async () => {
    const kafka = openKafka(config, clientId, createLogger({ level: config.logLevel, service: 'extractor' }));
    await checkTopics({ kafka, prefix: config.topicPrefix, definitions: extractorTopics(tables) });

    return { isWell: true, sentences: ['ok: every topic is there and right'] };
  },
});

const registryCheck = (config: Config, tables: Tables): Check => ({
  name: 'registry',
  ask: () => checkRegistry(config, () => extractorSchemas(config, tables)),
});
