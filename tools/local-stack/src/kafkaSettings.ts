/** `bind` and `advertised` are host:port; an empty host binds every interface. */
export type KafkaListener = { name: string; bind: string; advertised: string };

const nodeId = 1;

/**
 * The settings of one combined KRaft node, by their names in server.properties. One replica of everything, topics
 * only when somebody creates them, and consumer groups that start at once. Few partitions for the internal topics:
 * creating the default fifty of each is most of the time of the first transaction. `main` also serves the broker's
 * messages to itself unless `internal` is given, as it must be where the advertised address is not reachable from inside.
 */
export function kafkaSettings(
  controllerAddress: string,
  main: KafkaListener,
  internal?: KafkaListener,
): Record<string, string> {
  const listeners = internal === undefined ? [main] : [main, internal];
  const bound = listeners.map(({ name, bind }) => `${name}://${bind}`);
  const names = [...listeners.map(({ name }) => name), 'CONTROLLER'];
  return {
    'process.roles': 'broker,controller',
    'node.id': `${nodeId}`,
    'controller.quorum.voters': `${nodeId}@${controllerAddress}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: [...bound, `CONTROLLER://${controllerAddress}`].join(','),
    'advertised.listeners': listeners.map(({ name, advertised }) => `${name}://${advertised}`).join(','),
    'listener.security.protocol.map': names.map((name) => `${name}:PLAINTEXT`).join(','),
    'inter.broker.listener.name': (internal ?? main).name,
    'num.partitions': '1',
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '8',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '8',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
  };
}

/** The same settings as a server.properties file. */
export const toProperties = (settings: Record<string, string>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

/** The same settings as the environment that the container image reads. */
export const toContainerEnvironment = (settings: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      `KAFKA_${name.toUpperCase().replaceAll('.', '_')}`,
      value,
    ]),
  );
