import { SyncError, type ChangeEvent } from '@lockstep/change-events';
import type { HeadVisitor, IncomingMessage, ScannedEvent, ScanOptions, ScanResult } from '../eventLog.ts';

export function readLatest(messages: readonly IncomingMessage[]): Map<string, unknown> {
  const latest = new Map(messages.map((message) => [message.key, message]));
  const broken = [...latest.values()].find(({ undecodable }) => undecodable !== null);
  if (broken) throw new SyncError('MESSAGE_UNDECODABLE', { topic: broken.topic, offset: broken.offset });
  const kept = [...latest].filter(([, { value }]) => value !== null);
  return new Map(kept.map(([key, { value }]) => [key, value]));
}

type Scan = {
  readonly visit: HeadVisitor;
  readonly signal: AbortSignal;
  readonly options: ScanOptions | undefined;
};

export function scanEvents(
  messages: readonly IncomingMessage[],
  { visit, signal, options }: Scan,
): ScanResult {
  const readable = messages.filter(({ undecodable }) => undecodable === null);
  for (const { key, value } of readable) {
    signal.throwIfAborted();
    visit(key, value === null ? null : scanned(value as ChangeEvent, options));
  }
  signal.throwIfAborted();
  return { scanned: readable.length, skipped: messages.length - readable.length };
}

function scanned(event: ChangeEvent, options: ScanOptions | undefined): ScannedEvent {
  const { operation, version, page, changedAt, fields } = event;

  return { operation, version, page, changedAt, ...(options?.fields === true && { fields }) };
}
