import type { Publisher } from '@lockstep/ports';
import type { Kafka } from 'kafkajs';
import { scopedId } from './names.ts';
import { encodeChunks, type EncodeSettings } from './outgoingRecords.ts';
import { openTransactionalProducer } from './transactionalProducer.ts';

export type PublisherSettings = EncodeSettings & { readonly kafka: Kafka };

/**
 * After KAFKA_UNREACHABLE from `publish` the outcome is unknown and the publisher is used up: it answers the same for
 * ever, since taking its id again by itself could fence a newer holder. Open another, then read the checkpoint again.
 */
export async function openPublisher(settings: PublisherSettings, id: string): Promise<Publisher> {
  const producer = await openTransactionalProducer(settings.kafka, scopedId(settings.prefix, id));
  return {
    publish: (messages) => producer.commit({ chunks: encodeChunks(settings, messages) }),
    close: () => producer.close(),
  };
}
