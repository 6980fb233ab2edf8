import { createKafkaClient } from '@lockstep/kafka';
import type { Log } from '@lockstep/service-runtime';
import type { Config } from './config.ts';

/** The broker, which is not connected before it is used. */
export function openKafka(config: Config, log: Log) {
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername: username, kafkaSaslPassword: password } = config;

  return createKafkaClient({
    brokers: config.kafkaBrokers,
    clientId: 'lockstep-reconciler',
    ssl: config.kafkaSsl,
    sasl: mechanism && username && password ? { mechanism, username, password } : undefined,
    log: (level, sentence, facts) => log[level](facts, sentence),
  });
}
