import { topicDefinitions } from '@lockstep/change-events';
import { checkTopics, openKafka } from '@lockstep/kafka';
import { checkStores } from '@lockstep/mongodb';
import { findSetupFaults } from '@lockstep/pipelines';
import { marketoFields, openRules } from '@lockstep/rules';
import { checkRegistry } from '@lockstep/schema-registry';
import { createLogger, runChecks, type Check } from '@lockstep/service-runtime';
import { schemaWishesOf, type Config } from './config.ts';
import { clientId, openMarketo, ownTopics } from './openMarketing.ts';
import { marketingSchemas } from './registerPersons.ts';

/** Says whether a marketing service could begin, and what it would lack; makes no field. True when all is well. */
export async function checkMarketo(config: Config, print: (line: string) => void): Promise<boolean> {
  const checks = [setupCheck(config), kafkaCheck(config), registryCheck(config), mongodbCheck(config)];

  return runChecks(checks, print);
}

const setupCheck = (config: Config): Check => ({
  name: 'marketo',
  ask: async () => {
    const fields = marketoFields((await openRules(config.lockstepFile)).current());
    const { setup, budget, close } = openMarketo(config, fields);
    try {
      const wishes = { ...schemaWishesOf(config), mayCreate: [] };
      const questions = { setup, budget, fields, wishes, feedField: config.marketoRequestField };
      const faults = await findSetupFaults(questions, () => undefined);
      const { used, budget: most } = budget.report();
      const found = faults.map(
        (fault) =>
          `${fault.code} ${fault.check}: ${fault.found}${fault.isGrave ? '; it would not begin' : ''}`,
      );

      return { isWell: faults.length === 0, sentences: [...found, `calls of today: ${used} of ${most}`] };
    } finally {
      await close();
    }
  },
});

const kafkaCheck = (config: Config): Check => ({
  name: 'kafka',
  ask: async () => {
    const kafka = openKafka(config, clientId, createLogger({ level: config.logLevel, service: 'marketing' }));
    const definitions = topicDefinitions().filter(({ name }) => ownTopics.has(name));
    await checkTopics({ kafka, prefix: config.topicPrefix, definitions });

    return { isWell: true, sentences: ['ok: every topic is there and right'] };
  },
});

const registryCheck = (config: Config): Check => ({
  name: 'registry',
  ask: () => checkRegistry(config, () => marketingSchemas(config)),
});

const mongodbCheck = ({ mongodbUrl: url, mongodbDatabase: database }: Config): Check => ({
  name: 'mongodb',
  ask: () => checkStores({ url, database }),
});
