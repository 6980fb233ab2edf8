import { topicName, topics } from '@lockstep/change-events';
import type { World } from './world.ts';

/** Opens the operator's API of the demo; deploy/demo.env has the same. */
export const demoApiToken = 'demo-only-api-token';

/** What a person can do while the demo stays up. */
export function howToLookAround(world: World): string[] {
  const { systems, topics: access, services } = world;
  const golden = topicName(access.topicPrefix, topics.goldenChanges('person'));
  const leads = topicName(access.topicPrefix, topics.dynamicsChanges('lead'));
  const children = services === null ? [] : [services.extractor, services.marketing, services.reconciler];
  return [
    '',
    'Everything stays up until Ctrl-C. Look around:',
    `  topics      kcat -b ${access.kafkaBrokers} -L`,
    `  events      kcat -b ${access.kafkaBrokers} -r ${access.schemaRegistryUrl} -s value=avro -t ${leads} -o -5 -e`,
    `  decisions   kcat -b ${access.kafkaBrokers} -r ${access.schemaRegistryUrl} -s value=avro -t ${golden} -o -5 -e`,
    `  registry    ${access.schemaRegistryUrl}/subjects`,
    `  Dynamics    ${systems.dataverse.url}/_control/rows/lead`,
    `  Marketo     ${systems.marketo.url}/_control/persons?limit=5`,
    '  console     with these settings, npx lockstep status, explain, errors, rehearse, undo and all the others:',
    ...Object.entries(consoleSettings(world)).map(([name, value]) => `    export ${name}='${value}'`),
    ...children.map(({ name, healthUrl, logFile }) => `  ${name.padEnd(11)} ${healthUrl}  log ${logFile}`),
  ];
}

const composeApiUrl = 'http://127.0.0.1:8083';

/** What the command line reads. */
function consoleSettings({ topics: access, mongo, services }: World): Record<string, string> {
  return {
    KAFKA_BROKERS: access.kafkaBrokers,
    SCHEMA_REGISTRY_URL: access.schemaRegistryUrl,
    ...(access.topicPrefix !== '' && { TOPIC_PREFIX: access.topicPrefix }),
    ...(mongo && { MONGODB_URL: mongo.mongodbUrl, MONGODB_DATABASE: mongo.mongodbDatabase }),
    LOCKSTEP_API_URL: services === null ? composeApiUrl : new URL(services.reconciler.healthUrl).origin,
    LOCKSTEP_API_TOKEN: demoApiToken,
  };
}
