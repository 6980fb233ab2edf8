import { randomUUID } from 'node:crypto';
import { createCodec, createMessageCodec, subjectSchemas, topicSchemas } from '@lockstep/change-events';
import { createKafkaClient, type EventLogSettings } from '@lockstep/kafka';
import { createSchemaIds } from '@lockstep/schema-registry';
import type { MessageConfig } from './config.ts';

type BrokerConfig = Pick<MessageConfig, 'kafkaBrokers' | 'kafkaSsl'> & {
  readonly kafkaSaslMechanism?: MessageConfig['kafkaSaslMechanism'];
  readonly kafkaSaslUsername?: MessageConfig['kafkaSaslUsername'];
  readonly kafkaSaslPassword?: MessageConfig['kafkaSaslPassword'];
};

/** The broker as the settings name it; nothing is connected yet. */
export function openKafka(config: BrokerConfig) {
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername: username, kafkaSaslPassword: password } = config;
  return createKafkaClient({
    brokers: config.kafkaBrokers,
    clientId: 'lockstep-console',
    ssl: config.kafkaSsl,
    sasl: mechanism && username && password ? { mechanism, username, password } : undefined,
  });
}

/** How this command reads and writes messages, under a name that no other run has. */
export function openTopics(config: MessageConfig): EventLogSettings {
  const { topicPrefix: prefix, schemaRegistryUrl: url, schemaAutoRegister: autoRegister } = config;
  const schemas = subjectSchemas(topicSchemas(), prefix);
  const codec = createMessageCodec(createCodec(createSchemaIds({ url, autoRegister }), schemas), prefix);
  return { kafka: openKafka(config), codec, prefix, instanceId: `console-${randomUUID()}` };
}
