import { isSyncError, type ChangeEvent, type MessageCodec, type Ready } from '@lockstep/change-events';
import type { HeadVisitor, ScannedEvent, ScanResult } from '@lockstep/ports';
import type { EventLogSettings } from './consumeSettings.ts';
import { readTopic } from './readTopic.ts';

export type EventScan = {
  /** Without prefix. */
  readonly topic: string;
  readonly visit: HeadVisitor;
  readonly signal: AbortSignal;
  /** Whether whole events are decoded. */
  readonly fields: boolean;
  readonly readNumber: number;
};

/** Visits every event of a topic, by its head or with its fields; holds no more than what is fetched at once. */
export async function scanEvents(settings: EventLogSettings, scan: EventScan): Promise<ScanResult> {
  let scanned = 0;
  let skipped = 0;
  await readTopic(settings, {
    ...scan,
    async onBatch(messages) {
      for (const { key, value } of messages) {
        scan.signal.throwIfAborted();
        const ready = value === null ? null : eventOf(settings.codec, scan, value);
        const head = ready instanceof Promise ? await ready : ready;
        if (head === 'undecodable') {
          skipped += 1;
        } else {
          scan.visit(key?.toString() ?? '', head);
          scanned += 1;
        }
      }
    },
  });
  return { scanned, skipped };
}

type Found = ScannedEvent | 'undecodable';

/** Throws only what says nothing about the message itself, such as REGISTRY_UNREACHABLE. */
function eventOf(codec: MessageCodec, { topic, fields }: EventScan, bytes: Buffer): Ready<Found> {
  if (fields)
    return (codec.decode(topic, bytes) as Promise<ChangeEvent>).then(scanned).catch(skipUndecodable);
  try {
    const head: Ready<Found> = codec.decodeHead(topic, bytes);
    return head instanceof Promise ? head.catch(skipUndecodable) : head;
  } catch (error) {
    return skipUndecodable(error);
  }
}

const scanned = ({ operation, version, page, changedAt, fields }: ChangeEvent): ScannedEvent => ({
  ...{ operation, version, page, changedAt, fields },
});

function skipUndecodable(error: unknown): 'undecodable' {
  if (isSyncError(error, 'MESSAGE_UNDECODABLE')) return 'undecodable';
  throw error;
}
