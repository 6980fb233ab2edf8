import { topicName, topics } from '@lockstep/change-events';
import type { World } from './world.ts';

/** What a person can do while the demo stays up. */
export function howToLookAround({ systems, topics: access, services }: World): string[] {
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
    ...children.map(({ name, healthUrl, logFile }) => `  ${name.padEnd(11)} ${healthUrl}  log ${logFile}`),
  ];
}
