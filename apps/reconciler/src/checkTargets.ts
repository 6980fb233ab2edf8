import { customTablesOf, topicDefinitions } from '@lockstep/change-events';
import { checkTopics } from '@lockstep/kafka';
import { checkStores } from '@lockstep/mongodb';
import { openRules, type Rules } from '@lockstep/rules';
import { createLogger, runChecks, type Check, type Environment } from '@lockstep/service-runtime';
import { writingCheck } from './checkWriting.ts';
import type { Config } from './config.ts';
import { entityTables } from './customEntities.ts';
import { openKafka } from './openKafka.ts';

/**
 * Says whether a reconciler could begin, and whether what it writes to Dynamics would be allowed and fit; reads alone. `env`
 * may name a Marketo whose lengths are compared. True when all is well. Throws CONFIG_INVALID with every fault of the rules.
 */
export async function checkTargets(
  config: Config,
  env: Environment,
  print: (line: string) => void,
): Promise<boolean> {
  const rules = (await openRules(config.lockstepFile)).current();
  const checks = [writingCheck(config, rules, env), kafkaCheck(config, rules), mongodbCheck(config)];

  return runChecks(checks, print);
}

const kafkaCheck = (config: Config, rules: Rules): Check => ({
  name: 'kafka',
  ask: async () => {
    const kafka = openKafka(config, createLogger({ level: config.logLevel, service: 'reconciler' }));
    const customs = customTablesOf(entityTables(config.dynamicsTables, rules));
    await checkTopics({ kafka, prefix: config.topicPrefix, definitions: topicDefinitions(customs) });

    return { isWell: true, sentences: ['ok: every topic is there and right'] };
  },
});

const mongodbCheck = ({ mongodbUrl: url, mongodbDatabase: database }: Config): Check => ({
  name: 'mongodb',
  ask: () => checkStores({ url, database }),
});
