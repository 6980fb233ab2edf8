import { isSyncError, SyncError } from '@lockstep/change-events';
import type { OutgoingMessage, Publisher } from '@lockstep/ports';
import { rowDeadLetter } from './deadLetters.ts';

export type PageOfEvents = {
  /** Of the events; what is on other topics is never set aside. */
  readonly topics: readonly string[];
  readonly table: string;
  readonly nowMs: number;
  /** The same event with less in it; null where there is none. */
  readonly shortened?: (message: OutgoingMessage) => OutgoingMessage | null;
};

/** A page with more of them is no page with a bad row but a schema that is wrong. */
const unencodableMax = 100;
/** A row that is too long for its topic is too long for the dead letters as well. */
const bytesMax = 256 * 1024;

/**
 * Publishes a page; an event that cannot be encoded goes to the dead letters in its place, when it cannot be shortened, and the
 * rest goes on. Answers what was published.
 */
export async function publishPage(
  publisher: Pick<Publisher, 'publish'>,
  page: readonly OutgoingMessage[],
  events: PageOfEvents,
): Promise<readonly OutgoingMessage[]> {
  let messages = page;
  for (let tries = 0; tries <= unencodableMax; tries += 1) {
    const failure = await publishOnce(publisher, messages, events);
    if (failure === null) return messages;
    messages = messages.map((message) =>
      isMeant(message, failure, events)
        ? (events.shortened?.(message) ?? letterOf(message, failure, events))
        : message,
    );
  }
  const { table } = events;
  throw new SyncError('EVENT_UNENCODABLE', { table, reason: `more than ${unencodableMax} in one page` });
}

async function publishOnce(
  publisher: Pick<Publisher, 'publish'>,
  messages: readonly OutgoingMessage[],
  events: PageOfEvents,
): Promise<SyncError | null> {
  try {
    await publisher.publish(messages);
    return null;
  } catch (error) {
    if (!isSyncError(error, 'EVENT_UNENCODABLE')) throw error;
    if (!messages.some((message) => isMeant(message, error, events))) throw error;
    return error;
  }
}

/** The event that the broker's side could not take; its tombstone, if any, has nothing to encode. */
function isMeant(
  { topic, key, value }: OutgoingMessage,
  { details }: SyncError,
  events: PageOfEvents,
): boolean {
  const isEvent = value !== null && events.topics.includes(topic);

  return isEvent && topic === details['topic'] && key === details['key'];
}

function letterOf(
  { topic, key, value }: OutgoingMessage,
  { details }: SyncError,
  { table, nowMs }: PageOfEvents,
): OutgoingMessage {
  const field = typeof details['field'] === 'string' ? details['field'] : null;
  const bytes = Buffer.from(JSON.stringify(value)).subarray(0, bytesMax);

  return rowDeadLetter({ topic, table }, { id: key, field, code: 'EVENT_UNENCODABLE', bytes }, nowMs);
}
