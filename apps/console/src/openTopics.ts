import { randomUUID } from 'node:crypto';
import { createCodec, createMessageCodec, subjectSchemas, topicSchemas } from '@lockstep/change-events';
import { openKafka, type EventLogSettings } from '@lockstep/kafka';
import { openSchemaIds } from '@lockstep/schema-registry';
import type { MessageConfig } from './config.ts';

/** How the broker logs the command line. */
export const clientId = 'lockstep-console';

/** How this command reads and writes messages, under a name that no other run has. */
export function openTopics(config: MessageConfig): EventLogSettings {
  const { topicPrefix: prefix } = config;
  const schemas = subjectSchemas(topicSchemas(), prefix);
  const codec = createMessageCodec(createCodec(openSchemaIds(config), schemas), prefix);
  return { kafka: openKafka(config, clientId), codec, prefix, instanceId: `console-${randomUUID()}` };
}
