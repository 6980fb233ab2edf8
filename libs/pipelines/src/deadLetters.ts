import {
  errorTable,
  isoTime,
  topics,
  type DeadLetter,
  type DeliveryOutcome,
  type ErrorCode,
  type WriteCommand,
} from '@lockstep/change-events';
import type { BatchHandler, Clock, IncomingMessage, OutgoingMessage, RefusedRow } from '@lockstep/ports';
import { outcomeOf } from './deliver/deliveryOutcome.ts';

/** Tells of a replayed message how often it was replayed. */
export const replaysHeader = 'lockstep-replays';

/** Where a message is kept that cannot be used: its place, its code, its bytes. */
export function deadLetter(
  message: Omit<IncomingMessage, 'value'>,
  code: ErrorCode,
  nowMs: number,
): OutgoingMessage {
  const value: DeadLetter = {
    topic: message.topic,
    partition: message.partition,
    offset: message.offset,
    table: null,
    recordId: null,
    field: null,
    code,
    sentence: errorTable[code].sentence,
    bytes: message.undecodable?.bytes ?? message.bytes ?? null,
    at: isoTime(nowMs),
    replayId: null,
    replays: Number(message.headers[replaysHeader] ?? 0),
  };
  return { topic: topics.deadLetters, key: message.key, value };
}

/** Where a row is kept that could not be read as its table is defined, or could not be encoded for its topic. */
export function rowDeadLetter(
  { topic, table }: { readonly topic: string; readonly table: string },
  { id, field, code, bytes }: Omit<RefusedRow, 'bytes'> & { readonly bytes: Buffer | null },
  nowMs: number,
): OutgoingMessage {
  const value: DeadLetter = {
    topic,
    partition: null,
    offset: null,
    ...{ table, recordId: id, field, code },
    sentence: errorTable[code].sentence,
    bytes,
    at: isoTime(nowMs),
    replayId: null,
    replays: 0,
  };
  return { topic: topics.deadLetters, key: `${table}/${id ?? 'unknown'}`, value };
}

const commandTopics: ReadonlySet<string> = new Set([topics.writes, topics.writesBackfill]);
const unencodable = 'EVENT_UNENCODABLE';

/** A command, or the answer to one, that is too large is a refusal: without an answer its record would ask again and again. */
function refusalOf({ topic, value }: OutgoingMessage, nowMs: number): DeliveryOutcome | null {
  if (commandTopics.has(topic))
    return outcomeOf(value as WriteCommand, { result: 'REFUSED', code: unencodable }, nowMs);
  if (topic !== topics.outcomes) return null;

  return { ...(value as DeliveryOutcome), result: 'REFUSED', code: unencodable, state: null, accepted: null };
}

/**
 * What is published in the place of a message that is too large for its topic: that it was. Its bytes are not kept, for they would be
 * too large here as well; the record is in its source, and in the database.
 */
function tooLarge(message: OutgoingMessage, nowMs: number): OutgoingMessage {
  const refusal = refusalOf(message, nowMs);
  if (refusal !== null) return { ...message, topic: topics.outcomes, value: refusal };
  const { topic, key, value } = message;
  if (topic === topics.deadLetters)
    return { topic, key, value: { ...(value as DeadLetter), field: 'size', bytes: null } };
  const letter: DeadLetter = {
    ...{ topic, partition: null, offset: null, table: null, recordId: key, field: 'size', code: unencodable },
    ...{
      sentence: errorTable[unencodable].sentence,
      bytes: null,
      at: isoTime(nowMs),
      replayId: null,
      replays: 0,
    },
  };
  return { topic: topics.deadLetters, key, value: letter };
}

/**
 * Sets aside what could not be decoded, and what is too large to be published, in the same transaction as the rest, which flows on.
 * `onDeadLetter` is told after the commit, so that a batch that comes again is counted once.
 */
export function withDeadLetters(
  handler: BatchHandler,
  clock: Clock,
  onDeadLetter: (code: ErrorCode) => void = () => {},
): BatchHandler {
  return async (batch) => {
    const refused = batch.messages.filter((message) => message.undecodable !== null);
    const messages = batch.messages.filter((message) => message.undecodable === null);
    const result = await handler({ ...batch, messages });
    const letters = refused.map((message) => deadLetter(message, 'MESSAGE_UNDECODABLE', clock.now()));
    const codes: ErrorCode[] = refused.map(() => 'MESSAGE_UNDECODABLE');
    const insteadOf = (message: OutgoingMessage): OutgoingMessage => {
      const other = tooLarge(message, clock.now());
      if (other.topic === topics.deadLetters && message.topic !== other.topic) codes.push(unencodable);
      return other;
    };
    const afterCommit = async (): Promise<void> => {
      codes.forEach(onDeadLetter);
      await result.afterCommit?.();
    };
    return { ...result, messages: [...letters, ...result.messages], afterCommit, insteadOf };
  };
}
