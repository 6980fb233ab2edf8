import { isoTime, isSyncError, topics, type DeadLetter } from '@lockstep/change-events';
import type { BatchHandler, Clock, IncomingMessage, OutgoingMessage, Publisher } from '@lockstep/ports';
import { replaysHeader } from '../deadLetters.ts';
import { sourceOf } from '../routeChanges.ts';
import { listLetters, type KeptLetter, type LetterFilter, type ScanLetters } from './deadLetterList.ts';

export type ReplayOptions = {
  readonly scan: ScanLetters;
  readonly publisher: Pick<Publisher, 'publish'>;
  /** Where change events go: they are not published again on topics that others read. */
  readonly route: BatchHandler;
  /** Throws MESSAGE_UNDECODABLE. */
  readonly decode: (topic: string, bytes: Buffer) => Promise<unknown>;
  readonly clock: Pick<Clock, 'now'>;
};

/**
 * `replayed` went on their way again; `before` had been replayed already; `kept` cannot be: their bytes are not there, or
 * still cannot be read. `next` is where the next page begins.
 */
export type ReplayResult = {
  readonly replayed: number;
  readonly before: number;
  readonly kept: number;
  readonly next: number | null;
};

/** So many letters are looked at in one call; each is at most 1 MB. */
const lettersMax = 100;

/**
 * Sends messages that were set aside on their way again (G-22): with their bytes and key to the topic that they came from, or,
 * where others read that topic, to the inbox. What is sent and the marks that say so are one transaction, so that a letter
 * is replayed once, however often it is asked for. A message that fails again is set aside anew.
 */
export async function replayLetters(
  options: ReplayOptions,
  { filter, replayId, after }: { filter: LetterFilter; replayId: string; after: number | null },
): Promise<ReplayResult> {
  const { letters, next } = await listLetters(options.scan, filter, { after, limitMax: lettersMax });
  const open = letters.filter(({ isReplayed }) => !isReplayed);
  const sent = await Promise.all(open.map((kept) => sentAgain(options, kept)));
  const marks = open.flatMap((kept, at) => (sent[at] ? [markOf(kept, replayId, options.clock.now())] : []));
  const messages = [...sent.flatMap((list) => list ?? []), ...marks];
  if (messages.length > 0) await options.publisher.publish(messages);

  return {
    replayed: marks.length,
    before: letters.length - open.length,
    kept: open.length - marks.length,
    next,
  };
}

/** The messages that take a letter on its way; null when nothing can. */
async function sentAgain(options: ReplayOptions, kept: KeptLetter): Promise<OutgoingMessage[] | null> {
  const { key, letter } = kept;
  const { topic, bytes } = letter;
  if (bytes === null || letter.offset === null) return null;
  const headers = { [replaysHeader]: String((letter.replays ?? 0) + 1) };
  // Structured clones and some codecs give plain bytes.
  const value = Buffer.from(bytes);
  if (sourceOf(topic) === null) return [{ topic, key, value, headers }];
  const decoded = await readable(options.decode(topic, value));
  if (decoded === null) return null;

  return routed(options, { ...placeIn(letter), key, value: decoded, headers, undecodable: null });
}

/** Null for what cannot be read; other failures say nothing about the letter. */
async function readable(decoding: Promise<unknown>): Promise<unknown> {
  try {
    return await decoding;
  } catch (error) {
    if (isSyncError(error, 'MESSAGE_UNDECODABLE')) return null;
    throw error;
  }
}

const placeIn = ({ topic, partition, offset }: DeadLetter) => ({
  ...{ topic, partition: partition ?? 0, offset: offset ?? '0' },
});

async function routed({ route }: ReplayOptions, message: IncomingMessage): Promise<OutgoingMessage[]> {
  const { topic, partition } = message;
  const { messages } = await route({ topic, partition, messages: [message] });

  return [...messages];
}

/** The same place without the bytes. */
function markOf({ key, letter }: KeptLetter, replayId: string, nowMs: number): OutgoingMessage {
  const value: DeadLetter = { ...letter, bytes: null, replayId, at: isoTime(nowMs) };

  return { topic: topics.deadLetters, key, value };
}
