import { SyncError, topics } from '@lockstep/change-events';
import type { Dynamics } from '@lockstep/dynamics';
import { createEventLog, followTopic, type EventLogSettings } from '@lockstep/kafka';
import type { MongoStores } from '@lockstep/mongodb';
import { createRouter, reopeningPublisher, type ScanLetters } from '@lockstep/pipelines';
import { systemClock, type Lifecycle, type Log, type ServiceApi } from '@lockstep/service-runtime';
import type { Config } from '../config.ts';
import { tokenOf } from './bearerToken.ts';
import { operatorApi } from './operatorApi.ts';
import type { OperatorDoor, OperatorParts } from './operatorParts.ts';

/** Without a token there is no API. */
export function operatorApis(config: Config, { parts }: OperatorDoor, log: Log): readonly ServiceApi[] {
  const token = tokenOf(config);

  return token === null ? [] : [operatorApi({ token, readToken: config.apiReadToken, log, parts })];
}

export type OperatorSettings = Pick<
  OperatorParts,
  'groups' | 'tables' | 'directions' | 'mapping' | 'rules'
> & {
  readonly log: EventLogSettings;
  readonly stores: MongoStores;
  readonly dynamics: Dynamics;
  readonly lifecycle: Lifecycle;
};

/** From now on calls are answered. */
export function openOperator(door: OperatorDoor, settings: OperatorSettings): void {
  const { log, stores, dynamics, lifecycle, ...shown } = settings;
  const eventLog = createEventLog(log);
  const publisher = reopeningPublisher(eventLog, `operator/${log.instanceId}`);
  lifecycle.opened('operator publisher', () => publisher.close());
  door.open({
    ...{ ...shown, stores, dynamics, publisher, log: eventLog, clock: systemClock },
    letters: {
      scan: scanLetters(log),
      route: createRouter(stores.links),
      decode: (topic, bytes) => log.codec.decode(topic, bytes),
    },
  });
}

const scanTimeoutMs = 60_000;

/** A scan that does not come to its end has seen too little to act on. */
function scanLetters(log: EventLogSettings): ScanLetters {
  return async (visit) => {
    const late = AbortSignal.timeout(scanTimeoutMs);
    await followTopic(log, { topic: topics.deadLetters, from: 'beginning', untilEnd: true }, visit, late);
    if (late.aborted) throw new SyncError('KAFKA_UNREACHABLE', { topic: topics.deadLetters });
  };
}
