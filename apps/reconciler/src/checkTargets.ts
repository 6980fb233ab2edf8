import { customTablesOf, topicDefinitions } from '@lockstep/change-events';
import { checkTopics, openKafka } from '@lockstep/kafka';
import { checkStores } from '@lockstep/mongodb';
import { openRules } from '@lockstep/rules';
import { checkRegistry } from '@lockstep/schema-registry';
import { createLogger, readTables, runChecks, type Check, type Environment } from '@lockstep/service-runtime';
import { writingCheck, type ReadFiles } from './checkWriting.ts';
import type { Config } from './config.ts';
import { entityTables } from './customEntities.ts';
import { tokenOf } from './http/bearerToken.ts';
import { clientId } from './reconcilerParts.ts';
import { reconcilerSchemas } from './registerRecords.ts';

/**
 * Says whether a reconciler could begin, and whether what it writes to Dynamics would be allowed and fit; reads alone. `env`
 * may name a Marketo whose lengths are compared. True when all is well. Throws CONFIG_INVALID with every fault of the rules, or of
 * the file of tables or of the token.
 */
export async function checkTargets(
  config: Config,
  env: Environment,
  print: (line: string) => void,
): Promise<boolean> {
  await tokenOf(config)?.();
  const rules = (await openRules(config.lockstepFile)).current();
  const read = { rules, tables: await readTables(config) };
  const checks = [
    writingCheck(config, read, env),
    kafkaCheck(config, read),
    registryCheck(config),
    mongodbCheck(config),
  ];

  return runChecks(checks, print);
}

const kafkaCheck = (config: Config, { rules, tables }: ReadFiles): Check => ({
  name: 'kafka',
  ask: async () => {
    const kafka = openKafka(
      config,
      clientId,
      createLogger({ level: config.logLevel, service: 'reconciler' }),
    );
    const customs = customTablesOf(entityTables(tables, rules));
    await checkTopics({ kafka, prefix: config.topicPrefix, definitions: topicDefinitions(customs) });

    return { isWell: true, sentences: ['ok: every topic is there and right'] };
  },
});

const registryCheck = (config: Config): Check => ({
  name: 'registry',
  ask: () => checkRegistry(config, () => reconcilerSchemas(config)),
});

const mongodbCheck = ({ mongodbUrl: url, mongodbDatabase: database }: Config): Check => ({
  name: 'mongodb',
  ask: () => checkStores({ url, database }),
});
