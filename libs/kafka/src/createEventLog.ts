import type { EventLog } from '@lockstep/ports';
import type { EventLogSettings } from './consumeSettings.ts';
import { consumeTopics } from './consumeTopics.ts';
import { consumerLag, expiredMessages } from './consumerLag.ts';
import { openPublisher } from './openPublisher.ts';
import { readLatest } from './readLatest.ts';
import { scanEvents } from './scanEvents.ts';
import { createSharedWriters } from './sharedWriters.ts';
import { openTransactionalProducer } from './transactionalProducer.ts';

/** The event log on Kafka. It holds no connection of its own: publishers are closed, consumers end by their signal. */
export function createEventLog(settings: EventLogSettings): EventLog {
  let reads = 0;
  const writers = createSharedWriters((id) => openTransactionalProducer(settings.kafka, id));
  return {
    openPublisher: (id) => openPublisher(settings, id),
    registered: (topic) => settings.codec.registered(topic),
    consume(options, handler, signal) {
      const outage = settings.outageOf?.(options.group);
      return consumeTopics({ settings, options, handler, signal, writers, outage });
    },
    readLatest: (topic) => readLatest(settings, topic, ++reads),
    scanEvents: (topic, visit, signal, { fields } = { fields: false }) =>
      scanEvents(settings, { topic, visit, signal, fields, readNumber: ++reads }),
    lag: (group, topics) => consumerLag(settings.kafka, settings.prefix, group, topics),
    expired: (group, topics) => expiredMessages(settings.kafka, settings.prefix, group, topics),
  };
}
