import { SyncError, type ChangeEvent, type EventHead } from '@lockstep/change-events';
import type { HeadVisitor, IncomingMessage, ScanResult } from '../eventLog.ts';

export function readLatest(messages: readonly IncomingMessage[]): Map<string, unknown> {
  const latest = new Map(messages.map((message) => [message.key, message]));
  const broken = [...latest.values()].find(({ undecodable }) => undecodable !== null);
  if (broken) throw new SyncError('MESSAGE_UNDECODABLE', { topic: broken.topic, offset: broken.offset });
  const kept = [...latest].filter(([, { value }]) => value !== null);
  return new Map(kept.map(([key, { value }]) => [key, value]));
}

export function scanEvents(
  messages: readonly IncomingMessage[],
  visit: HeadVisitor,
  signal: AbortSignal,
): ScanResult {
  const readable = messages.filter(({ undecodable }) => undecodable === null);
  for (const { key, value } of readable) {
    signal.throwIfAborted();
    visit(key, value === null ? null : headOf(value as ChangeEvent));
  }
  signal.throwIfAborted();
  return { scanned: readable.length, skipped: messages.length - readable.length };
}

const headOf = ({ operation, version, page, changedAt }: ChangeEvent): EventHead => ({
  operation,
  version,
  page,
  changedAt,
});
