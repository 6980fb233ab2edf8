import { createCodec, createMessageCodec, subjectSchemas, topicSchemas } from '@lockstep/change-events';
import { createEventLog, createKafkaClient } from '@lockstep/kafka';
import type { EventLog } from '@lockstep/ports';
import { createSchemaIds } from '@lockstep/schema-registry';
import type { Backing } from './openBacking.ts';

/** The topics of a backing, as a service sees them that calls itself `instanceId`. */
export function openEventLog(
  { kafkaBrokers, schemaRegistryUrl, topicPrefix: prefix }: Backing,
  instanceId: string,
): EventLog {
  const kafka = createKafkaClient({
    brokers: kafkaBrokers.split(','),
    clientId: `lockstep-${instanceId}`,
  });
  const schemaIds = createSchemaIds({ url: schemaRegistryUrl, autoRegister: false });
  const codec = createMessageCodec(createCodec(schemaIds, subjectSchemas(topicSchemas(), prefix)), prefix);
  return createEventLog({ kafka, codec, prefix, instanceId });
}
