import { isSyncError, type EventHead, type MessageCodec, type Ready } from '@lockstep/change-events';
import type { HeadVisitor, ScanResult } from '@lockstep/ports';
import type { EventLogSettings } from './consumeSettings.ts';
import { readTopic } from './readTopic.ts';

export type EventScan = {
  /** Without prefix. */
  readonly topic: string;
  readonly visit: HeadVisitor;
  readonly signal: AbortSignal;
  readonly readNumber: number;
};

/** Visits the head of every event of a topic; holds no more than what is fetched at once. */
export async function scanEvents(settings: EventLogSettings, scan: EventScan): Promise<ScanResult> {
  let scanned = 0;
  let skipped = 0;
  await readTopic(settings, {
    ...scan,
    async onBatch(messages) {
      for (const { key, value } of messages) {
        scan.signal.throwIfAborted();
        const ready = value === null ? null : headOf(settings.codec, scan.topic, value);
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

type FoundHead = EventHead | 'undecodable';

/** Throws only what says nothing about the message itself, such as REGISTRY_UNREACHABLE. */
function headOf(codec: MessageCodec, topic: string, bytes: Buffer): Ready<FoundHead> {
  try {
    const head: Ready<FoundHead> = codec.decodeHead(topic, bytes);
    return head instanceof Promise ? head.catch(skipUndecodable) : head;
  } catch (error) {
    return skipUndecodable(error);
  }
}

function skipUndecodable(error: unknown): 'undecodable' {
  if (isSyncError(error, 'MESSAGE_UNDECODABLE')) return 'undecodable';
  throw error;
}
